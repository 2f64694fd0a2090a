"""What may come into force, asked of the rule itself; `test_publishing` tells the whole way."""

from datetime import timedelta

import pytest

from cases.actions.releasing import (
    BacktestMissing,
    BaseSuperseded,
    ContentRefused,
    require_backtest,
    require_base,
    require_clean,
    require_sound,
    titled,
)
from cases.editions.queries import FRESH
from cases.work.services import ReasonMissing
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED, BacktestFactory, EditionFactory

pytestmark = pytest.mark.django_db


def test_every_problem_is_named():
    with installed(ToyBook()), pytest.raises(ContentRefused) as refusal:
        require_sound("toys", {"words": {"a": "", "b": ""}})

    assert [each["where"] for each in refusal.value.fields["problems"]] == ["words.a", "words.b"]


def toys(word, **fields):
    return EditionFactory(book="toys", content={"words": {"a": word}}, **fields)


def test_what_its_book_calls_an_error_keeps_an_edition_back_in_its_words():
    with installed(ToyBook()), pytest.raises(ContentRefused, match="a: says wrong") as refusal:
        require_clean(toys("wrong", note="Let it be"), at=OPENED)

    assert refusal.value.fields["problems"] == [{"where": "a", "words": "says wrong"}]


def test_warnings_may_stand_where_the_note_says_why():
    with installed(ToyBook()):
        require_clean(toys("odd", note="Agreed with the controller"), at=OPENED)
        with pytest.raises(ReasonMissing):
            require_clean(toys("odd", note=" "), at=OPENED)


def test_the_way_back_is_not_looked_at():
    with installed(ToyBook()):
        require_clean(toys("wrong", restores=toys("one")), at=OPENED)


def test_a_former_content_needs_no_trial():
    require_backtest(EditionFactory(restores=EditionFactory()), at=OPENED)


def test_a_new_content_needs_a_fresh_one():
    edition = EditionFactory()
    edition.backtest = BacktestFactory(edition=edition)

    require_backtest(edition, at=OPENED + FRESH)
    with pytest.raises(BacktestMissing):
        require_backtest(edition, at=OPENED + FRESH + timedelta(seconds=1))


def test_an_edition_stands_on_what_is_in_force():
    with pytest.raises(BaseSuperseded):
        require_base(EditionFactory(base=EditionFactory()))


def test_an_edition_is_called_by_number_and_book():
    with installed(ToyBook()):
        assert titled(EditionFactory(book="toys", number=7)) == "Edition 7 of “Toys”"
