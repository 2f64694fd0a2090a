"""Takes a demo away, tables and all: its record cannot be deleted row by row, and rightly so."""

from pathlib import Path

import psycopg
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.management.demo import acknowledgements, banking, overpayments, purchases
from billing_portal.management.demo.arranging import SOURCE
from billing_portal.management.demo.loading import Standing, archive_of, standing
from cases.evidence.models import Attachment
from integrations.canonical.models import Source
from integrations.inbox.models import Message

OWN = (
    SOURCE,
    acknowledgements.SOURCE,
    banking.SOURCE,
    overpayments.SOURCE,
    *purchases.SOURCES,
)
"""The sources that the demo itself takes files from."""


class ResetRefused(DomainError):
    """The database is not a demo's alone."""

    code = "reset_refused"


def reset() -> None:
    """Make the database as new, as its owner. Raises ResetRefused unless it holds a demo alone."""
    if standing() not in {Standing.BEGUN, Standing.LOADED}:
        raise ResetRefused("This database holds no demo: nothing was touched.")
    if Message.objects.exclude(source__name__in=OWN).exists():
        raise ResetRefused(
            "Messages of other sources were taken into this demo. Nothing was touched: start a new"
            " one in another PORTAL_HOME."
        )
    _remove_files()
    connection.close()
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute("DROP SCHEMA public CASCADE")
        owner.execute("CREATE SCHEMA public")
    call_command("migrate", verbosity=0, skip_checks=True)


def _remove_files() -> None:
    """Attachments, and the remittances that were taken in."""
    for path in Attachment.objects.order_by("pk").values_list("path", flat=True):
        default_storage.delete(path)
    for source in Source.objects.filter(name=SOURCE):
        for name in source.messages.order_by("pk").values_list("filename", flat=True):
            (archive_of(source) / Path(name).name).unlink(missing_ok=True)
