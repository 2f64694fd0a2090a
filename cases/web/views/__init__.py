"""One module per screen: parse, authorise, one action, respond."""
