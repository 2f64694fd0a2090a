"""What was decided is booked once, to the cent, or not at all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.models.history import save_because
from cases.actions import posting
from cases.effects.kinds import EFFECTS, CommandPlan, Decided, EffectKind, JournalPlan
from cases.effects.models import Account, Effect, JournalLine
from cases.effects.services import event_key
from cases.work.lifecycle import Disposition
from integrations.outbox.lifecycle import FINAL, OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import RequestPayment, decode
from tests.factories.approvals import ApprovedRequestFactory
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MATTER = "write_off"


def plan(decided):
    """A write-off of all that was decided, unless the facts say otherwise."""
    amounts = decided.facts.get("amounts", {"denial": decided.amount})
    event = decided.once("written_off") if "again" in decided.facts else ""
    return [JournalPlan("denial_written_off", amounts, decided.case.facility, "Written off", event)]


KIND = EffectKind(MATTER, "Test write-off", plan, Disposition.WRITTEN_OFF)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(EFFECTS._held, MATTER, KIND)


@pytest.fixture
def ledger(db):
    return LedgerFactory()


@pytest.fixture
def approver(ledger):
    return PersonFactory()


def decided(case, amount="100.00", **fields):
    given = {
        "matter": MATTER,
        "currency": "USD",
        "payee": None,
        "request_reference": "AP-000001",
        "decided_at": AT,
        "preparers": (1,),
        "approvers": (2, 3),
    }
    return Decided(case=case, amount=Decimal(amount), **given | fields)


def carry_out(what, by, *, found=""):
    asked = ApprovedRequestFactory(case=what.case, matter=what.matter, amount=what.amount)
    made = posting.carry_out(
        case=what.case,
        decided=replace(what, request_reference=asked.reference),
        digest=asked.digest,
        found=lambda _case: found or asked.digest,
        by=by,
        at=AT,
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return made


def sides(effect):
    lines = effect.journal.lines.order_by("position")
    return list(lines.values_list("account__code", "debit", "credit"))


def test_what_was_decided_is_booked_to_the_cent(approver):
    case = CaseFactory()

    [effect] = carry_out(decided(case), approver)

    assert sorted(sides(effect)) == [("1100", 0, 100), ("4110", 100, 0)]
    assert (effect.amount, effect.journal.total) == (100, 100)
    assert effect.digest == case.approval_requests.get().digest
    assert effect.event_key == event_key(case.public_id, "denial_written_off", case.version)
    kept = AuditEvent.objects.get(verb="effect.made")
    assert (kept.chain, kept.actor_id) == (f"case:{case.pk}", approver.pk)


@pytest.mark.parametrize(
    ("fields", "check"),
    [
        ({"facts": {"amounts": {"denial": Decimal("99.99")}}}, "source"),
        ({"amount": "100.01"}, "receivable"),
        ({"preparers": (1, 2)}, "people"),
        ({"approvers": ()}, "people"),
    ],
)
def test_a_check_that_does_not_hold_lets_nothing_leave(approver, fields, check):
    case = CaseFactory()

    with pytest.raises(posting.PostingRefused) as refusal:
        carry_out(decided(case, **fields), approver)

    assert refusal.value.fields["checks"] == [check]
    assert not Effect.objects.exists()
    assert not JournalLine.objects.exists()


def test_what_changed_since_it_was_approved_is_not_posted(approver):
    with pytest.raises(posting.PostingRefused, match="approved again"):
        carry_out(decided(CaseFactory()), approver, found="e" * 64)


def test_a_second_voucher_for_the_same_is_refused(approver):
    case = CaseFactory(amount_at_risk=Decimal("500.00"))
    carry_out(decided(case), approver)

    with pytest.raises(posting.PostingRefused, match="carried out for this case before"):
        carry_out(decided(case), approver)

    assert Effect.objects.count() == 1


def test_a_second_request_takes_off_what_the_first_left_until_it_is_denied_anew(approver):
    case = CaseFactory()
    carry_out(decided(case, "60.00"), approver)
    rest = {"facts": {"again": "yes"}}
    with pytest.raises(posting.PostingRefused, match=r"takes \$0.01 too much"):
        carry_out(decided(case, "40.01", **rest), approver)
    carry_out(decided(case, "40.00", **rest), approver)

    case.cycle, case.version = 2, case.version + 1
    save_because(case, by=approver, reason="Denied again", fields=["cycle", "version"])

    [effect] = carry_out(decided(case, "100.00", **rest), approver)
    assert effect.event == f"written_off:{effect.request_reference}"


def test_an_account_that_takes_no_postings_is_named(approver):
    account = Account.objects.get(code="4110")
    account.is_active = False
    save_because(account, by=approver, reason="Closed for a test")

    with pytest.raises(posting.PostingRefused, match="Account 4110 takes no postings"):
        carry_out(decided(CaseFactory()), approver)


def test_a_command_that_is_not_the_amount_decided_does_not_leave(approver, monkeypatch):
    payment = RequestPayment("payer", "P1", Decimal("99.00"), "USD", "refund", "AP-000001")
    kind = EffectKind(MATTER, "Pay", lambda _: [CommandPlan(payment, "pay")], KIND.disposition)
    monkeypatch.setitem(EFFECTS._held, MATTER, kind)

    with pytest.raises(posting.PostingRefused, match=r"“pay” comes to \$99.00"):
        carry_out(decided(CaseFactory()), approver)


def test_a_reversal_nets_to_zero_and_lets_it_be_done_anew(approver):
    case = CaseFactory()
    [effect] = carry_out(decided(case), approver)
    tell(effect, OutboxState.CONFIRMED)

    back = posting.reverse(effect=effect, by=approver, reason="Paid after all", at=AT)

    lines = JournalLine.objects.filter(journal__effect__case=case)
    net = {}
    for code, debit, credit in lines.values_list("account__code", "debit", "credit"):
        net[code] = net.get(code, 0) + debit - credit
    assert set(net.values()) == {0}
    assert (back.reverses, back.journal.text) == (
        effect,
        f"Reverses {effect.journal}: Written off",
    )
    with pytest.raises(posting.ReversalRefused):
        posting.reverse(effect=effect, by=approver, reason="Again", at=AT)
    with pytest.raises(posting.ReversalRefused):
        posting.reverse(effect=back, by=approver, reason="Back", at=AT)


def message_of(effect):
    return OutboxMessage.objects.get(event_key=effect.event_key)


def tell(effect, state):
    """What the outbox writes when the ledger has answered."""
    settled = AT if state in FINAL else None
    OutboxMessage.objects.filter(event_key=effect.event_key).update(
        state=state, due_at=None, settled_at=settled
    )


def resolved(case, effect):
    case.refresh_from_db()
    case.status, case.disposition, case.resolved_at = "resolved", "written_off", effect.decided_at
    save_because(case, by=effect.made_by, reason="Granted")
    return case


def test_what_is_booked_is_asked_of_the_ledger_in_the_same_transaction(approver, ledger):
    case = CaseFactory()

    [effect] = carry_out(decided(case), approver)

    message = message_of(effect)
    command = decode(message.payload)
    assert (message.destination, message.order_key) == (ledger.destination, f"case:{case.pk}")
    assert (command.entity, command.journal) == (case.facility.key, effect.journal.reference)
    assert {(line.account, line.debit, line.credit) for line in command.lines} == set(sides(effect))
    assert command.total == message.total == effect.amount


def test_a_site_has_its_own_ledger_before_everybodys(approver):
    case = CaseFactory()
    own = LedgerFactory(entity=case.facility, destination__name="own-ledger")

    [effect] = carry_out(decided(case), approver)

    assert message_of(effect).destination == own.destination


def test_without_a_ledger_nothing_is_booked():
    with pytest.raises(posting.PostingRefused, match="No system keeps the books of"):
        carry_out(decided(CaseFactory()), PersonFactory())

    assert not Effect.objects.exists()


def test_a_reversal_goes_to_the_ledger_after_what_it_reverses(approver):
    [effect] = carry_out(decided(CaseFactory()), approver)
    tell(effect, OutboxState.CONFIRMED)

    back = posting.reverse(effect=effect, by=approver, reason="Paid after all", at=AT)

    assert (message_of(effect).position, message_of(back).position) == (1, 2)


def test_what_the_ledger_never_took_is_reversed_with_us_alone(approver):
    case = CaseFactory()
    [effect] = carry_out(decided(case), approver)
    tell(effect, OutboxState.WITHDRAWN)

    back = posting.reverse(effect=effect, by=approver, reason="Another account", at=AT)

    assert not OutboxMessage.objects.filter(event_key=back.event_key).exists()
    case.refresh_from_db()
    case.status, case.version = "pending_approval", case.version + 1
    save_because(case, by=approver, reason="Asked anew")
    [anew] = carry_out(decided(case), approver)
    tell(anew, OutboxState.CONFIRMED)
    resolved(case, anew)
    assert posting.confirm(at=AT + timedelta(hours=1)) == 1


@pytest.mark.parametrize(
    "state",
    [
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        OutboxState.REJECTED,
        OutboxState.DEAD,
    ],
)
def test_what_may_still_be_sent_is_not_reversed(approver, state):
    """It could be withdrawn after: then its reversal alone would stand in the ledger."""
    [effect] = carry_out(decided(CaseFactory()), approver)
    if state != OutboxState.PENDING:
        tell(effect, state)

    with pytest.raises(posting.ReversalRefused, match="withdraw"):
        posting.reverse(effect=effect, by=approver, reason="Paid after all", at=AT)

    assert Effect.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (OutboxState.CONFIRMED, "closed"),
        (OutboxState.PENDING, "resolved"),
        (OutboxState.UNKNOWN, "resolved"),
        (OutboxState.REJECTED, "resolved"),
    ],
)
def test_a_case_is_closed_when_the_ledger_has_confirmed_it(approver, state, status):
    case = CaseFactory()
    [effect] = carry_out(decided(case), approver)
    resolved(case, effect)
    if state != OutboxState.PENDING:
        tell(effect, state)

    posting.confirm(at=AT + timedelta(hours=1))

    case.refresh_from_db()
    assert (case.status, case.disposition) == (status, "written_off")


def test_a_case_that_a_person_resolved_later_is_not_closed_for_an_older_effect(approver):
    case = CaseFactory()
    [effect] = carry_out(decided(case), approver)
    tell(effect, OutboxState.CONFIRMED)
    case.refresh_from_db()
    case.status, case.disposition = "resolved", "duplicate"
    case.resolved_at = AT + timedelta(days=1)
    save_because(case, by=approver, reason="Resolved by hand")

    assert posting.confirm(at=AT + timedelta(days=2)) == 0
