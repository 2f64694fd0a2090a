import pytest
from django.db import connection, transaction

from integrations.feed import queries as feed
from integrations.feed import services
from integrations.feed.queries import Position
from tests.factories.inbox import ChangeFactory

WRITE = """
INSERT INTO integrations_change (record, record_id, correlation_id)
VALUES ('claim', %s, '') RETURNING id
"""


def write(cursor, record_id):
    return cursor.execute(WRITE, [record_id]).fetchone()[0]


def records(changes):
    return [change.record_id for change in changes]


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_with_lower_ids_is_never_skipped(another_connection):
    """Two transactions whose ids and transaction numbers run in opposite order."""
    early, late = another_connection(), another_connection()
    early.execute("SELECT pg_current_xact_id()")  # the lower transaction number
    late.execute("SELECT pg_current_xact_id()")
    first = write(late, 1)  # the lower id
    second = write(early, 2)
    assert first < second
    late.commit()

    assert feed.read("reader", 10) == [], "an older transaction still runs"
    early.commit()
    [one, other] = feed.read("reader", 10)
    assert records([one, other]) == [2, 1], "in the order of transactions"
    with transaction.atomic():
        services.advance(consumer="reader", to=feed.after(one))
    assert records(feed.read("reader", 10)) == [1], "though its id is lower than the cursor's"


@pytest.mark.django_db(transaction=True)
def test_a_reader_stops_at_its_limit_and_goes_on_from_there():
    made = [ChangeFactory() for _ in range(5)]

    first = feed.read("reader", 3)
    services.advance(consumer="reader", to=feed.after(first[-1]))

    assert records(first) == [change.record_id for change in made[:3]]
    assert records(feed.read("reader", 3)) == [change.record_id for change in made[3:]]


@pytest.mark.django_db(transaction=True)
def test_the_end_is_the_last_change_that_anybody_committed():
    assert feed.end() == Position()
    ChangeFactory()
    last = ChangeFactory()

    assert feed.end() == feed.after(last)
    assert feed.position_of("nobody") == Position() < feed.end()


@pytest.mark.django_db
def test_own_changes_are_those_of_this_transaction_alone():
    ChangeFactory()
    own = ChangeFactory()

    assert feed.own_changes()[-1] == own
    assert feed.read("reader", 10) == [], "nothing stands below its own horizon"


@pytest.mark.django_db
def test_reading_uses_the_index(django_assert_num_queries):
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        cursor.execute("EXPLAIN " + feed.READ, {"txid": 0, "change_id": 0, "limit": 10})
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "change_by_horizon" in plan
    assert "Sort" not in plan
