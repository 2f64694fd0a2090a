"""Where Django looks for this app's set-up pages: people, tokens, the record."""

from billing_portal.access.people import audit, tokens, users

__all__ = ["audit", "tokens", "users"]
