from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Lease
from cases.work.services import claim_next, release_leases, renew_lease
from cases.work.services.claiming import lease_length
from tests.factories.cases import OPENED, CaseFactory, LeaseFactory, QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory, granted

NOW = OPENED + timedelta(hours=1)


def waiting(case, **fields):
    return CaseFactory(queue=case.queue, facility=case.facility, **fields)


def test_the_next_case_is_ones_own_touched_held_and_on_record(case, worker):
    claimed = claim_next(by=worker, at=NOW)

    assert claimed == case
    assert (claimed.status, claimed.owner, claimed.version) == (CaseStatus.IN_WORK, worker, 2)
    assert claimed.first_touched_at == NOW
    assert Lease.objects.get(case=case).holder == worker
    assert case.history.order_by("-history_id").first().history_user == worker
    assert AuditEvent.objects.get(chain=f"case:{case.pk}").verb == "case.claim"
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_is_due_first_comes_first_then_the_larger_amount(case, worker):
    small = waiting(case, amount_at_risk=Decimal(1), resolve_due_at=OPENED)
    large = waiting(case, amount_at_risk=Decimal(9), resolve_due_at=OPENED)

    assert [claim_next(by=worker, at=NOW) for _ in range(4)] == [large, small, case, None]


def test_the_order_holds_across_queues(case):
    second = CaseFactory(facility=case.facility, resolve_due_at=OPENED)
    third = waiting(case, resolve_due_at=OPENED + timedelta(minutes=1))
    worker = granted(queues=[case.queue, second.queue], facilities=[case.facility])

    assert [claim_next(by=worker, at=NOW) for _ in range(3)] == [second, third, case]


def test_only_what_one_may_see_and_work_is_given(case):
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)
    elsewhere = granted(queues=[case.queue], facilities=[FacilityFactory()])
    other_queue = granted(queues=[QueueFactory()], facilities=[case.facility])

    for person in (reader, elsewhere, other_queue, PersonFactory()):
        assert claim_next(by=person, at=NOW) is None
    assert Case.objects.get(pk=case.pk).version == 1


def test_the_queues_asked_for_narrow_and_never_widen(case, worker):
    foreign = CaseFactory(facility=case.facility)

    assert claim_next(by=worker, at=NOW, queues=[foreign.queue]) is None
    assert claim_next(by=worker, at=NOW, queues=[foreign.queue, case.queue]) == case


@pytest.mark.parametrize(
    "status", [CaseStatus.DEFERRED, CaseStatus.PENDING_PAYER, CaseStatus.RESOLVED]
)
def test_what_sleeps_waits_or_is_done_is_not_given(case, worker, status):
    fields = {
        CaseStatus.DEFERRED: {"deferred_until": NOW},
        CaseStatus.RESOLVED: {"disposition": "duplicate", "resolved_at": NOW},
    }
    claim_next(by=worker, at=NOW)
    waiting(case, status=status, **fields.get(status, {}))

    assert claim_next(by=worker, at=NOW) is None


@pytest.mark.parametrize("cases", [1, 25])
def test_claiming_costs_the_same_queries_for_any_number_of_cases(cases, case, worker):
    for _ in range(cases - 1):
        waiting(case)

    with CaptureQueriesContext(connection) as queries:
        claim_next(by=worker, at=NOW)

    # two savepoints each way, work queues, seen queues, facilities, the claim, the case, the event
    assert len(queries) <= 10


def test_a_lease_is_renewed_by_its_holder_only(case, worker):
    claim_next(by=worker, at=NOW)
    before = Lease.objects.get(case=case).until

    assert renew_lease(case=case, by=worker)
    assert not renew_lease(case=case, by=PersonFactory())
    assert Lease.objects.get(case=case).until > before


def test_a_lease_that_ended_takes_nothing_with_it(case, worker):
    claim_next(by=worker, at=NOW)
    Lease.objects.filter(case=case).update(until=OPENED)

    assert not renew_lease(case=case, by=worker)
    assert release_leases() == 1
    assert Case.objects.get(pk=case.pk).owner == worker


def test_a_living_lease_is_left_alone(db):
    LeaseFactory(until=NOW + timedelta(days=3650))

    assert release_leases() == 0


def test_a_lease_outlasts_an_idle_session(settings):
    settings.SESSION_IDLE_MINUTES = 45

    assert lease_length() > timedelta(minutes=45)


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_take_two_hundred_of_five_hundred_cases():
    first = CaseFactory()
    for number in range(499):
        waiting(first, claim=first.claim, resolve_due_at=OPENED + timedelta(minutes=number % 7))
    worker = granted(queues=[first.queue], facilities=[first.facility])

    def claim(_number):
        try:
            return claim_next(by=User.objects.get(pk=worker.pk), at=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=25) as pool:
        claimed = list(pool.map(claim, range(200)))

    assert None not in claimed
    assert len({case.pk for case in claimed}) == 200
    assert Case.objects.filter(owner=worker, status=CaseStatus.IN_WORK).count() == 200
    assert Case.objects.claimable().count() == 300
    assert Lease.objects.count() == 200
    assert AuditEvent.objects.filter(verb="case.claim").count() == 200
