"""What was decided is booked once, to the cent, or not at all."""

from datetime import UTC, datetime
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
from integrations.ports.commands import RequestPayment
from tests.factories.cases import CaseFactory
from tests.factories.effects import DIGEST
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MATTER = "test_write_off"


def plan(decided):
    """A write-off of all that was decided, unless the facts say otherwise."""
    amounts = decided.facts.get("amounts", {"denial": decided.amount})
    return [JournalPlan("denial_written_off", amounts, decided.case.facility, "Written off")]


KIND = EffectKind(MATTER, "Test write-off", plan, Disposition.WRITTEN_OFF)


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    monkeypatch.setitem(EFFECTS._held, MATTER, KIND)


@pytest.fixture
def approver():
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


def carry_out(what, by, *, found=DIGEST):
    made = posting.carry_out(
        case=what.case, decided=what, digest=DIGEST, found=lambda: found, by=by, at=AT
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
    assert (effect.amount, effect.journal.total, effect.digest) == (100, 100, DIGEST)
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
