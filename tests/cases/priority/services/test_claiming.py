from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.models.history import save_because
from cases.priority.models import Band, CaseRank
from cases.priority.services import claim_next, count_ranks
from cases.work.lifecycle import CaseStatus, Verb
from cases.work.models import Case, Lease, Take
from cases.work.services import move
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.integrations import ClaimFactory, FacilityFactory, PatientFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.priority import CapacityFactory, SkillFactory, SkipFactory

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


def ranked(at=NOW):
    count_ranks(at=at)


def test_the_higher_score_comes_first(case, worker):
    urgent = waiting(case, resolve_due_at=NOW + timedelta(days=1))
    large = waiting(case, resolve_due_at=NOW + timedelta(days=1), amount_at_risk=Decimal(50_000))
    ranked()

    assert [claim_next(by=worker, at=NOW) for _ in range(4)] == [large, urgent, case, None]


def test_the_order_holds_across_queues(case):
    second = CaseFactory(facility=case.facility, amount_at_risk=Decimal(90_000))
    third = waiting(case, amount_at_risk=Decimal(20_000))
    worker = granted(queues=[case.queue, second.queue], facilities=[case.facility])
    ranked()

    assert [claim_next(by=worker, at=NOW) for _ in range(3)] == [second, third, case]


def guarded(case, days=2, **fields):
    """A case whose internal date is near."""
    due = {
        "deadline_at": NOW + timedelta(days=days),
        "deadline_on": (NOW + timedelta(days=9)).date(),
    }
    return waiting(case, **due | fields)


def test_a_near_deadline_goes_before_every_score(case, worker):
    large = waiting(case, resolve_due_at=NOW, amount_at_risk=Decimal(900_000))
    later = guarded(case, days=2, amount_at_risk=Decimal(90_000))
    sooner = guarded(case, days=1)
    ranked()

    assert [claim_next(by=worker, at=NOW) for _ in range(3)] == [sooner, later, large]


def test_what_is_not_worth_the_work_is_not_guarded(case, worker):
    guarded(case, amount_at_risk=Decimal("40.00"))  # twenty expected, forty-five minutes of work
    large = waiting(case, resolve_due_at=NOW, amount_at_risk=Decimal(900_000))
    ranked()

    assert claim_next(by=worker, at=NOW) == large


def test_past_the_last_legal_day_there_is_nothing_to_guard(case, worker):
    expired = guarded(case, days=-9, deadline_on=(NOW - timedelta(days=1)).date())
    ranked()

    assert CaseRank.objects.get(case=expired).band == Band.SCORE


def returned(case, worker, **fields):
    """A case that this person deferred and that came back."""
    slept = waiting(case, **fields)
    move(case=slept, verb=Verb.CLAIM, by=worker, reason="Taken.", at=NOW, seen_version=1)
    until = {"deferred_until": NOW + timedelta(days=1)}
    move(case=slept, verb=Verb.DEFER, by=worker, reason="Wait.", at=NOW, seen_version=2, **until)
    by = system_actor("tickler")
    return move(case=slept, verb=Verb.RETURN, by=by, reason="Back.", at=NOW, seen_version=None)


def test_ones_own_tickler_comes_after_the_guard_and_before_every_score(case, worker):
    back = returned(case, worker)
    near = guarded(case)
    large = waiting(case, amount_at_risk=Decimal(900_000))
    ranked()

    taken = [claim_next(by=worker, at=NOW) for _ in range(3)]
    assert taken == [near, back, large]
    assert taken[1].status == CaseStatus.IN_WORK


def test_anothers_tickler_is_not_ones_own(case, worker):
    returned(case, granted(queues=[case.queue], facilities=[case.facility]))
    ranked()

    assert claim_next(by=worker, at=NOW) == case
    assert claim_next(by=worker, at=NOW) is None


def test_what_a_lead_gave_is_no_tickler(case, worker):
    move(
        case=case,
        verb=Verb.ASSIGN,
        by=worker,
        reason="Yours.",
        at=NOW,
        seen_version=1,
        owner_id=worker.pk,
    )

    assert claim_next(by=worker, at=NOW) is None


def test_cases_of_a_patient_one_works_for_come_first_within_the_band(case, worker):
    patient = PatientFactory()
    mine = waiting(case, claim=ClaimFactory(facility=case.facility, patient=patient))
    move(case=mine, verb=Verb.CLAIM, by=worker, reason="Taken.", at=NOW, seen_version=1)
    large = waiting(case, amount_at_risk=Decimal(900_000))
    kin = waiting(case, claim=ClaimFactory(facility=case.facility, patient=patient))
    near = guarded(case)
    ranked()

    assert [claim_next(by=worker, at=NOW) for _ in range(3)] == [near, kin, large]


def test_who_has_skills_is_given_only_what_they_are_skilled_for(case, worker):
    coding = waiting(case, category="CODING")
    SkillFactory(person=worker, category="CODING")

    assert claim_next(by=worker, at=NOW) == coding
    assert claim_next(by=worker, at=NOW) is None


def test_a_groups_skill_is_everybodys_in_it(case, worker):
    theirs = waiting(case)
    payer = theirs.payer
    SkillFactory(person=None, group=worker.groups.order_by("pk").first(), category="", payer=payer)

    assert claim_next(by=worker, at=NOW) == theirs
    assert claim_next(by=worker, at=NOW) is None


def configured(queue, **fields):
    for name, value in fields.items():
        setattr(queue, name, value)
    save_because(queue, by=system_actor("tests"), reason="For a test", fields=[*fields])


def test_nobody_is_given_more_than_their_hands_hold(case, worker):
    configured(case.queue, capacity=1)
    waiting(case)

    assert claim_next(by=worker, at=NOW) is not None
    assert claim_next(by=worker, at=NOW) is None


def test_a_persons_own_capacity_goes_before_the_queues(case, worker):
    configured(case.queue, capacity=0)
    CapacityFactory(person=worker, queue=case.queue, cases=1)
    waiting(case)

    assert claim_next(by=worker, at=NOW) is not None
    assert claim_next(by=worker, at=NOW) is None


def test_where_people_pick_freely_nothing_is_given(case, worker):
    configured(case.queue, take=Take.FREE)

    assert claim_next(by=worker, at=NOW) is None


def test_what_one_passed_over_today_is_offered_again_tomorrow(case, worker):
    SkipFactory(case=case, person=worker, on=NOW.date())

    assert claim_next(by=worker, at=NOW) is None
    assert claim_next(by=worker, at=NOW + timedelta(days=1)) == case


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

    # what the person's groups were granted, and the one statement that takes the case
    assert len(queries) == 2


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


@pytest.mark.django_db(transaction=True)
def test_who_claims_while_another_claim_is_open_waits_for_no_lock():
    first = CaseFactory()
    waiting(first, claim=first.claim)
    worker, other = (granted(queues=[first.queue], facilities=[first.facility]) for _ in range(2))

    def claim():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                return claim_next(by=User.objects.get(pk=other.pk), at=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool, transaction.atomic():
        mine = claim_next(by=worker, at=NOW)
        theirs = pool.submit(claim).result(timeout=20)

    assert mine is not None
    assert theirs is not None
    assert mine.pk != theirs.pk
