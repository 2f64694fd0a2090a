"""Commands that run the portal, and the demo."""
