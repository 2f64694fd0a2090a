from datetime import UTC, datetime, timedelta

import pytest

from cases.jobs.rules import Pace, pace_of, percent

BEGUN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_the_pace_tells_what_a_minute_brings_and_when_all_is_done():
    pace = pace_of(done=1_000, total=4_000, begun_at=BEGUN, stepped_at=BEGUN + timedelta(minutes=2))

    assert pace == Pace(per_minute=500, left=timedelta(minutes=6))


@pytest.mark.parametrize(("done", "seconds"), [(0, 60), (10, 0)])
def test_nothing_can_be_told_before_anything_is_done(done, seconds):
    stepped = BEGUN + timedelta(seconds=seconds)

    assert pace_of(done=done, total=20, begun_at=BEGUN, stepped_at=stepped) is None


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 300, 0), (1, 300, 0), (299, 300, 99), (300, 300, 100), (0, 0, 100)],
)
def test_a_hundred_percent_is_all_of_it(done, total, shown):
    assert percent(done=done, total=total) == shown
