from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations

import pytest
from django.db import connection, transaction
from psycopg import sql

from cases.detection import services
from cases.detection.models import Detected
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.feed import queries as feed
from integrations.feed import services as feeding
from integrations.feed.models import Record
from tests.cases.types.denial.test_detect import change, remitted
from tests.factories.cases import OPENED
from tests.factories.integrations import ClaimFactory

FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 10) for month in (2, 3, 4, 5))


def detected(*changes):
    return services.detect_changes(changes=changes, at=OPENED)


@pytest.fixture
def claim(db):
    return ClaimFactory()


def test_changes_become_cases_and_what_each_message_led_to_is_kept(claim):
    other = ClaimFactory()
    done = detected(
        change(remitted(claim, "CO-197"), "message-1"),
        change(remitted(other, "CO-45"), "message-1"),
    )

    assert (done.changes, done.opened, done.updated, done.closed) == (2, 1, 0, 0)
    [kept] = Detected.objects.all()
    assert (kept.outcome, kept.correlation_id, kept.case.claim) == ("opened", "message-1", claim)


def test_denial_reversal_payment_is_one_case_closed_paid_on_reprocess(claim):
    detected(change(remitted(claim, "CO-197")))
    detected(change(remitted(claim, "CO-197", status="22", sign=-1, on=APRIL)))
    done = detected(change(remitted(claim, "CO-45", paid=80, on=APRIL)))

    case = Case.objects.get()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, "paid_on_reprocess")
    assert done.closed == 1


STORIES = {
    "denied, reversed, paid": (
        [("CO-197", 0, "1", FEBRUARY), ("CO-197", 0, "22", MARCH), ("CO-45", 80, "1", MARCH)],
        (CaseStatus.CLOSED, Disposition.PAID_ON_REPROCESS),
    ),
    "denied, denied again for another reason": (
        [("CO-197", 0, "1", FEBRUARY), ("CO-197", 0, "22", MARCH), ("CO-11", 0, "1", MARCH)],
        (None, None),
    ),
    "paid, then taken back": (
        [("CO-45", 80, "1", FEBRUARY), ("CO-45", 80, "22", MARCH), ("CO-197", 0, "1", MARCH)],
        (None, None),
    ),
    "denied, paid, denied": (
        [("CO-197", 0, "1", FEBRUARY), ("CO-45", 80, "1", APRIL), ("CO-50", 0, "1", MAY)],
        (None, None),
    ),
    "denied and reversed": (
        [("CO-197", 0, "1", FEBRUARY), ("CO-197", 0, "22", MARCH)],
        (CaseStatus.CLOSED, Disposition.REVERSED),
    ),
}


@pytest.mark.parametrize("name", list(STORIES))
def test_any_order_of_arrival_leads_to_the_same_case(name, db):
    story, (status, disposition) = STORIES[name]
    outcomes = set()
    for order in permutations(story):
        claim = ClaimFactory()
        for code, paid, given, day in order:
            sign = -1 if given == "22" else 1
            detected(change(remitted(claim, code, paid=paid, status=given, on=day, sign=sign)))
        case = Case.objects.get(claim=claim)
        is_open = case.status in {CaseStatus.NEW, CaseStatus.REOPENED}
        outcomes.add(
            (
                None if is_open else case.status,
                case.disposition,
                case.cycle,
                case.code,
                case.queue.key,
                case.amount_at_risk,
                case.details["is_initial"],
                tuple(sorted(each["is_void"] for each in case.details["decisions"])),
            )
        )

    [outcome] = outcomes
    assert outcome[:2] == (status, disposition)


def feed_change(given, correlation_id="message-1"):
    """Put an adjudication in the feed, in a transaction of its own."""
    with transaction.atomic():
        feeding.append(
            record=Record.REMITTED_CLAIM,
            query=sql.SQL("SELECT {}::bigint, {}::bigint").format(given.pk, given.claim_id),
            correlation_id=correlation_id,
        )


@pytest.mark.django_db(transaction=True)
def test_the_feed_is_drained_to_its_end_once():
    given = [remitted(ClaimFactory(), "CO-197") for _ in range(3)]
    for each in given:
        feed_change(each)

    first = services.drain(at=OPENED, until=feed.end())
    second = services.drain(at=OPENED)

    assert (first.changes, first.opened) == (3, 3)
    assert (second.changes, second.opened) == (0, 0)
    assert feed.position_of(services.CONSUMER) == feed.end()
    assert Detected.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_batch_that_fails_moves_nothing(monkeypatch):
    feed_change(remitted(ClaimFactory(), "CO-197"))
    before = feed.position_of(services.CONSUMER)

    def fail(**_fields):
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(services.feeding, "advance", fail)
        with pytest.raises(ConnectionError):
            services.drain(at=OPENED)

    assert not Case.objects.exists()
    assert feed.position_of(services.CONSUMER) == before
    assert services.drain(at=OPENED).opened == 1


@pytest.mark.django_db(transaction=True)
def test_a_second_drain_beside_the_first_does_nothing_twice():
    for _ in range(4):
        feed_change(remitted(ClaimFactory(), "CO-197"))

    def drain(_number):
        try:
            return services.drain(at=OPENED)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(drain, range(4)))

    assert sum(each.opened for each in done) == 4
    assert sum(each.changes for each in done) == 4
    assert Case.objects.count() == 4
