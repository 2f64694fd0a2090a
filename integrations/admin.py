"""Where Django looks for this app's set-up pages."""

from integrations.ops import admin

__all__ = ["admin"]
