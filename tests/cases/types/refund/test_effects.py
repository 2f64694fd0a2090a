"""A refund check that nobody cashes, in the books: the liability revives, the state gets it."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing_portal.access.actor import system_actor
from cases.actions import posting
from cases.actions.posting import PostingRefused
from cases.effects.kinds import JournalPlan
from cases.effects.models import Effect
from cases.types.refund import actions
from cases.types.refund.vocabulary import CheckStatus, Way
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from tests.factories.effects import EffectFactory, LedgerFactory
from tests.factories.refunds import (
    RefundCheckFactory,
    ResearchFactory,
    ReturnFactory,
    StateRuleFactory,
)
from tests.house import House
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 20, 15, 0, tzinfo=UTC)
LATER = datetime(2029, 1, 10, 15, 0, tzinfo=UTC)


@pytest.fixture
def check(db):
    """A patient's check of 120.00 of January 2026, of a refund that was approved and paid."""
    LedgerFactory()
    return paid(owner_state=StateRuleFactory(notice_from=Decimal("500.00")).state)


def paid(kind="patient_refund", way=Way.PATIENT_REFUND, amount="120.00", **fields):
    """A check of a refund whose payment was booked for 120.00."""
    research = ResearchFactory()
    refund = ReturnFactory(research=research, way=way, request_reference=f"AP-{research.pk}")
    made = RefundCheckFactory(case=research.case, refund=refund, amount=Decimal(amount), **fields)
    EffectFactory(
        case=made.case,
        kind=kind,
        event="refund_payment",
        amount=Decimal("120.00"),
        approval__reference=refund.request_reference,
    )
    return made


@pytest.fixture
def analyst(check):
    house = House.built()
    house.grant("credit_balance_analyst", check.case.queue, "view_queue", "work_queue")
    house.grant("credit_balance_analyst", check.case.facility, "view_facility")
    return house.person("credit_balance_analyst")


def booked(check):
    """What was booked for a check: the template, and the accounts debited and credited."""
    effects = Effect.objects.filter(case=check.case, journal__isnull=False).order_by("pk")
    return [
        (
            effect.journal.template.key,
            *(
                effect.journal.lines.get(**{f"{side}__gt": 0}).account.code
                for side in ("debit", "credit")
            ),
        )
        for effect in effects
    ]


def says(check, to, by, on=date(2029, 2, 1)):
    return actions.move_check(check=check, to=to, on=on, by=by, reason="As the bank says")


def test_a_stale_check_revives_the_liability_and_is_the_states_when_it_lay_long_enough(
    check, analyst
):
    for at in (AT, AT, LATER):
        actions.age_checks(at=at)
    says(check, CheckStatus.REMITTED, analyst)

    assert booked(check) == [
        ("cheque_stale", "1010", "2100"),
        ("cheque_escheated", "2100", "2120"),
        ("unclaimed_remitted", "2120", "1010"),
    ]
    approved = Effect.objects.get(event="refund_payment")
    assert {each.request_reference for each in Effect.objects.all()} == {approved.request_reference}
    assert OutboxMessage.objects.count() == 3
    check_deferred()


def test_an_owner_who_was_written_to_and_cashes_it_takes_that_back(check, analyst):
    actions.age_checks(at=AT)
    says(check, CheckStatus.CONTACTED, analyst, on=date(2026, 8, 1))
    OutboxMessage.objects.update(state=OutboxState.CONFIRMED, due_at=None, settled_at=AT)
    says(check, CheckStatus.CLEARED, analyst, on=date(2026, 8, 20))

    assert booked(check) == [("cheque_stale", "1010", "2100"), ("cheque_stale", "2100", "1010")]
    assert not Effect.objects.standing().filter(journal__isnull=False).exists()
    check_deferred()


def test_a_check_to_a_payer_revives_what_is_owed_to_payers(db):
    LedgerFactory()
    check = paid(kind="payer_refund", way=Way.VOLUNTARY_REFUND, owner_state="")

    actions.age_checks(at=AT)

    assert booked(check) == [("payer_cheque_stale", "1010", "2110")]


def test_a_check_of_what_was_never_booked_books_nothing(db):
    check = RefundCheckFactory()

    assert actions.age_checks(at=AT) == 1
    assert booked(check) == []


def test_a_check_that_the_books_refuse_stays_as_it_is_and_the_others_go_on(check, caplog):
    other = RefundCheckFactory()
    wrong = paid(amount="99.00")

    assert actions.age_checks(at=AT) == 2

    wrong.refresh_from_db()
    assert wrong.status == CheckStatus.OUTSTANDING
    other.refresh_from_db()
    assert other.status == CheckStatus.STALE
    assert "waits for the books: posting_refused" in caplog.text


def test_what_follows_is_booked_once(check):
    after = Effect.objects.get(event="refund_payment")
    site = check.case.facility
    plan = JournalPlan("cheque_stale", {"amount": check.amount}, site, "Stale")
    by = system_actor("refunds")

    posting.follow(after=after, plan=plan, by=by, reason="Stale", at=AT)
    with pytest.raises(PostingRefused) as refusal:
        posting.follow(after=after, plan=plan, by=by, reason="Stale", at=AT)

    assert refusal.value.fields["checks"] == ["once"]
