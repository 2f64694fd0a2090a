from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from integrations.sync import slots
from integrations.sync.models import ScheduleSlot, SlotStatus

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def claim(at, every=MINUTE):
    return slots.claim(job="pull:a", now=at, every=every)


def statuses():
    return list(ScheduleSlot.objects.order_by("slot").values_list("slot", "status"))


@pytest.mark.parametrize("seconds", [0, 1, 59.999])
def test_a_slot_is_the_last_full_interval(seconds):
    assert slots.slot_at(NINE + timedelta(seconds=seconds), every=MINUTE) == NINE


@pytest.mark.django_db
def test_a_slot_is_run_once_however_many_beats_ring():
    assert claim(NINE) is not None
    assert claim(NINE + timedelta(seconds=15)) is None
    assert claim(NINE + MINUTE) is not None
    assert [status for _slot, status in statuses()] == [SlotStatus.RUNNING] * 2


@pytest.mark.django_db
def test_after_an_hour_without_a_beat_every_slot_is_run_or_recorded_as_skipped():
    slots.finish(claim(NINE), status=SlotStatus.DONE, outcome="", now=NINE)
    claim(NINE + timedelta(hours=1))

    found = statuses()
    assert [slot for slot, _status in found] == [NINE + MINUTE * n for n in range(61)]
    assert [status for _slot, status in found] == [
        SlotStatus.DONE,
        *[SlotStatus.SKIPPED] * 59,
        SlotStatus.RUNNING,
    ]


@pytest.mark.django_db
def test_a_long_pause_records_no_more_than_the_latest():
    claim(NINE)
    claim(NINE + timedelta(days=20))

    assert ScheduleSlot.objects.filter(status=SlotStatus.SKIPPED).count() == slots.RECORDED


@pytest.mark.django_db
def test_a_slot_whose_worker_died_has_failed():
    key = claim(NINE)
    ScheduleSlot.objects.filter(pk=key).update(started_at=NINE)
    claim(NINE + timedelta(hours=1))

    assert ScheduleSlot.objects.get(pk=key).status == SlotStatus.FAILED


@pytest.mark.django_db
def test_old_slots_are_forgotten_and_other_jobs_left_alone():
    claim(NINE)
    slots.claim(job="pull:b", now=NINE, every=MINUTE)
    claim(NINE + timedelta(days=40))

    jobs = ScheduleSlot.objects.filter(slot=NINE).values_list("job", flat=True)
    assert list(jobs) == ["pull:b"]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_are_harmless():
    def ring(_beat):
        try:
            return slots.claim(job="pull:a", now=NINE, every=MINUTE)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as beats:
        claimed = [key for key in beats.map(ring, range(16)) if key is not None]

    assert len(claimed) == 1
