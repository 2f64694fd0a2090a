"""A batch from its collection to the ledger: drawn once, looked at, signed by somebody else."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError

from cases.actions.opening import open_many
from cases.approvals.eligibility import MayNotDecide
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter, RequestState
from cases.effects.models import Effect
from cases.types.small_balance import actions
from cases.types.small_balance.detect import detect
from cases.types.small_balance.models import SampleLook, SmallBalance, SmallBalanceBatch
from cases.types.small_balance.sampling import sample
from cases.types.small_balance.services import BatchRefused
from cases.types.small_balance.vocabulary import Outcome
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from cases.work.services import ReasonMissing, StaleVersion
from cases.work.visibility import CaseNotFound
from integrations.feed.models import Change, Record
from integrations.outbox.models import OutboxMessage
from tests.factories.approvers import approvers, asked, decided
from tests.factories.balances import AT, SmallBalanceRuleFactory, batch_of, owing, paid
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TWENTY_ONE = ["1.00"] * 20 + ["5.00"]


@pytest.fixture
def case(db):
    LedgerFactory()
    return batch_of(*TWENTY_ONE)


@pytest.fixture
def somebody(case):
    return approvers(case)


@pytest.fixture
def clerk(somebody):
    return somebody("denial_specialist")


def told(case, by, reason="Two statements, no answer"):
    """What every verb is told of the case as it is."""
    now = Case.objects.get(pk=case.pk)
    return {"case": now, "by": by, "reason": reason, "at": AT + HOUR, "seen_version": now.version}


def look_at_all(case, by):
    for balance in case.small_balances.balances.filter(is_sampled=True):
        actions.look(position=balance.position, outcome=Outcome.RIGHT, **told(case, by))


def test_a_batch_is_a_case_of_its_site_with_its_sample_drawn(case):
    batch = case.small_balances

    assert (case.amount_at_risk, case.queue.key) == (Decimal("25.00"), "patient-balance")
    assert (batch.population, batch.total) == (21, Decimal("25.00"))
    assert batch.balances.filter(is_sampled=True).count() == 2
    assert case.details["sampled"] == 2
    assert case.details["decision"] not in case.title
    check_deferred()


def test_the_kept_seed_draws_the_same_sample_again(case):
    batch = case.small_balances
    amounts = dict(batch.balances.values_list("account", "amount"))

    again = sample(amounts, share=batch.share, seed=batch.seed)

    drawn = set(batch.balances.filter(is_sampled=True).values_list("account", flat=True))
    assert again == drawn


def test_collecting_again_that_day_changes_nothing_and_the_next_day_takes_what_is_new(case):
    late = owing("3.00", facility=case.facility)

    assert actions.collect(at=AT + HOUR) == []
    [next_day] = actions.collect(at=AT + DAY)

    assert [each.account for each in next_day.small_balances.balances.all()] == [late]


def test_each_site_and_currency_has_a_batch_of_its_own(db):
    SmallBalanceRuleFactory()
    site, other = FacilityFactory(), FacilityFactory()
    owing(facility=site)
    owing(facility=site, currency="CAD")
    owing(facility=other)

    made = actions.collect(at=AT)

    assert sorted((each.facility_id, each.currency) for each in made) == sorted(
        [(site.pk, "USD"), (site.pk, "CAD"), (other.pk, "USD")]
    )


def test_nobody_asks_before_the_whole_sample_was_found_right(case, clerk):
    with pytest.raises(BatchRefused, match="2 of the sample"):
        actions.request(**told(case, clerk))

    assert not ApprovalRequest.objects.exists()


def test_who_looked_does_not_sign_and_the_signed_batch_is_one_voucher(case, somebody, clerk):
    looker, signer = somebody("queue_supervisor"), somebody("queue_supervisor")
    look_at_all(case, looker)

    approval = actions.request(**told(case, clerk))

    assert (approval.matter, approval.amount) == (Matter.SMALL_BALANCE, Decimal("25.00"))
    for maker in (looker, clerk):
        with pytest.raises(MayNotDecide):
            decided(approval, maker, at=AT + 2 * HOUR)
    decided(approval, signer, at=AT + 2 * HOUR)
    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, Disposition.WRITTEN_OFF)
    effect = Effect.objects.get(case=case)
    sides = {line.account.code: (line.debit, line.credit) for line in effect.journal.lines.all()}
    assert sides == {
        "4140": (Decimal("25.00"), Decimal("0.00")),
        "1110": (Decimal("0.00"), Decimal("25.00")),
    }
    assert OutboxMessage.objects.get().event_key == effect.event_key
    check_deferred()


def test_what_was_written_off_is_in_no_batch_until_its_ledger_shows_it(case, somebody, clerk):
    look_at_all(case, clerk)
    decided(actions.request(**told(case, clerk)), somebody("queue_supervisor"), at=AT + 2 * HOUR)

    assert actions.collect(at=AT + DAY) == []


def test_a_wrong_one_takes_the_batch_back_and_the_rest_is_collected_again(case, clerk):
    balance = case.small_balances.balances.filter(is_sampled=True).first()

    actions.look(
        position=balance.position, outcome=Outcome.WRONG, **told(case, clerk, "In dispute")
    )

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.RESOLVED, Disposition.TAKEN_BACK)
    with pytest.raises(BatchRefused):
        actions.request(**told(case, clerk))
    [again] = actions.collect(at=AT + DAY)
    assert again.small_balances.population == 20
    assert balance.account_id not in again.small_balances.balances.values_list("account", flat=True)


def test_a_look_is_once_of_the_sample_and_with_a_reason(case, clerk):
    balances = case.small_balances.balances
    drawn, other = (balances.filter(is_sampled=each).first() for each in (True, False))
    right = {"position": drawn.position, "outcome": Outcome.RIGHT}

    with pytest.raises(BatchRefused):
        actions.look(position=other.position, outcome=Outcome.RIGHT, **told(case, clerk))
    with pytest.raises(ReasonMissing):
        actions.look(**right, **told(case, clerk, " "))
    with pytest.raises(CaseNotFound):
        actions.look(**right, **told(case, PersonFactory()))
    with pytest.raises(StaleVersion):
        actions.look(**right, **told(case, clerk) | {"seen_version": 99})
    actions.look(**right, **told(case, clerk))
    with pytest.raises(BatchRefused):
        actions.look(**right, **told(case, clerk))
    assert SampleLook.objects.count() == 1


def test_a_payment_meanwhile_takes_the_batch_back_and_voids_the_request(case, clerk):
    look_at_all(case, clerk)
    approval = actions.request(**told(case, clerk))
    check_deferred()
    account = case.small_balances.balances.first().account
    paid(account, account.balance)

    told_of = Change(record=Record.ACCOUNT, record_id=account.pk, correlation_id="told")
    open_many(findings=detect([told_of]), at=AT + 2 * HOUR)

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.TAKEN_BACK)
    assert ApprovalRequest.objects.get(pk=approval.pk).state == RequestState.VOIDED


def test_the_database_refuses_a_batch_that_is_asked_for_behind_the_actions(case, clerk):
    asked(case, clerk, "25.00", matter=Matter.SMALL_BALANCE)

    with pytest.raises(IntegrityError, match="the sample was not found right"):
        check_deferred()


def test_the_database_refuses_another_sum_or_a_case_that_is_no_batch(case, clerk):
    look_at_all(case, clerk)
    now = Case.objects.get(pk=case.pk)
    asked(now, clerk, "24.99", matter=Matter.SMALL_BALANCE)

    with pytest.raises(IntegrityError, match="no batch of this sum"):
        check_deferred()


def test_the_database_refuses_a_request_that_does_not_name_who_looked(case, somebody, clerk):
    look_at_all(case, somebody("queue_supervisor"))
    asked(Case.objects.get(pk=case.pk), clerk, "25.00", matter=Matter.SMALL_BALANCE)

    with pytest.raises(IntegrityError, match="who looked at it prepared it"):
        check_deferred()


@pytest.mark.parametrize("change", [{"amount": Decimal("2.99")}, {"position": 22}])
def test_the_database_refuses_another_amount_than_the_accounts_and_one_more_balance(case, change):
    late = owing("3.00", facility=case.facility)
    given = {"amount": late.balance, "position": 21, "is_sampled": False} | change

    with pytest.raises(IntegrityError, match="no small balance of this site"):
        SmallBalance.objects.create(batch=case.small_balances, account=late, **given)


def kept_behind(held, *accounts, drawn=1, **fields):
    """A batch of the same site that no action made."""
    given = {"population": len(accounts), "total": sum(each.balance for each in accounts)} | fields
    made = SmallBalanceBatch.objects.create(
        case=CaseFactory(facility=held.case.facility),
        rule=held.rule,
        most=held.most,
        share=held.share,
        seed="s",
        drawn_at=AT,
        **given,
    )
    for position, each in enumerate(accounts, start=1):
        SmallBalance.objects.create(
            batch=made,
            position=position,
            account=each,
            amount=each.balance,
            is_sampled=position <= drawn,
        )
    check_deferred()


def test_the_database_refuses_an_account_in_two_batches(case):
    held = case.small_balances

    with pytest.raises(IntegrityError, match="the account is in another batch"):
        kept_behind(held, held.balances.first().account)


@pytest.mark.parametrize("wrong", [{"drawn": 0}, {"population": 2}, {"total": Decimal("2.99")}])
def test_the_database_refuses_a_batch_that_is_not_what_it_says(case, wrong):
    late = owing("3.00", facility=case.facility)

    with pytest.raises(IntegrityError, match="the batch is not what it says"):
        kept_behind(case.small_balances, late, **wrong)


def test_the_database_refuses_what_is_above_the_rule(case):
    large = owing("10.00", facility=case.facility)

    with pytest.raises(IntegrityError, match="no small balance of this site"):
        kept_behind(case.small_balances, large)


@pytest.mark.parametrize("wrong", [{"most": Decimal("10.00")}, {"share": Decimal("0.049999")}])
def test_the_database_refuses_a_larger_balance_and_a_smaller_sample(db, wrong):
    with pytest.raises(IntegrityError, match="smallbalancerule"):
        SmallBalanceRuleFactory(**wrong)
