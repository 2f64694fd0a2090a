"""Like denials worked together, what is changed so that they stop, and whether it did."""
