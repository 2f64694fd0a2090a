"""The targets as a book; a tighter target breaches exactly the cases it should."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.actions.books.targets import BOOK
from cases.editions.books import BOOKS
from cases.sla.business_time import add_business_days, add_business_hours, add_calendar_days
from cases.sla.models import Target
from cases.sla.services import calendars_of
from cases.sla.vocabulary import Unit
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
AT = OPENED + timedelta(days=20)
WINTER = datetime(2026, 2, 20, tzinfo=UTC)
ADD = {
    Unit.BUSINESS_HOURS: add_business_hours,
    Unit.BUSINESS_DAYS: add_business_days,
    Unit.CALENDAR_DAYS: add_calendar_days,
}


def target(queue, amount=3, **fields):
    return {
        "queue": queue,
        "case_type": "",
        "clock": "resolve",
        "amount": amount,
        "unit": "business_days",
        "counts_in": "site",
        "pauses_for_payer": True,
        "pauses_for_info": True,
        "pauses_when_deferred": False,
        "pause_cap": 15,
        **fields,
    }


def apply(content):
    return BOOK.apply(content=content, by=PersonFactory(), reason="For a test", at=AT)


def test_the_targets_of_the_house_are_a_sound_content_and_applying_them_changes_nothing():
    content = BOOK.current()

    assert BOOKS.get("targets") is BOOK
    assert BOOK.problems(content) == []
    assert apply(content) == 0
    assert len(BOOK.entries(content)) == Target.objects.count()


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (target("nowhere"), "targets[0].queue"),
        (target("cob", case_type="none"), "targets[0].case_type"),
        (target("cob", clock="x"), "targets[0].clock"),
        (target("cob", unit="x"), "targets[0].unit"),
        (target("cob", 251), "targets[0].amount"),
        (target("cob", -1), "targets[0].amount"),
        (target("cob", 0, unit="calendar_days"), "targets[0].amount"),
        (target("cob", pause_cap=0), "targets[0].pause_cap"),
        (target("cob", amount="3"), "targets[0].amount"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(row, where):
    assert [problem.where for problem in BOOK.problems({"targets": [row]})] == [where]


def test_a_target_changes_comes_and_goes_with_history():
    content = BOOK.current()
    first = Target.objects.get(queue__key=content["targets"][0]["queue"], clock="first_touch")
    rest = content["targets"][2:]
    added = target("cob", 4, case_type="denial")

    assert apply({"targets": [*rest, added]}) == 3

    assert not Target.objects.filter(pk=first.pk).exists()
    assert Target.history.filter(id=first.pk, history_type="-").count() == 1
    made = Target.objects.get(queue__key="cob", case_type="denial")
    assert (made.amount, made.history.get().history_change_reason) == (4, "For a test")


def test_a_target_reads_in_words():
    [entry] = BOOK.entries({"targets": [target("cob", 4, case_type="denial")]})

    assert entry.title == "Coordination of benefits, Denial: resolve"
    assert entry.says["Within"] == "4 business days"
    assert entry.says["Pauses for"] == "the payer, information"


def test_a_tighter_target_breaches_what_took_longer():
    queue = QueueFactory()
    apply({"targets": [target(queue.key, 5)]})
    for days in (1, 3, 4, 6, 9):
        CaseFactory(
            queue=queue,
            status="resolved",
            disposition="duplicate",
            resolved_at=OPENED + timedelta(days=days),
            amount_at_risk=10,
        )

    found = BOOK.simulate(content={"targets": [target(queue.key, 2)]}, days=30, at=AT)

    resolve = [move for move in found.moves if move.before.startswith("Resolve")]
    assert found.cases == 5
    assert [(move.cases, move.amount) for move in resolve] == [(3, 30)]


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    opened=st.integers(0, 28 * 24 * 60),
    took=st.integers(0, 240),
    unit=st.sampled_from(sorted(Unit)),
    amount=st.integers(1, 8),
)
def test_sql_and_python_agree_on_what_is_late(place, opened, took, unit, amount):
    """Nights, weekends and the change to daylight saving time included."""
    queue, facility = place
    begun = WINTER + timedelta(minutes=opened)
    ended = begun + timedelta(hours=took)
    due = ADD[Unit(unit)](calendars_of([facility.pk])[facility.pk], begun, amount)
    with transaction.atomic():
        CaseFactory(
            queue=queue,
            facility=facility,
            opened_at=begun,
            first_touched_at=begun,
            status="resolved",
            disposition="duplicate",
            resolved_at=ended,
        )
        draft = {"targets": [target(queue.key, amount, unit=unit)]}
        [load] = BOOK.simulate(content=draft, days=60, at=WINTER + timedelta(days=50)).queues
        transaction.set_rollback(True)

    assert load.breached_after == (ended > due)


@pytest.fixture
def place():
    return QueueFactory(), FacilityFactory()
