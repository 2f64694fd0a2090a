"""The portal as a Django app: its commands."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Holds the management commands that wire the parts."""

    name = "billing_portal"
    label = "portal"
    verbose_name = "Billing Portal"
