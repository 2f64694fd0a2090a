from datetime import timedelta

import pytest

from cases.editions.lifecycle import EditionState
from cases.editions.models import Edition
from cases.editions.queries import FRESH, difference, fresh_backtest_of, in_force, listed
from cases.editions.services import digest_of
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED, BacktestFactory, EditionFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 25])
def test_a_list_of_editions_costs_one_query(rows, django_assert_num_queries):
    EditionFactory.create_batch(rows, book="toys")
    EditionFactory(book="another")

    with django_assert_num_queries(1):
        shown = [(edition.author.username, edition.backtest) for edition in listed("toys")]

    assert len(shown) == rows


def test_the_newest_edition_comes_first():
    first, second = EditionFactory(book="toys"), EditionFactory(book="toys")

    assert list(listed("toys")) == [second, first]


def test_an_edition_is_told_apart_from_its_base():
    with installed(ToyBook()):
        base = EditionFactory(book="toys", content={"words": {"a": "one"}})
        edition = EditionFactory(book="toys", content={"words": {"a": "two", "b": "x"}}, base=base)

        found = difference(edition)
        first = difference(base)

    assert [entry.key for entry in found.added] == ["b"]
    assert [(said.old, said.new) for said in found.changed[0].says] == [("one", "two")]
    assert [entry.key for entry in first.added] == ["a"]


@pytest.mark.parametrize(
    ("late", "is_fresh"), [(timedelta(0), True), (timedelta(seconds=1), False)]
)
def test_a_backtest_is_fresh_for_a_week(late, is_fresh):
    edition = EditionFactory()
    kept = BacktestFactory(edition=edition)
    edition.backtest = kept

    assert fresh_backtest_of(edition, at=OPENED + FRESH + late) == (kept if is_fresh else None)


def test_a_backtest_of_another_content_is_not_fresh():
    edition = EditionFactory()
    edition.backtest = BacktestFactory(edition=edition)
    edition.digest = digest_of({"other": 1})

    assert fresh_backtest_of(edition, at=OPENED) is None


def test_one_edition_is_in_force():
    assert in_force("toys") is None

    EditionFactory(book="toys")
    held = EditionFactory(book="toys", number=1, state=EditionState.ACTIVE, activated_at=OPENED)

    assert in_force("toys") == held
    assert Edition.objects.due(at=OPENED).count() == 0
