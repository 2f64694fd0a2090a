"""Access as a Django app."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Roles, grants, the actor of the moment."""

    name = "billing_portal.access"
    label = "access"
