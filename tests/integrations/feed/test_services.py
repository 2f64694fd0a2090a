import pytest
from psycopg import sql

from integrations.feed import queries as feed
from integrations.feed import services
from integrations.feed.models import Change, Record
from integrations.feed.queries import Position


@pytest.mark.django_db
def test_appending_says_what_changed_in_one_statement(django_assert_num_queries):
    query = sql.SQL("SELECT n, n * 10 FROM generate_series(%(first)s::bigint, 3) AS n")

    with django_assert_num_queries(1):
        count = services.append(record=Record.CLAIM, query=query, correlation_id="run-1", first=1)

    assert count == 3
    assert list(
        Change.objects.order_by("record_id").values_list("record", "record_id", "claim_id")
    ) == [("claim", 1, 10), ("claim", 2, 20), ("claim", 3, 30)]
    assert set(Change.objects.values_list("correlation_id", flat=True)) == {"run-1"}


@pytest.mark.django_db
def test_a_cursor_moves_forward_only():
    services.advance(consumer="reader", to=Position(7, 3))
    services.advance(consumer="reader", to=Position(7, 3))

    with pytest.raises(services.NotReading):
        services.advance(consumer="reader", to=Position(7, 2))
    assert feed.position_of("reader") == Position(7, 3)


@pytest.mark.django_db
def test_holding_makes_a_cursor_at_the_start():
    assert services.hold("new") == Position()
