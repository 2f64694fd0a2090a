import json

import pytest
from django.db import IntegrityError, connection, transaction

from billing_portal.audit.models import AuditEvent
from cases.editions import services
from cases.editions.lifecycle import EditionState
from cases.editions.models import Backtest, Edition
from tests.factories.books import report
from tests.factories.cases import OPENED, BacktestFactory, EditionFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


@transaction.atomic
def settled(**fields):
    """Make an edition and let the database check what it checks at the end of a transaction."""
    EditionFactory(**fields)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "content",
    [{}, {"b": 1, "a": [True, None, "ü", "\u2028"]}, {"long": "x" * 9_999, "n": {"m": "1.10"}}],
)
def test_the_database_agrees_on_the_digest_of_a_content(content):
    edition = EditionFactory(content=content)

    reordered = dict(reversed(json.loads(json.dumps(content)).items()))
    assert services.digest_of(reordered) == edition.digest


def refused(**fields):
    with pytest.raises(IntegrityError) as refusal:
        settled(**fields)
    return str(refusal.value)


def test_the_database_refuses_a_digest_of_another_content():
    assert "edition_digest" in refused(digest="0" * 64)


def test_the_database_refuses_an_author_who_judges():
    person = PersonFactory(is_superuser=True)

    assert "edition_reviewer_is_another" in refused(author=person, reviewer=person)


def test_the_database_refuses_two_editions_in_force():
    EditionFactory(number=1, state=EditionState.ACTIVE, activated_at=OPENED)
    former = EditionFactory()

    message = refused(
        state=EditionState.ACTIVE,
        activated_at=OPENED,
        reviewer=PersonFactory(),
        restores=former,
    )

    assert "edition_one_in_force" in message


def test_the_database_refuses_what_nobody_tried():
    message = refused(state=EditionState.ACTIVE, activated_at=OPENED, reviewer=PersonFactory())

    assert "edition_released_after_a_backtest" in message


def test_the_database_refuses_what_nobody_judged():
    tried = BacktestFactory()

    message = refused(state=EditionState.APPROVED, backtest=tried, content=tried.edition.content)

    assert "edition_released_by_a_reviewer" in message


def test_the_database_refuses_a_backtest_of_another_content():
    tried = BacktestFactory()

    assert "edition_backtest_of_its_content" in refused(backtest=tried, content={"other": 1})


def test_what_a_backtest_found_is_never_changed():
    tried = BacktestFactory()

    with pytest.raises(Exception, match=r"append-only|permission denied"), transaction.atomic():
        Backtest.objects.filter(pk=tried.pk).update(days=1)


def test_what_the_house_had_is_founded_once():
    by = PersonFactory()

    first = services.found(book="toys", content={"a": 1}, by=by, at=OPENED)
    again = services.found(book="toys", content={"a": 2}, by=by, at=OPENED)

    assert (first, first.number, first.state) == (again, 1, EditionState.ACTIVE)
    assert AuditEvent.objects.filter(chain=services.CHAIN, verb="edition.founded").count() == 1


def test_a_backtest_of_what_was_changed_meanwhile_is_not_kept():
    edition, by = EditionFactory(), PersonFactory()
    stale = Edition.objects.get(pk=edition.pk)
    stale.digest = "0" * 64

    with pytest.raises(services.EditionRefused):
        services.keep_backtest(
            edition=stale,
            report=report(since=OPENED.date(), until=OPENED.date()),
            days=1,
            by=by,
            at=OPENED,
        )

    assert not Backtest.objects.exists()


def test_what_is_in_force_is_tried_no_more():
    edition = EditionFactory(number=1, state=EditionState.ACTIVE, activated_at=OPENED)

    with pytest.raises(services.EditionRefused):
        services.keep_backtest(
            edition=edition,
            report=report(since=OPENED.date(), until=OPENED.date()),
            days=1,
            by=PersonFactory(),
            at=OPENED,
        )
