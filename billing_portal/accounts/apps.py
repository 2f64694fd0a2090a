"""Accounts as a Django app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, systems and their sign-in."""

    name = "billing_portal.accounts"
    label = "accounts"
