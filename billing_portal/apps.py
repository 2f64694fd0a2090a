"""The portal as a Django app: its commands, and which site its admin is."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    """Holds the management commands that wire the parts, and which broker bells are rung at."""

    name = "billing_portal"
    label = "portal"
    verbose_name = "Billing Portal"

    def ready(self) -> None:
        from billing_portal.celery import app

        app.set_default()


class SetUpConfig(AdminConfig):
    """Django's admin as the portal's set-up pages."""

    default_site = "billing_portal.access.setup_site.SetUpSite"
