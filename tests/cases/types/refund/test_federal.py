"""The 60-day clock: the house's golden dates, and what may be signed."""

from datetime import date

import pytest

from cases.types.refund.federal import ActRefused, FederalClock, Rule, check, clock_of
from cases.types.refund.vocabulary import FederalActKind

RULE = Rule(days=60, suspension_days=180, look_back_years=6)
IDENTIFIED, STARTED, ENDED = (
    FederalActKind.IDENTIFIED,
    FederalActKind.STARTED,
    FederalActKind.ENDED,
)


def day(text):
    return date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("started", "ended", "due"),
    [
        (None, None, "03-11"),
        ("01-10", "04-30", "06-29"),
        ("01-20", None, "08-28"),
        ("01-20", "01-20", "03-11"),
        ("01-20", "12-31", "08-28"),
        ("03-11", None, "03-11"),
        ("03-10", None, "07-10"),
    ],
)
def test_golden_dates_of_an_overpayment_identified_on_10_january(started, ended, due):
    clock = FederalClock(day("01-10"), started and day(started), ended and day(ended))

    assert clock.due_on(RULE) == day(due)


def test_it_is_suspended_while_the_investigation_lasts_at_most_180_days():
    clock = FederalClock(day("01-10"), day("01-20"))

    assert not clock.is_suspended(RULE, on=day("01-19"))
    assert clock.is_suspended(RULE, on=day("01-20"))
    assert clock.is_suspended(RULE, on=day("07-08"))
    assert not clock.is_suspended(RULE, on=day("07-09"))


def test_an_investigation_begun_too_late_suspends_nothing():
    clock = FederalClock(day("01-10"), day("03-11"))

    assert not clock.is_suspended(RULE, on=day("03-12"))


def test_nothing_runs_before_somebody_signs_that_it_is_identified():
    assert clock_of({}) is None
    assert clock_of({IDENTIFIED: day("01-10")}) == FederalClock(day("01-10"))


@pytest.mark.parametrize(
    ("kind", "on", "acts"),
    [
        (IDENTIFIED, "01-10", {IDENTIFIED: day("01-10")}),
        (IDENTIFIED, "03-02", {}),
        (STARTED, "01-10", {}),
        (STARTED, "01-09", {IDENTIFIED: day("01-10")}),
        (ENDED, "01-30", {IDENTIFIED: day("01-10")}),
        (ENDED, "01-19", {IDENTIFIED: day("01-10"), STARTED: day("01-20")}),
    ],
)
def test_an_act_is_signed_once_in_its_order_for_a_day_that_has_been(kind, on, acts):
    with pytest.raises(ActRefused):
        check(kind, day(on), acts=acts, today=day("03-01"))


def test_acts_in_their_order_are_signed():
    acts = {}
    for kind, on in ((IDENTIFIED, "01-10"), (STARTED, "01-10"), (ENDED, "03-01")):
        check(kind, day(on), acts=acts, today=day("03-01"))
        acts[kind] = day(on)


def test_the_law_looks_back_six_years():
    assert FederalClock(date(2026, 1, 10)).looks_back_to(RULE) == date(2020, 1, 10)
