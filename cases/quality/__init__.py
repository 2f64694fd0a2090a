"""How much work a case is, and whether a second person would have ended it the same way."""
