from datetime import timedelta
from decimal import Decimal

from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.work.lifecycle import FINISHED, MOVES, OPEN, SYSTEM_VERBS, CaseStatus, Verb, may
from cases.work.models import Case, CountBucket, CountDelta, OpenCase, QueueCount
from cases.work.services import Wanted, fold_counts, move, move_many
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import granted

NOW = OPENED + timedelta(hours=1)


def folded(case):
    """The folded counts of a case's queue and facility, those of nothing left out."""
    rows = QueueCount.objects.filter(queue=case.queue, facility=case.facility).exclude(cases=0)
    return {CountBucket(row.bucket): (row.cases, row.amount) for row in rows}


def counted(case):
    """The same, counted from the cases."""
    found = {}
    for each in Case.objects.filter(queue=case.queue, facility=case.facility):
        buckets = [CountBucket.OPEN] if CaseStatus(each.status) in OPEN else []
        if buckets and each.owner_id is None:
            buckets.append(CountBucket.UNASSIGNED)
        if each.status == CaseStatus.DEFERRED:
            buckets.append(CountBucket.DEFERRED)
        for bucket in buckets:
            cases, amount = found.get(bucket, (0, Decimal(0)))
            found[bucket] = cases + 1, amount + each.amount_at_risk
    return found


def test_an_open_case_is_counted_once_it_is_folded(case):
    assert folded(case) == {}

    fold_counts()

    assert folded(case) == {
        CountBucket.OPEN: (1, Decimal("100.00")),
        CountBucket.UNASSIGNED: (1, Decimal("100.00")),
    }
    assert not CountDelta.objects.exists()


def test_what_changes_no_count_leaves_no_delta(case, worker):
    fold_counts()
    move(case=case, verb=Verb.WAIT_PAYER, by=worker, reason="Sent", at=NOW, seen_version=1)

    assert not CountDelta.objects.exists()


def test_many_changes_of_one_statement_are_one_delta_a_bucket(case, worker):
    cases = [case, *(CaseFactory(queue=case.queue, facility=case.facility) for _ in range(3))]
    fold_counts()

    wanted = [Wanted(each.pk, "Mine", {"owner_id": worker.pk}, 1) for each in cases]
    move_many(wanted=wanted, verb=Verb.ASSIGN, by=worker, at=NOW)

    [delta] = CountDelta.objects.all()
    assert (delta.bucket, delta.cases, delta.amount) == ("unassigned", -4, Decimal(-400))


def test_folding_stops_at_its_limit_and_goes_on(case):
    CaseFactory(queue=case.queue, facility=case.facility)

    assert fold_counts(limit=3) == 3
    assert fold_counts(limit=3) == 1
    assert fold_counts(limit=3) == 0
    assert folded(case) == counted(case)


steps = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(Verb), st.booleans()), min_size=1, max_size=8
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_the_counts_are_those_of_the_cases_whatever_happens(db, steps):
    first = CaseFactory()
    cases = [first, *(CaseFactory(queue=first.queue, facility=first.facility) for _ in range(2))]
    worker = granted(queues=[first.queue], facilities=[first.facility])
    given_columns = {
        "owner_id": worker.pk,
        "queue_id": first.queue_id,
        "deferred_until": NOW + timedelta(days=1),
        "disposition": "duplicate",
        "first_touch_due_at": NOW,
        "resolve_due_at": NOW,
    }
    for index, verb, folds in steps:
        _try(Case.objects.get(pk=cases[index].pk), verb, worker, given_columns)
        if folds:
            fold_counts()
    while fold_counts():
        pass

    assert folded(first) == counted(first)
    assert narrow(OpenCase.objects.filter(queue=first.queue)) == narrow(
        Case.objects.open().filter(queue=first.queue)
    )


def narrow(rows):
    """What worklists count by, of cases or of the rows that stand for them."""
    names = [field.attname for field in OpenCase._meta.concrete_fields if not field.primary_key]
    return sorted(rows.values_list("pk", *names))


def test_the_narrow_rows_follow_many_cases_at_once(case, worker):
    cases = [case, *(CaseFactory(queue=case.queue, facility=case.facility) for _ in range(3))]
    wanted = [Wanted(each.pk, "Mine", {"owner_id": worker.pk}, 1) for each in cases]
    move_many(wanted=wanted, verb=Verb.ASSIGN, by=worker, at=NOW)
    over = [Wanted(each.pk, "Twice", {"disposition": "duplicate"}, 2) for each in cases[:2]]
    move_many(wanted=over, verb=Verb.RESOLVE, by=worker, at=NOW)

    assert OpenCase.objects.filter(queue=case.queue, owner=worker).count() == 2
    assert narrow(OpenCase.objects.all()) == narrow(Case.objects.open())


def _try(case, verb, worker, given_columns):
    if verb in SYSTEM_VERBS or not may(verb, CaseStatus(case.status)):
        return
    changes = {name: given_columns[name] for name in MOVES[verb].needs}
    if verb is Verb.CLAIM and case.owner_id not in {None, worker.pk}:
        return
    move(
        case=case,
        verb=verb,
        by=worker,
        reason="Test",
        at=NOW,
        seen_version=case.version,
        **changes,
    )


def test_the_trigger_knows_the_buckets_of_the_table_of_moves(db):
    with connection.cursor() as cursor:
        for status in CaseStatus:
            cursor.execute("SELECT array(SELECT cases_buckets(%s, NULL))", [status.value])
            [buckets] = cursor.fetchone()
            assert (CountBucket.OPEN in buckets) is (status not in FINISHED)
            assert (CountBucket.DEFERRED in buckets) is (status is CaseStatus.DEFERRED)
            assert (CountBucket.UNASSIGNED in buckets) is (status in OPEN)
