"""Writing the record: numbered, stamped and chained by the database."""

import hashlib
import threading

import pytest
from django.db import DataError, IntegrityError, connection, connections, transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent, ChainHead
from billing_portal.audit.queries import links, verify
from billing_portal.audit.services import Event, record, record_many
from billing_portal.kernel.pure.correlation import correlated


def told(by, chain="case:1", **facts):
    record(chain=chain, verb="case.tested", subject=chain, by=by, reason="For a test", **facts)


def test_an_event_says_what_who_and_why(db, by):
    with correlated("0123456789abcdef"):
        told(by, amount="12.50", to="resolved")

    event = AuditEvent.objects.get(chain="case:1")
    assert (event.verb, event.subject, event.actor, event.reason) == (
        "case.tested",
        "case:1",
        by,
        "For a test",
    )
    assert event.body == '{"amount":"12.50","to":"resolved"}'
    assert event.correlation_id == "0123456789abcdef"


def test_events_of_a_chain_are_numbered_and_each_names_the_one_before(db, by):
    for _ in range(3):
        told(by)

    first, second, third = AuditEvent.objects.filter(chain="case:1").order_by("seq")
    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert bytes(first.previous_hash) == b""
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert bytes(third.previous_hash) == bytes(second.hash)


def test_the_hash_is_of_the_hash_before_and_the_stored_text(db, by):
    told(by, amount="1.00")
    told(by, name="Ünïcode")

    for link in links(["case:1"]):
        assert bytes(link.hash) == hashlib.sha256(bytes(link.previous_hash) + link.told()).digest()


def test_chains_do_not_touch_each_other(db, by):
    told(by, chain="case:1")
    told(by, chain="case:2")

    assert set(
        AuditEvent.objects.filter(chain__startswith="case:").values_list("chain", "seq")
    ) == {("case:1", 1), ("case:2", 1)}


def test_the_database_stamps_time_place_and_transaction_whatever_is_sent(db, by):
    before = timezone.now()
    event = AuditEvent.objects.create(
        chain="case:1",
        verb="case.tested",
        subject="case:1",
        reason="Forged",
        actor=by,
        seq=99,
        at=timezone.datetime(2001, 1, 1, tzinfo=timezone.get_current_timezone()),
        txid=1,
        hash=b"forged",
    )
    event.refresh_from_db()

    assert event.seq == 1
    assert abs((event.at - before).total_seconds()) < 60
    assert event.txid > 1
    assert len(event.hash) == 32
    assert verify().is_clean


@pytest.mark.parametrize("chain", ["everything", "case:", "case:1 2", "planet:1", ""])
def test_there_is_no_chain_of_another_kind(chain, db, by):
    with pytest.raises(IntegrityError, match="auditevent_chain"), transaction.atomic():
        told(by, chain=chain)


@pytest.mark.parametrize("body", ["[]", "1", "null"])
def test_a_body_is_an_object(body, db, by):
    with pytest.raises(IntegrityError, match="auditevent_body"), transaction.atomic():
        AuditEvent.objects.create(
            chain="case:1", verb="v", subject="s", reason="r", actor=by, body=body
        )


def test_a_body_is_json(db, by):
    with pytest.raises(DataError), transaction.atomic():
        AuditEvent.objects.create(
            chain="case:1", verb="v", subject="s", reason="r", actor=by, body="{"
        )


@pytest.mark.parametrize("empty", ["verb", "reason"])
def test_nothing_is_recorded_without_a_reason(empty, db, by):
    said = {"verb": "case.tested", "reason": "For a test"} | {empty: ""}

    with pytest.raises(IntegrityError, match="auditevent_said"), transaction.atomic():
        record(chain="case:1", subject="case:1", by=by, **said)


def test_many_are_recorded_by_one_statement_in_their_order(db, by, django_assert_num_queries):
    events = [
        Event(chain=f"case:{n % 3}", verb="case.tested", subject="s", reason="r", facts={"n": n})
        for n in range(30)
    ]

    with django_assert_num_queries(3):  # a savepoint, the statement, its release
        assert record_many(events, by=by) == 30

    bodies = (
        AuditEvent.objects.filter(chain="case:1").order_by("seq").values_list("body", flat=True)
    )
    assert list(bodies) == [f'{{"n":{n}}}' for n in range(1, 30, 3)]
    assert verify().is_clean


def test_nothing_to_record_asks_the_database_nothing(db, by, django_assert_num_queries):
    with django_assert_num_queries(2):  # a savepoint and its release
        assert record_many([], by=by) == 0


def test_sql_elsewhere_may_insert_sets_itself(db, by):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (chain, verb, subject, actor_id, reason)"
            " SELECT 'case:' || n %% 5, 'case.tested', 'case:' || n, %s, 'Set-wise'"
            " FROM generate_series(1, 100) AS n ORDER BY n %% 5",
            [by.pk],
        )

    assert AuditEvent.objects.filter(reason="Set-wise").count() == 100
    assert verify().is_clean


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_chain_head (chain, seq, hash) VALUES ('case:9', 9, '')",
        "UPDATE audit_chain_head SET seq = 1",
        "DELETE FROM audit_chain_head",
        "TRUNCATE audit_chain_head",
    ],
)
def test_nobody_writes_heads_by_hand(statement, role, by):
    told(by)

    with (
        pytest.raises(Exception, match=r"permission denied|is refused"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert ChainHead.objects.get(chain="case:1").seq == 1


@pytest.mark.django_db(transaction=True)
def test_writers_at_the_same_time_make_one_chain():
    by = system_actor("tests")
    start = threading.Barrier(8)

    def write(number):
        start.wait()
        try:
            for _ in range(25):
                told(by)
                told(by, chain=f"case:{number + 10}")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seqs = AuditEvent.objects.filter(chain="case:1").order_by("seq").values_list("seq", flat=True)
    assert list(seqs) == list(range(1, 201))
    assert verify().is_clean
