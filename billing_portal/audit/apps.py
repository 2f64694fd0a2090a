"""Audit as a Django app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record."""

    name = "billing_portal.audit"
    label = "audit"
