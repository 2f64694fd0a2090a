"""What may come into force, asked of the rule itself; `test_publishing` tells the whole way."""

from datetime import timedelta

import pytest

from cases.actions.releasing import (
    BacktestMissing,
    BaseSuperseded,
    ContentRefused,
    require_backtest,
    require_base,
    require_sound,
    titled,
)
from cases.editions.queries import FRESH
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED, BacktestFactory, EditionFactory

pytestmark = pytest.mark.django_db


def test_every_problem_is_named():
    with installed(ToyBook()), pytest.raises(ContentRefused) as refusal:
        require_sound("toys", {"words": {"a": "", "b": ""}})

    assert [each["where"] for each in refusal.value.fields["problems"]] == ["words.a", "words.b"]


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
