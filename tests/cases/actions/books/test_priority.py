"""The weights as a book; heavier money brings larger cases sooner."""

from datetime import timedelta
from decimal import Decimal

import pytest

from cases.actions.books.priority import BOOK, text_of
from cases.editions.books import BOOKS
from cases.priority.models import Weighting
from cases.priority.queries import weights_in_force
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def apply(content):
    return BOOK.apply(content=content, by=PersonFactory(), reason="For a test", at=OPENED)


def other(**weights):
    """The content in force with other weights."""
    content = BOOK.current()
    return {**content, "weights": [content["weights"][0] | weights]}


def test_the_weights_of_the_house_are_a_sound_content_and_applying_them_changes_nothing():
    content = BOOK.current()

    assert BOOKS.get("priority") is BOOK
    assert BOOK.problems(content) == []
    assert apply(content) == 0
    assert Weighting.objects.count() == 1


def test_other_weights_are_the_next_version_and_what_was_asked_for():
    content = other(money="50", guard_days="4")
    rows = [
        {"category": "AUTH", "minutes": "20", "likelihood": ""},
        {"category": "CODING", "minutes": "", "likelihood": "0.25"},
    ]

    assert apply({**content, "categories": rows}) == 1

    made = weights_in_force()
    assert (made.number, made.money, made.guard_days) == (2, Decimal(50), 4)
    assert (made.minutes, made.likelihoods) == ({"AUTH": 20}, {"CODING": "0.25"})
    assert BOOK.current() == {**content, "categories": rows}


@pytest.mark.parametrize(
    ("name", "value", "where"),
    [
        ("urgency", "-1", "weights[0].urgency"),
        ("urgency", "1000", "weights[0].urgency"),
        ("urgency", "NaN", "weights[0].urgency"),
        ("urgency", "much", "weights[0].urgency"),
        ("urgency", "1.001", "weights[0].urgency"),
        ("urgency", "45.0", "weights[0].urgency"),
        ("urgency", 45, "weights[0].urgency"),
        ("slope_days", "0", "weights[0].slope_days"),
        ("guard_days", "2.5", "weights[0].guard_days"),
        ("default_likelihood", "1.1", "weights[0].default_likelihood"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(name, value, where):
    assert [problem.where for problem in BOOK.problems(other(**{name: value}))] == [where]


def test_weights_weigh_something():
    nothing = dict.fromkeys(("urgency", "money", "age", "escalation"), "0")

    assert [each.where for each in BOOK.problems(other(**nothing))] == ["weights[0]"]


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([{"category": "", "minutes": "", "likelihood": ""}], "categories[0].category"),
        ([{"category": "A", "minutes": "1.5", "likelihood": ""}], "categories[0].minutes"),
        ([{"category": "A", "minutes": "", "likelihood": "2"}], "categories[0].likelihood"),
        ([{"category": "A", "minutes": "", "likelihood": ""}] * 2, "categories[1]"),
    ],
)
def test_what_is_wrong_with_a_category_is_said_where_it_is(rows, where):
    content = {**BOOK.current(), "categories": rows}

    assert [problem.where for problem in BOOK.problems(content)] == [where]


def test_the_weights_are_one_row():
    assert BOOK.problems({**BOOK.current(), "weights": []})[0].where == "weights"


def test_weights_read_in_words():
    weights, auth, *_ = BOOK.entries(BOOK.current())

    assert weights.says["Urgency"] == "45 points"
    assert weights.says["Guarded within"] == "3 business days of its deadline"
    assert (auth.title, auth.says["Work on a case"]) == ("Auth", "45 minutes")
    assert auth.says["Odds of being overturned"] == "as for all"


def test_equal_numbers_are_written_alike():
    assert {text_of(each) for each in (Decimal("10.00"), "10", 10)} == {"10"}
    assert text_of(Decimal("0.500000")) == "0.5"
    assert text_of(None) == ""


def place(queue, **fields):
    """A case that was free before the days that are tried."""
    due = dict.fromkeys(("first_touch_due_at", "resolve_due_at"), OPENED + timedelta(hours=12))
    return CaseFactory(queue=queue, opened_at=OPENED - DAY, **{**due, **fields})


def test_heavier_money_serves_the_large_case_sooner_and_says_what_that_costs():
    queue = QueueFactory(name="Coding")
    place(queue, amount_at_risk=10, first_touched_at=OPENED + timedelta(hours=1))
    later = dict.fromkeys(("first_touch_due_at", "resolve_due_at"), OPENED + 60 * DAY)
    large = place(
        queue, amount_at_risk=90_000, first_touched_at=OPENED + timedelta(hours=30), **later
    )

    found = BOOK.simulate(content=other(money="900", urgency="1"), days=2, at=OPENED + 2 * DAY)

    assert (found.cases, found.changed) == (2, 2)
    assert (found.breached_before, found.breached_after) == (0, 1)
    assert {(move.before, move.after) for move in found.moves} == {
        ("Coding: served later", "Coding: served sooner"),
        ("Coding: served sooner", "Coding: served later"),
    }
    assert str(large.public_id) in {sample.case for sample in found.samples}
    [load] = found.queues
    assert (load.queue, load.before, load.after) == ("Coding", 2, 2)
    assert "$90" in found.conflicts[0]


def test_a_time_in_which_nobody_took_a_case_says_so():
    place(QueueFactory())

    found = BOOK.simulate(content=other(money="900"), days=2, at=OPENED + 2 * DAY)

    assert found.changed == 0
    assert found.conflicts[0].startswith("Nobody took a case")
