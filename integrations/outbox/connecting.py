"""How a destination is reached: its row, the installation's allowed hosts, its secret.

A secret is read from the environment, or from a file that the environment names, when it is used.
"""

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from billing_portal.kernel.pure.errors import DomainError
from integrations.outbox.models import Destination
from integrations.ports.commands import TARGETS, EntryFact, TargetSettings


class SecretMissing(DomainError):
    """The secret that a destination names is not in the environment."""

    code = "secret_missing"


def settings_of(destination: Destination) -> TargetSettings:
    """What its target is told. Raises SecretMissing."""
    return TargetSettings(
        url=destination.url,
        secret=secret_of(destination),
        options=destination.settings,
        allows_loopback=destination.allows_loopback,
        read_seconds=float(destination.read_seconds),
        hosts=frozenset(settings.PARTNER_HOSTS),
        networks=tuple(settings.PARTNER_NETWORKS),
    )


def secret_of(destination: Destination) -> str:
    """Its secret; empty when it names none."""
    name = destination.secret_env
    if not name:
        return ""
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text(encoding="utf-8").strip()
    try:
        return os.environ[name]
    except KeyError:
        raise SecretMissing(f"{name} is not set.") from None


def leave_transactions() -> None:
    """A connector is never called inside a transaction. Raises RuntimeError when one is open."""
    with transaction.atomic(durable=True):
        pass


def entries_of(destination: Destination, *, since: datetime) -> list[EntryFact]:
    """All that a destination holds since a moment, ours and others'.

    Raises TargetFailure when there is no telling, SecretMissing.
    """
    target, told = TARGETS.get(destination.target), settings_of(destination)
    leave_transactions()
    return list(target.entries(since, settings=told))
