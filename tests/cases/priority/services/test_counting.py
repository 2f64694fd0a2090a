import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, connections

from billing_portal.access.actor import system_actor
from cases.priority.models import Band, CaseRank, OverturnRate
from cases.priority.services import count_ranks, count_rates, counting, weigh
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.services import Wanted, move, move_many
from tests.factories.cases import (
    OPENED,
    CalendarFactory,
    CaseFactory,
    HolidayFactory,
)
from tests.factories.integrations import PayerFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(days=1)


def rank_of(case):
    return CaseRank.objects.get(case=case)


def done(case, worker, verb, version, **changes):
    return move(
        case=case,
        verb=verb,
        by=worker,
        reason="For a test",
        at=NOW,
        seen_version=version,
        **changes,
    )


def test_a_case_is_ranked_as_soon_as_it_is_there(case):
    rank = rank_of(case)

    assert (rank.queue_id, rank.facility_id, rank.owner_id) == (
        case.queue_id,
        case.facility_id,
        None,
    )
    assert rank.is_claimable
    assert (rank.band, rank.due_at) == (Band.SCORE, case.resolve_due_at)
    assert (rank.expected, rank.likelihood_from) == (Decimal("50.00"), "weights")
    assert rank.cost == Decimal("45.00")  # the minutes of an authorization
    assert rank.patient_id == case.claim.patient_id


def test_the_rank_follows_the_case_through_its_life(case, worker):
    done(case, worker, Verb.CLAIM, 1)
    assert (rank_of(case).owner_id, rank_of(case).is_claimable) == (worker.pk, False)
    done(case, worker, Verb.DEFER, 2, deferred_until=NOW + timedelta(days=1))
    done(case, system_actor("tickler"), Verb.RETURN, None)
    assert rank_of(case).is_returned
    done(case, worker, Verb.RELEASE, 4)
    assert (rank_of(case).is_returned, rank_of(case).is_claimable) == (False, True)
    done(case, worker, Verb.RESOLVE, 5, disposition=Disposition.DUPLICATE)
    assert not CaseRank.objects.filter(case=case).exists()
    due = {"first_touch_due_at": NOW, "resolve_due_at": NOW + timedelta(days=30)}
    done(case, worker, Verb.REOPEN, 6, **due)
    assert rank_of(case).due_at == NOW + timedelta(days=30)


def test_a_tickler_is_not_handed_on_with_the_case(case, worker):
    done(case, worker, Verb.CLAIM, 1)
    done(case, worker, Verb.DEFER, 2, deferred_until=NOW + timedelta(days=1))
    done(case, system_actor("tickler"), Verb.RETURN, None)
    other = granted(queues=[case.queue], facilities=[case.facility])
    done(case, worker, Verb.ASSIGN, 4, owner_id=other.pk)

    assert (rank_of(case).owner_id, rank_of(case).is_returned) == (other.pk, False)


@pytest.mark.django_db(transaction=True)
def test_facts_that_change_while_ranks_are_counted_are_not_counted_back(monkeypatch):
    read = "SELECT r.case_id FROM cases_rank AS r JOIN fresh USING (case_id)"
    wait = f"{read} CROSS JOIN (SELECT pg_sleep(2) FROM (SELECT count(*) FROM fresh) AS f) AS w"
    assert read in counting.COUNT
    monkeypatch.setattr(counting, "COUNT", counting.COUNT.replace(read, wait))
    case = CaseFactory()

    def count():
        try:
            return count_ranks(at=NOW + timedelta(days=3))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as pool:
        counted = pool.submit(count)
        time.sleep(0.7)
        done(case, system_actor("detection"), Verb.UPDATE, None, amount_at_risk=Decimal(5_000))
        counted.result(timeout=30)

    assert rank_of(case).expected == Decimal(2_500)


def test_changed_facts_are_counted_anew(case):
    done(case, system_actor("detection"), Verb.UPDATE, None, amount_at_risk=Decimal("5000.00"))

    assert rank_of(case).expected == Decimal("2500.00")


def test_many_at_once_are_ranked_as_each_would_be(case, worker):
    others = [CaseFactory(queue=case.queue, facility=case.facility) for _ in range(5)]
    wanted = [Wanted(each.pk, "For a test", {}, 1) for each in others]
    move_many(wanted=wanted, verb=Verb.CLAIM, by=worker, at=NOW)

    assert CaseRank.objects.filter(owner=worker, status=CaseStatus.IN_WORK).count() == 5


def test_only_ranks_that_time_changed_are_written(case):
    count_ranks(at=NOW)

    assert count_ranks(at=NOW) == 0
    assert count_ranks(at=NOW + timedelta(minutes=1)) == 0
    assert count_ranks(at=NOW + timedelta(days=3)) == 1


def test_ranks_are_counted_in_batches_as_at_once():
    for number in range(5):
        CaseFactory(amount_at_risk=Decimal(number * 1_000))
    count_ranks(at=NOW, batch=2)

    assert count_ranks(at=NOW) == 0


def guard_from(case, moment, days=3):
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_guard_from(%s, %s, %s)", [moment, case.facility_id, days])
        return cursor.fetchone()[0].isoformat()


def test_the_guard_begins_three_business_days_before(case):
    friday = OPENED + timedelta(days=4)  # March 6, nine in Chicago

    assert guard_from(case, friday) == "2026-03-03T06:00:00+00:00"
    assert guard_from(case, friday + timedelta(days=3)) == "2026-03-04T06:00:00+00:00"


def test_a_sites_own_holidays_begin_the_guard_earlier(case):
    calendar = CalendarFactory(facility=case.facility)
    HolidayFactory(calendar=calendar, on=OPENED.date() + timedelta(days=3))

    assert guard_from(case, OPENED + timedelta(days=4)) == "2026-03-02T06:00:00+00:00"


def test_other_weights_count_from_the_next_counting_on(case):
    weigh(weights={"money": Decimal(0)}, by=system_actor("tests"), reason="For a test")

    before = rank_of(case).score
    assert count_ranks(at=NOW) == 1
    assert rank_of(case).score < before


def decided(disposition, count, **fields):
    for _ in range(count):
        CaseFactory(status=CaseStatus.RESOLVED, disposition=disposition, resolved_at=NOW, **fields)


def rate(**key):
    return OverturnRate.objects.get(**{"payer": None, "carc": "", "category": ""} | key).rate


def test_odds_lean_on_the_next_wider_ones_as_far_as_little_was_decided():
    decided(Disposition.PAID_ON_REPROCESS, 10)
    decided(Disposition.WRITTEN_OFF, 10)
    decided(Disposition.NOT_A_DENIAL, 10)
    count_rates()

    # ten of twenty, with ten more at one half
    assert rate(category="AUTH") == Decimal("0.5")
    assert rate(carc="197") == Decimal("0.5")


def test_odds_of_a_payer_go_before_those_of_everybody(case):
    payer = PayerFactory()
    decided(Disposition.PAID_ON_REPROCESS, 30, claim=None, payer=payer)
    count_rates()
    known = CaseFactory(claim=None, payer=payer)
    unknown = CaseFactory()
    other = CaseFactory(code="CO-50")

    assert rank_of(known).likelihood_from == "payer and reason"
    assert rank_of(unknown).likelihood_from == "reason"
    assert rank_of(other).likelihood_from == "category"
    assert rank_of(known).likelihood > rank_of(unknown).likelihood > Decimal("0.5")


def test_counting_odds_again_changes_nothing():
    decided(Disposition.PAID_ON_REPROCESS, 2)

    assert count_rates() > 0
    assert count_rates() == 0
