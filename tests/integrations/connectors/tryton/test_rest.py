"""How Tryton spells values, and what its refusals mean."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from integrations.calling import Answer
from integrations.connectors.tryton.rest import done, meant, packed, record, spelt
from integrations.ports.commands import NotReached, OutcomeUnknown, Refused

VALUES = [
    Decimal("125.50"),
    date(2026, 3, 2),
    datetime(2026, 3, 2, 23, 59, 1, 5, tzinfo=UTC),
    {"lines": [["create", [{"debit": Decimal("0.00"), "account": 7}]]]},
    None,
]


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_what_is_spelt_is_read_again(value):
    assert meant(spelt(value)) == value


def test_an_amount_never_travels_as_a_number():
    assert spelt(Decimal("0.10")) == {"__class__": "Decimal", "decimal": "0.10"}


def test_a_moment_is_told_in_utc():
    vienna = timezone(timedelta(hours=1))

    assert spelt(datetime(2026, 3, 2, 0, 30, tzinfo=vienna))["day"] == 1


def test_a_domain_is_packed_as_the_recordings_show_it():
    assert packed([["write_date", ">=", 1]]) == "W1sid3JpdGVfZGF0ZSIsICI-PSIsIDFdXQ=="


@pytest.mark.parametrize(
    "body",
    [
        {"__class__": "Decimal", "decimal": "much"},
        {"__class__": "Decimal"},
        {"__class__": "date", "year": 2026, "month": 13, "day": 1},
        {"lines": [{"__class__": "datetime", "hour": "noon"}]},
    ],
    ids=str,
)
def test_a_value_that_is_none_tells_nothing(body):
    with pytest.raises(OutcomeUnknown):
        meant(body)


@pytest.mark.parametrize("body", [None, [], {"name": "x"}, "4"], ids=str)
def test_an_answer_without_a_record_tells_nothing(body):
    with pytest.raises(OutcomeUnknown):
        record(body)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ('To post move "(3)", you must balance all its lines debits and credits.', "unbalanced"),
        ('You cannot add lines on closed journal-period "Miscellaneous".', "period_closed"),
        ("A value is required for field “Party”.", "refused"),
    ],
)
def test_a_refusal_has_a_code_and_trytons_words(words, code):
    answer = Answer(400, {"status": 400, "message": words, "description": ""}, {})

    with pytest.raises(Refused) as refusal:
        done(answer)

    assert (refusal.value.code, refusal.value.words) == (code, words)


@pytest.mark.parametrize("status", [401, 403, 404, 423])
def test_what_refuses_the_call_has_applied_nothing(status):
    with pytest.raises(NotReached):
        done(Answer(status, None, {}))
