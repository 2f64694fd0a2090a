"""Holds, codings and endings: what the services promise, and the database keeps by itself."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing_portal.access.actor import system_actor
from billing_portal.kernel.models.history import save_because
from cases.types.invoice_exception import services
from cases.types.invoice_exception.matching import Found
from cases.types.invoice_exception.models import Hold, InvoiceEnding
from cases.types.invoice_exception.services import StillHeld
from cases.types.invoice_exception.vocabulary import Ending, HoldKind, HoldState
from tests.factories.invoices import HoldFactory, InvoiceEndingFactory
from tests.factories.people import PersonFactory
from tests.factories.purchasing import InvoiceLineFactory, VendorInvoiceFactory

pytestmark = pytest.mark.django_db
SHORT = Found(HoldKind.QUANTITY_RECEIVED, "Five are missing.", Decimal("62.50"), "1")


def keep(invoice, *found):
    """Let an invoice's holds be these; returns the open ones."""
    actor = system_actor("detection")
    return services.keep_holds(found={invoice.pk: found}, by=actor)[invoice.pk]


def refused(row) -> bool:
    """Whether the database refuses to write a row, whoever asks."""
    try:
        with transaction.atomic():
            save_because(row, by=PersonFactory(is_superuser=True), reason="I may do everything")
    except IntegrityError:
        return True
    return False


def test_what_is_found_twice_is_held_once():
    invoice = VendorInvoiceFactory()

    [first] = keep(invoice, SHORT)
    [second] = keep(invoice, SHORT)

    assert first.pk == second.pk
    assert Hold.history.count() == 1


def test_what_was_accepted_stays_so_until_it_is_more():
    hold = HoldFactory(amount=Decimal("62.50"))
    approver = PersonFactory()
    services.end_open(
        invoice=hold.invoice,
        kinds=[hold.kind],
        state=HoldState.ACCEPTED,
        by=approver,
        reason="The rest follows",
    )

    assert keep(hold.invoice, SHORT) == []
    more = Found(HoldKind.QUANTITY_RECEIVED, "Six.", Decimal("75.00"), "1")
    assert len(keep(hold.invoice, more)) == 1


def test_an_invoice_that_is_held_is_not_released():
    hold = HoldFactory()

    with pytest.raises(StillHeld):
        services.conclude(
            invoice=hold.invoice, ending=Ending.RELEASED, by=PersonFactory(), reason="Why not"
        )

    assert not InvoiceEnding.objects.exists()


def test_the_database_releases_nothing_that_is_held_whoever_asks():
    hold = HoldFactory()
    by = PersonFactory(is_superuser=True)

    with pytest.raises(IntegrityError), transaction.atomic():
        InvoiceEnding.objects.create(
            invoice=hold.invoice, ending=Ending.RELEASED, by=by, reason="Because I can"
        )


def test_the_database_holds_nothing_that_has_ended():
    ending = InvoiceEndingFactory()

    assert refused(HoldFactory.build(invoice=ending.invoice))


def test_the_database_lets_nobody_end_an_invoice_that_they_entered():
    invoice = VendorInvoiceFactory()

    for kind in Ending:
        with pytest.raises(IntegrityError), transaction.atomic():
            InvoiceEnding.objects.create(
                invoice=invoice, ending=kind, by=invoice.entered_by, reason="It is mine"
            )


@pytest.mark.parametrize("state", [HoldState.DISMISSED, HoldState.ACCEPTED])
def test_the_database_lets_nobody_rule_out_a_duplicate_that_they_entered(state):
    hold = HoldFactory(kind=HoldKind.DUPLICATE_SUSPECTED, line="")
    hold.state, hold.reason, hold.ended_by = state, "Looks fine", hold.invoice.entered_by

    assert refused(hold)

    hold.ended_by = PersonFactory()
    assert not refused(hold)


def test_a_line_is_coded_again_with_a_history():
    line = InvoiceLineFactory()
    by = PersonFactory()

    services.code(line=line, cost_centre="CC-1", account="", by=by, reason="As asked")
    coding = services.code(line=line, cost_centre="CC-2", account="5000", by=by, reason="Mistyped")

    assert (coding.cost_centre, coding.version, coding.history.count()) == ("CC-2", 2, 2)
