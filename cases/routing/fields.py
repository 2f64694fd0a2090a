"""The facts that routing rules may ask for: their words, kinds and how each is read.

A rule sees a case through a `Subject`, which a new finding and an existing case both become, so
that both are routed by the same facts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cases.routing.conditions import Kind, Term


@dataclass(frozen=True, slots=True)
class Subject:
    """What routing may know of a case. `facts` are those that its case type adds."""

    case_type: str
    code: str
    category: str
    amount: Decimal
    cycle: int
    payer_key: str
    payer_class: str
    payer_is_known: bool
    facility_key: str
    facility_is_known: bool
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """A term, and how its fact is read from a subject."""

    term: Term
    read: Callable[[Subject], Any]


def _fact(key: str) -> Callable[[Subject], Any]:
    return lambda subject: subject.facts.get(key)


def _date_fact(key: str) -> Callable[[Subject], date | None]:
    def read(subject: Subject) -> date | None:
        value = subject.facts.get(key)
        return date.fromisoformat(value) if value else None

    return read


FIELDS: dict[str, Field] = {
    each.term.key: each
    for each in (
        Field(Term("case_type", "case type", Kind.TEXT), lambda s: s.case_type),
        Field(Term("code", "leading reason, e.g. CO-197", Kind.TEXT), lambda s: s.code),
        Field(Term("category", "category", Kind.TEXT), lambda s: s.category),
        Field(Term("amount", "amount at risk", Kind.NUMBER), lambda s: s.amount),
        Field(Term("cycle", "cycle", Kind.NUMBER), lambda s: Decimal(s.cycle)),
        Field(Term("payer", "payer", Kind.TEXT), lambda s: s.payer_key),
        Field(Term("payer_class", "payer class", Kind.TEXT), lambda s: s.payer_class),
        Field(Term("payer_is_known", "payer is known", Kind.YES_NO), lambda s: s.payer_is_known),
        Field(Term("facility", "facility", Kind.TEXT), lambda s: s.facility_key),
        Field(
            Term("facility_is_known", "facility is known", Kind.YES_NO),
            lambda s: s.facility_is_known,
        ),
        Field(Term("group", "adjustment group", Kind.TEXT), _fact("group")),
        Field(Term("carc", "adjustment code (CARC)", Kind.TEXT), _fact("carc")),
        Field(Term("remarks", "remark codes (RARC)", Kind.TEXTS), _fact("remarks")),
        Field(Term("mapped_queue", "queue of the code map", Kind.TEXT), _fact("mapped_queue")),
        Field(Term("is_initial", "is an initial denial", Kind.YES_NO), _fact("is_initial")),
        Field(Term("appeal_allowed", "appeal is allowed", Kind.YES_NO), _fact("appeal_allowed")),
        Field(Term("service_from", "first service date", Kind.DATE), _date_fact("service_from")),
    )
}
TERMS: dict[str, Term] = {key: each.term for key, each in FIELDS.items()}


def facts_of(subject: Subject) -> dict[str, Any]:
    """Every fact of a subject, typed as conditions compare them."""
    return {key: each.read(subject) for key, each in FIELDS.items()}


def as_json(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a trace stores them; amounts and dates as text."""
    return {
        key: str(value) if isinstance(value, Decimal | date) else value
        for key, value in facts.items()
    }
