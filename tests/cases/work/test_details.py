from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from cases.work.details import Details, DetailsRefused


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Example(Details):
    amount: Decimal
    count: int
    is_good: bool
    parts: tuple[Part, ...]
    words: tuple[str, ...]


EXAMPLE = Example(Decimal("0.10"), 2, True, (Part("a", date(2026, 1, 2)), Part("b", None)), ("x",))
AS_JSON = {
    "amount": "0.10",
    "count": 2,
    "is_good": True,
    "parts": [{"name": "a", "on": "2026-01-02"}, {"name": "b", "on": None}],
    "words": ["x"],
}


def test_details_are_stored_as_json_and_read_back():
    assert EXAMPLE.as_json() == AS_JSON
    assert Example.from_json(AS_JSON) == EXAMPLE


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": "much"}, r"Example\.amount"),
        ({"amount": 0.1}, r"Example\.amount"),
        ({"count": "2"}, r"Example\.count"),
        ({"count": True}, r"Example\.count"),
        ({"is_good": 1}, r"Example\.is_good"),
        ({"words": "x"}, r"Example\.words"),
        ({"words": [1]}, r"Example\.words"),
        ({"parts": [{"name": "a"}]}, r"Example\.parts"),
        ({"parts": [{"name": "a", "on": "soon"}]}, r"Example\.parts\.on"),
        ({"more": 1}, "Example"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(change, place):
    with pytest.raises(DetailsRefused, match=place):
        Example.from_json(AS_JSON | change)
