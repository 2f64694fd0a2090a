"""What people do with a held invoice, down to the journal and the release that leave."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing_portal.kernel.models.history import save_because
from cases.actions import approving, posting
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter, RequestState
from cases.effects.models import Effect
from cases.types.invoice_exception import actions
from cases.types.invoice_exception.actions import Booking, InvoiceRefused
from cases.types.invoice_exception.asking import MendFirst
from cases.types.invoice_exception.models import Hold, InvoiceEnding
from cases.types.invoice_exception.vocabulary import Ending, HoldKind, HoldState
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.services import StaleVersion
from integrations.outbox.models import OutboxMessage
from tests.cases.types.invoice_exception.world import AT
from tests.factories.approvers import approvers, decided
from tests.factories.effects import LedgerFactory
from tests.factories.invoices import HoldFactory
from tests.generators import purchase
from tests.integrations.canonical.apply.state import check_deferred

HOUR = timedelta(hours=1)


@pytest.fixture
def short(world):
    """The case of an invoice of forty of which thirty-five came."""
    LedgerFactory()
    for content in (purchase.orders(), purchase.receipts(), purchase.invoices()):
        world.takes(content)
    return world.case()


@pytest.fixture
def somebody(short):
    return approvers(short)


def told(case, by, reason="Agreed with the receiver"):
    """What every verb is told."""
    return {"case": case, "by": by, "reason": reason, "at": AT + HOUR, "seen_version": case.version}


def test_an_approved_variance_is_booked_told_and_released(short, somebody):
    clerk, manager = somebody("denial_specialist"), somebody("rc_manager")

    waiting = actions.request_release(**told(short, clerk))
    approval = ApprovalRequest.objects.get(case=short)
    assert (waiting.status, approval.matter) == (
        CaseStatus.PENDING_APPROVAL,
        Matter.INVOICE_VARIANCE,
    )
    assert approval.amount == Decimal("500.00")
    decided(approval, manager, at=AT + 2 * HOUR)

    short.refresh_from_db()
    assert (short.status, short.disposition) == (
        CaseStatus.RESOLVED,
        Disposition.APPROVED_VARIANCE,
    )
    assert Hold.objects.get().state == HoldState.ACCEPTED
    ending = InvoiceEnding.objects.get()
    assert (ending.ending, ending.reference) == (Ending.RELEASED, approval.reference)
    journal = Effect.objects.get(journal__isnull=False).journal
    debits = sorted(line.debit for line in journal.lines.all() if line.debit)
    assert debits == [Decimal("62.50"), Decimal("437.50")]
    kinds = set(OutboxMessage.objects.values_list("kind", flat=True))
    assert kinds == {"post_journal", "release_invoice"}
    check_deferred()


def test_the_rest_that_comes_while_it_waits_voids_the_request(world, short, somebody):
    actions.request_release(**told(short, somebody("denial_specialist")))

    world.takes(purchase.receipts({"receipt_number": "GR-2", "quantity": "5"}))

    assert world.case().disposition == Disposition.RELEASED
    assert not ApprovalRequest.objects.filter(state="pending").exists()
    assert not Effect.objects.exists()


def test_another_account_of_the_vendor_voids_the_request(world, short, somebody):
    clerk = somebody("denial_specialist")
    waiting = actions.request_release(**told(short, clerk))
    vendor = short.vendor_invoice.vendor
    vendor.bank_digest = "b" * 64
    save_because(vendor, by=clerk, reason="Another account")

    done = actions.recheck(case=waiting, by=clerk, at=AT + HOUR, seen_version=waiting.version)

    assert done.status == CaseStatus.TRIAGED
    assert ApprovalRequest.objects.get(case=short).state == RequestState.VOIDED


def test_who_entered_the_invoice_does_not_approve_it(world, short, somebody):
    enterer = somebody("rc_manager")
    world.takes(
        purchase.invoices({"invoice_number": "B-77", "issued_on": "2026-12-01"}), by=enterer
    )
    case = world.case("B-77")
    actions.request_release(**told(case, somebody("denial_specialist")))

    with pytest.raises(MayNotDecide):
        decided(ApprovalRequest.objects.get(case=case), enterer, at=AT + 2 * HOUR)

    assert not Effect.objects.exists()


def test_what_no_approval_lets_go_by_is_to_be_mended_first(short, somebody):
    clerk = somebody("denial_specialist")
    HoldFactory(invoice=short.vendor_invoice, kind=HoldKind.VENDOR_HELD, line="")

    with pytest.raises(MendFirst) as refusal:
        actions.request_release(**told(short, clerk))

    assert "vendor on hold" in str(refusal.value)
    assert not ApprovalRequest.objects.exists()


def test_a_line_that_is_booked_is_matched_again(world, short, somebody):
    row = {"invoice_number": "N-1", "order_number": "", "order_line": ""}
    world.takes(purchase.invoices(row | {"issued_on": "2026-12-01"}))
    case = world.case("N-1")
    by = approvers(case)("denial_specialist")

    done = actions.code_line(**told(case, by), booking=Booking("1", " CC-9 "))

    held = {hold["kind"] for hold in done.details["holds"]}
    assert held == {HoldKind.NO_ORDER}
    with pytest.raises(StaleVersion):
        actions.code_line(**told(case, by), booking=Booking("1", "CC-8"))


def test_a_duplicate_is_confirmed_by_somebody_else_and_never_paid(world, short, somebody):
    clerk = somebody("denial_specialist")
    world.takes(purchase.invoices({"invoice_number": "INV 1", "issued_on": "2026-12-01"}), by=clerk)
    case = world.case("INV 1")
    judge = approvers(case)("denial_specialist")

    with pytest.raises(InvoiceRefused):
        actions.confirm_duplicate(**told(case, clerk))
    done = actions.confirm_duplicate(**told(case, judge, "Sent twice, see the vendor's mail"))

    assert (done.status, done.disposition) == (CaseStatus.CLOSED, Disposition.DUPLICATE)
    ending = InvoiceEnding.objects.get()
    assert (ending.ending, ending.by) == (Ending.DUPLICATE, judge)
    assert not Effect.objects.exists()


def test_an_invoice_goes_back_to_its_vendor_and_counts_no_more(world, short, somebody):
    by = somebody("denial_specialist")

    done = actions.send_back(**told(short, by))
    world.takes(
        purchase.invoices(
            {
                "invoice_number": "INV-2",
                "quantity": "35",
                "amount": "437.50",
                "total": "437.50",
                "issued_on": "2026-12-01",
            }
        )
    )

    assert done.disposition == Disposition.RETURNED_TO_VENDOR
    assert InvoiceEnding.objects.get(invoice__number="INV-2").ending == Ending.RELEASED


def test_a_vendor_that_is_confirmed_meanwhile_is_seen_when_matched_again(world, short):
    world.takes(purchase.invoices({"vendor": "V-NEW", "invoice_number": "Q-1"}))
    case = world.case("Q-1")
    by = approvers(case)("denial_specialist")
    vendor = case.vendor_invoice.vendor
    vendor.is_confirmed = True
    save_because(vendor, by=by, reason="Called back")

    done = actions.recheck(case=case, by=by, at=AT + HOUR, seen_version=case.version)

    assert {hold["kind"] for hold in done.details["holds"]} >= {HoldKind.ORDER_VENDOR}
    assert HoldKind.VENDOR_UNKNOWN not in {hold["kind"] for hold in done.details["holds"]}


@pytest.mark.parametrize("verb", [actions.send_back, actions.confirm_duplicate])
def test_what_nothing_holds_any_more_is_matched_again_and_not_ended_otherwise(
    world, short, somebody, verb
):
    by = somebody("denial_specialist")
    HoldFactory(invoice=short.vendor_invoice, kind=HoldKind.DUPLICATE_SUSPECTED, line="")
    world.keeps(purchase.receipts({"receipt_number": "GR-2", "quantity": "5"}))

    with pytest.raises(InvoiceRefused, match="Nothing holds it any more"):
        verb(**told(short, by))

    assert not InvoiceEnding.objects.exists()
    done = actions.recheck(case=short, by=by, at=AT + HOUR, seen_version=short.version)
    assert done.disposition == Disposition.RELEASED


def test_who_took_goods_in_under_a_staff_number_does_not_approve_them(world, short, somebody):
    receiver = somebody("rc_manager", staff_number="4711")
    world.takes(purchase.receipts({"receipt_number": "GR-2", "quantity": "1", "receiver": "4711"}))
    actions.request_release(**told(world.case(), somebody("denial_specialist")))

    with pytest.raises(MayNotDecide):
        decided(ApprovalRequest.objects.get(case=short), receiver, at=AT + 2 * HOUR)


def test_the_voucher_names_what_each_cost_centre_bears(world, short, somebody):
    row = {"invoice_number": "N-1", "order_number": "", "order_line": "", "total": "530.00"}
    second = {"line": "2", "quantity": "1", "price": "30.00", "amount": "30.00"}
    world.takes(purchase.invoices(row, row | second | {"cost_centre": "CC-2"}))
    case = world.case("N-1")
    clerk = approvers(case)("denial_specialist")
    case = actions.code_line(**told(case, clerk), booking=Booking("1", "CC-9", "6010"))
    actions.request_release(**told(case, clerk))
    approval = ApprovalRequest.objects.get(case=case)

    ready = posting.checked(
        decided=approving.decided_of(approval, at=AT),
        digest=approval.digest,
        found=lambda _case: approval.digest,
        at=AT,
    )

    [draft] = ready.drafts
    assert draft.plan.text == "Invoice N-1 of vendor V-1 (CC-2 30.00, CC-9/6010 500.00)"
