"""Files of purchases taken in as at the front door, through to cases, in one transaction."""

from datetime import UTC, datetime

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from cases.detection.services import Drained, detect_changes
from cases.work.models import Case
from integrations.canonical.models import Source, Vendor
from integrations.feed import queries as feed
from integrations.inbox.applying import apply_message
from integrations.inbox.models import Message
from integrations.inbox.services import receive
from tests.factories.integrations import SourceFactory
from tests.factories.purchasing import VendorFactory

AT = datetime(2026, 9, 11, 15, tzinfo=UTC)


class World:
    """A vendor that is known, and the door."""

    def __init__(self) -> None:
        self.source: Source = SourceFactory(name="vendors", connector="invoice_csv")
        self.vendor: Vendor = VendorFactory(key="V-1", name="Meridian Surgical Supply")
        self.seen = 0

    def takes(
        self, content: bytes, *, by: User | None = None, source: Source | None = None
    ) -> Drained:
        """Take a file in and detect what it changed."""
        self.keeps(content, by=by, source=source)
        changes = feed.own_changes()
        fresh, self.seen = changes[self.seen :], len(changes)
        return detect_changes(changes=fresh, at=AT)

    def keeps(
        self, content: bytes, *, by: User | None = None, source: Source | None = None
    ) -> Message:
        """Take a file in."""
        receipt = receive(
            source=source or self.source,
            chunks=[content],
            filename="a.csv",
            by=by or system_actor("ingest"),
        )
        return apply_message(message_pk=receipt.message.pk, by=system_actor("ingest"))

    @staticmethod
    def case(number: str = "INV-1") -> Case:
        """The case of an invoice."""
        return Case.objects.select_related("queue", "vendor_invoice").get(
            vendor_invoice__number=number, vendor_invoice__kind="invoice"
        )
