"""What the pages read: pages by keyset, numbers that agree, and nothing foreign."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.work import queries
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from cases.work.queries import SORTS, Moment
from tests.factories.cases import OPENED, CaseFactory, NoteFactory, QueueFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db
MOMENT = Moment(now=OPENED, day_ends=OPENED + timedelta(hours=9))


def alike(case, **fields):
    """Another case in the same place."""
    return CaseFactory(queue=case.queue, facility=case.facility, **fields)


@pytest.mark.parametrize("key", sorted(SORTS))
def test_pages_read_one_after_the_other_are_the_whole_list(case, key):
    for number in range(6):
        alike(
            case,
            amount_at_risk=Decimal(100 * (number // 2)),
            opened_at=OPENED - timedelta(days=number // 2),
            resolve_due_at=OPENED + timedelta(days=number // 2),
        )
    sort, seen, after = SORTS[key], [], None
    while page := queries.listed(Case.objects.all(), sort=sort, after=after, size=2):
        seen += page[:2]
        after = sort.position_of(page[:2][-1])

    assert seen == list(Case.objects.order_by(*sort.order()))
    assert len(seen) == 7


@pytest.mark.parametrize("key", sorted(SORTS))
def test_a_list_of_several_queues_is_read_queue_by_queue_and_ordered_as_one(case, key):
    other = CaseFactory(facility=case.facility)
    CaseFactory(queue=QueueFactory())
    for number in range(8):
        place = (case, other)[number % 2]
        alike(
            place,
            amount_at_risk=Decimal(100 * (number // 3)),
            opened_at=OPENED - timedelta(days=number // 3),
            resolve_due_at=OPENED + timedelta(days=number // 3),
        )
    queues = [case.queue_id, other.queue_id]
    sort, seen, after = SORTS[key], [], None
    every = Case.objects.filter(queue__in=queues)
    while page := queries.listed(Case.objects.all(), sort=sort, after=after, size=3, queues=queues):
        seen += page[:3]
        after = sort.position_of(page[:3][-1])

    assert seen == list(every.order_by(*sort.order()))
    assert len(seen) == 10


def test_a_view_in_parts_is_the_view(case):
    alike(case, resolve_due_at=OPENED - timedelta(hours=1))
    alike(case, first_touch_due_at=OPENED - timedelta(hours=1))
    both = {"resolve_due_at": OPENED - timedelta(hours=1)}
    alike(case, first_touch_due_at=OPENED - timedelta(hours=2), **both)

    condition = queries.overdue(OPENED)
    found = queries.parts(Case.objects.all(), "overdue", condition, now=OPENED)

    assert sum(part.count() for part in found) == Case.objects.filter(condition).count() == 3
    assert queries.counts(granted(), {"all": found}) == {"all": 3}


def test_every_due_time_falls_in_the_one_band_that_its_condition_finds(case):
    dues = [timedelta(days=-8), timedelta(hours=-1), timedelta(hours=1), timedelta(days=3)]
    for due in [*dues, timedelta(days=30)]:
        alike(case, resolve_due_at=OPENED + due)

    for each in Case.objects.all():
        bands = queries.bands(MOMENT).items()
        found = [key for key, band in bands if Case.objects.filter(band, pk=each.pk).exists()]
        assert found == [queries.band_of(each.resolve_due_at, MOMENT)]


def test_overdue_is_the_same_here_as_of_cases(case):
    alike(case, resolve_due_at=OPENED - timedelta(hours=1))
    alike(case, first_touch_due_at=OPENED - timedelta(hours=1))

    here = Case.objects.filter(queries.overdue(OPENED))

    assert set(here) == set(Case.objects.overdue(now=OPENED))
    assert here.count() == 2


def test_counts_stop_at_the_cap(case, worker):
    alike(case)
    alike(case)
    capped = queries.CappedCount(Case.objects.all(), cap=1)

    assert queries.counts(worker, {"all": Case.objects.all()}) == {"all": 3}
    assert type(worker).objects.filter(pk=worker.pk).values_list(capped).get() == (2,)


def test_totals_are_of_open_cases_at_the_readers_facilities(case, worker):
    alike(case, amount_at_risk=Decimal("50.00"))
    alike(case, status=CaseStatus.RESOLVED, resolved_at=OPENED, disposition="explained")
    CaseFactory(queue=case.queue)

    [total] = queries.queue_totals(worker)

    assert (total.pk, total.open_cases, total.open_amount) == (case.queue_id, 2, Decimal("150.00"))


def test_a_queue_that_was_not_granted_is_not_there(case):
    assert queries.queue_totals(granted(facilities=[case.facility])) == []


def test_one_filters_by_payers_and_by_ones_own_facilities_alone(case, worker):
    foreign = CaseFactory()

    found = {(choice.kind, choice.value) for choice in queries.choices(worker)}

    assert ("facility", case.facility.key) in found
    assert ("facility", foreign.facility.key) not in found
    assert ("payer", case.payer.key) in found


def test_neighbours_are_those_that_the_reader_may_see(case, worker):
    twin = alike(case, claim=case.claim, payer=case.payer)
    CaseFactory(queue=case.queue, claim=case.claim, payer=case.payer)

    assert queries.same_claim(worker, case) == [twin]
    assert queries.like_this(worker, case) == [twin]
    assert queries.same_patient(worker, case) == []


def test_the_last_words_are_ones_own_and_said_since(case, worker):
    NoteFactory(case=case, author=worker, text="Called the payer", written_at=OPENED)

    assert queries.last_words(case, by=worker, since=OPENED) == "Called the payer"
    assert queries.last_words(case, by=worker, since=OPENED + timedelta(seconds=1)) == ""
    NoteFactory(case=case, text="I did too", written_at=OPENED)
    assert queries.last_words(case, by=worker, since=OPENED) == ""


def test_those_who_may_be_given_cases_work_the_queue(case, worker):
    granted(queues=[case.queue], facilities=[case.facility], works=False)

    assert list(queries.workers_of(case.queue)) == [worker]
