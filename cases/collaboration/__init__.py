"""People on a case together: watching, linking, naming, labelling, and what saves them typing."""
