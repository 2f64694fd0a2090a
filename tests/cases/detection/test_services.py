from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations

import pytest
from django.db import OperationalError, connection, transaction
from psycopg import sql

from cases.detection import services
from cases.detection.models import Detected, StuckChange
from cases.notices.models import Notice
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


def failing_on(*claims, with_=ValueError):
    """The opening of cases, failing as soon as one of these claims is among the findings."""
    unfit = {claim.pk for claim in claims}

    def open_many(*, findings, at):
        if unfit & {finding.claim_id for finding in findings}:
            raise with_("holds a name that must not be kept")
        return original(findings=findings, at=at)

    original = services.open_many
    return open_many


@pytest.mark.django_db(transaction=True)
def test_a_change_that_detection_fails_on_waits_and_the_others_go_on(monkeypatch):
    claims = [ClaimFactory() for _ in range(7)]
    for each in claims:
        feed_change(remitted(each, "CO-197"))

    with monkeypatch.context() as patched:
        patched.setattr(services, "open_many", failing_on(claims[4]))
        done = services.drain(at=OPENED)

    assert (done.changes, done.opened) == (7, 6)
    assert set(Case.objects.values_list("claim", flat=True)) == {
        claim.pk for claim in claims if claim != claims[4]
    }
    waiting = StuckChange.objects.get()
    assert (waiting.claim_id, waiting.error, waiting.told_again_at) == (
        claims[4].pk,
        "ValueError",
        None,
    )
    notice = Notice.objects.get(key__startswith="detection:")
    assert "name" not in notice.text
    assert feed.position_of(services.CONSUMER) == feed.end()


@pytest.mark.django_db(transaction=True)
def test_what_waited_becomes_its_case_once_it_is_told_again(monkeypatch):
    claim = ClaimFactory()
    feed_change(remitted(claim, "CO-197"))
    with monkeypatch.context() as patched:
        patched.setattr(services, "open_many", failing_on(claim))
        services.drain(at=OPENED)

    told = [services.tell_again(correlation_id="replay-1") for _ in range(2)]
    done = services.drain(at=OPENED)

    assert told == [1, 0]
    assert (done.changes, done.opened) == (1, 1)
    assert Detected.objects.get().correlation_id == "replay-1"
    assert StuckChange.objects.get().told_again_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("failure", [ValueError, OperationalError], ids=["of all", "of the moment"])
def test_a_failure_that_is_no_matter_of_one_change_sets_nothing_aside(monkeypatch, failure):
    claims = [ClaimFactory() for _ in range(services.MOST_STUCK + 1)]
    for each in claims:
        feed_change(remitted(each, "CO-197"))
    before = feed.position_of(services.CONSUMER)

    with monkeypatch.context() as patched:
        patched.setattr(services, "open_many", failing_on(*claims, with_=failure))
        with pytest.raises(failure):
            services.drain(at=OPENED)

    assert not StuckChange.objects.exists()
    assert feed.position_of(services.CONSUMER) == before
