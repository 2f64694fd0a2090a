from datetime import date, timedelta

import pytest

from cases import tasks
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import RequestState, Told
from cases.effects.models import Reconciliation
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, CountDelta, Lease, QueueCount
from tests.cases.detection.test_services import feed_change
from tests.cases.sla.services.test_clocks import opened
from tests.cases.types.denial.test_detect import remitted
from tests.factories.approvals import ApprovalRequestFactory
from tests.factories.balances import owing
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED, CaseFactory, EditionFactory, LeaseFactory, QueueFactory
from tests.factories.integrations import ClaimFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.refunds import RefundCheckFactory

THRICE = range(3)


@pytest.mark.django_db(transaction=True)
def test_detecting_three_times_opens_a_case_once():
    feed_change(remitted(ClaimFactory(), "CO-197"))

    for _ in THRICE:
        tasks.detect(sent_by="a newer caller")

    assert Case.objects.count() == 1


def test_returning_three_times_brings_back_once(db):
    case = CaseFactory(status=CaseStatus.DEFERRED, deferred_until=OPENED + timedelta(days=1))
    LeaseFactory(case=CaseFactory(), until=OPENED)

    for _ in THRICE:
        tasks.return_deferred()

    case.refresh_from_db()
    assert (case.status, case.version) == (CaseStatus.TRIAGED, 2)
    assert not Lease.objects.exists()


def test_putting_idle_cases_back_three_times_does_nothing_to_what_is_fresh(db):
    case = CaseFactory(
        status=CaseStatus.ASSIGNED,
        owner=PersonFactory(),
        queue=QueueFactory(idle_hours=1, releases_idle=True),
    )

    for _ in THRICE:
        tasks.release_idle(sent_by="a newer caller")

    case.refresh_from_db()
    assert (case.status, case.version) == (CaseStatus.ASSIGNED, 1)


def test_folding_three_times_counts_once(db):
    case = CaseFactory()

    for _ in THRICE:
        tasks.fold_counts()

    assert QueueCount.objects.get(queue=case.queue, bucket="open").cases == 1
    assert not CountDelta.objects.exists()


def test_putting_in_force_three_times_does_it_once(db):
    with installed(ToyBook()) as book:
        base = EditionFactory(book="toys", number=1, state="active", activated_at=OPENED)
        former = EditionFactory(book="toys", content={"words": {"a": "x"}})
        EditionFactory(
            book="toys",
            content=former.content,
            state="scheduled",
            activates_at=OPENED,
            base=base,
            restores=former,
            reviewer=PersonFactory(),
        )

        for _ in THRICE:
            tasks.activate_editions()

    assert len(book.reasons) == 1


def test_watching_three_times_tells_once(db):
    case = CaseFactory()
    lead = granted(queues=[case.queue], facilities=[case.facility], leads=True)
    opened(1, queue=case.queue, facility=case.facility)

    for _ in THRICE:
        tasks.watch_clocks()

    assert Notification.objects.filter(user=lead).count() == 1


@pytest.mark.django_db(transaction=True)
def test_confirming_and_reconciling_three_times_do_nothing_where_nothing_was_decided():
    for _ in THRICE:
        tasks.confirm_effects(sent_by="a newer caller")
        tasks.reconcile_ledgers(sent_by="a newer caller")

    assert not Reconciliation.objects.exists()


def test_telling_approvers_three_times_tells_once(db):
    ApprovalRequestFactory(tell_at=OPENED)

    for _ in range(3):
        tasks.prompt_approvers()

    kept = ApprovalRequest.objects.get()
    assert (kept.told, kept.state) == (Told.MANAGER, RequestState.PENDING)


def test_ageing_checks_three_times_leads_each_on_once(db):
    check = RefundCheckFactory(issued_on=date(2020, 1, 2), amount="10.00")
    for _ in THRICE:
        tasks.age_refund_checks()

    check.refresh_from_db()
    assert (check.status, check.history.count()) == ("escheat_due", 3)


def test_collecting_small_balances_three_times_opens_a_batch_once(db):
    owing()
    for _ in THRICE:
        tasks.collect_small_balances()

    assert Case.objects.filter(case_type="small_balance").count() == 1
