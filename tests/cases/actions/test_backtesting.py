from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from cases.actions import publishing
from cases.actions.backtesting import LONGEST, PeriodRefused, backtest, try_out
from cases.actions.releasing import ContentRefused
from cases.editions.books import BOOKS
from cases.editions.models import Backtest
from cases.editions.services import MayNotRelease
from tests.checksums import changed, checksums
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED, EditionFactory
from tests.house import OPENED as HOUSE_OPENED
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House.built()


@pytest.fixture
def book():
    with installed(ToyBook()) as toys:
        yield toys


@pytest.fixture
def steward(house):
    return house.person("rules_steward")


@pytest.fixture
def draft(book, steward):
    return publishing.draft(book="toys", by=steward, at=OPENED)


def test_what_was_found_is_kept_with_what_was_tried(draft, steward):
    report = backtest(edition=draft, days=30, by=steward, at=OPENED)

    draft.refresh_from_db()
    kept = draft.backtest
    assert kept.report == report.as_json()
    assert (kept.digest, kept.days, kept.ran_by, kept.ran_at) == (draft.digest, 30, steward, OPENED)


def test_a_trial_cannot_write(book, draft, steward):
    book.writes = "UPDATE cases_queue SET name = 'x'"

    with pytest.raises(InternalError, match="read-only"), transaction.atomic():
        backtest(edition=draft, days=30, by=steward, at=OPENED)

    assert not Backtest.objects.exists()


@pytest.mark.parametrize("days", [0, -1, LONGEST + 1])
def test_a_period_is_a_day_to_a_year(days, draft, steward):
    with pytest.raises(PeriodRefused):
        backtest(edition=draft, days=days, by=steward, at=OPENED)


def test_a_content_that_cannot_hold_is_not_tried(book, steward):
    broken = EditionFactory(book="toys", content={"words": {"a": ""}}, author=steward)

    with pytest.raises(ContentRefused):
        backtest(edition=broken, days=30, by=steward, at=OPENED)


@pytest.mark.parametrize("role", ["denial_specialist", "auditor", "queue_supervisor"])
def test_trying_is_for_those_who_write_or_release(role, draft, house):
    with pytest.raises(MayNotRelease):
        backtest(edition=draft, days=30, by=house.person(role), at=OPENED)


def test_who_releases_may_try_too(draft, house):
    assert backtest(edition=draft, days=30, by=house.person("release_approver"), at=OPENED)


KEPT_IN = {
    "audit_chain_head",
    "audit_event",
    "cases_backtest",
    "cases_edition",
    "cases_historicaledition",
}


def test_a_trial_leaves_every_table_as_it_was(house):
    steward = house.person("rules_steward")
    for _ in range(3):
        house.case()
    edition = publishing.draft(book="routing", by=steward, at=OPENED)
    rules = [{**rule, "queue": "cob"} for rule in edition.content["rules"]]
    edition = publishing.save(
        edition=edition, content={"rules": rules}, note="", by=steward, at=OPENED, seen_version=1
    )
    before = checksums()
    at = HOUSE_OPENED + timedelta(days=1)

    report = try_out(book="routing", content=edition.content, days=30, at=at)
    untouched = checksums()
    backtest(edition=edition, days=30, by=steward, at=at)
    after = checksums()

    assert report.changed == 3
    assert untouched == before
    assert changed(before, after) == KEPT_IN


def test_a_trial_of_weights_leaves_every_table_as_it_was(house):
    opened = HOUSE_OPENED - timedelta(days=1)
    for number in range(3):
        house.case(
            opened_at=opened,
            amount_at_risk=10**number,
            first_touched_at=HOUSE_OPENED + timedelta(hours=number + 1),
        )
    content = BOOKS.get("priority").current()
    heavier = {**content, "weights": [content["weights"][0] | {"money": "90"}]}
    before = checksums()

    report = try_out(book="priority", content=heavier, days=30, at=HOUSE_OPENED + timedelta(days=1))

    assert report.cases == 3
    assert checksums() == before
