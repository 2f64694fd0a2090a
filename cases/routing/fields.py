"""The facts that routing rules may ask for: their words, kinds and how each is read, twice.

A rule sees a case through a `Subject`, which a new finding and an existing case both become, so
that both are routed by the same facts. Where many cases are asked at once, the same facts are read
by SQL from the case (`c`), its payer (`p`, if any) and its facility (`f`), as SOURCE joins them; a
property test shows the two readings equal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from cases.routing.conditions import Kind, Term
from cases.work.models import Case


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
    """A term, how its fact is read from a subject, and by which SQL from the joined rows.

    `is_always`: the SQL gives a value for every case.
    """

    term: Term
    read: Callable[[Subject], Any]
    sql: str
    is_always: bool = True


UNASSIGNED = "unassigned"
SOURCE = (
    "cases_case AS c LEFT JOIN integrations_payer AS p ON p.id = c.payer_id"
    " JOIN integrations_facility AS f ON f.id = c.facility_id"
)


def subject_of(case: Case) -> Subject:
    """What routing may know of a case that is there; reads its payer and its facility."""
    payer, facility = case.payer, case.facility
    return Subject(
        case_type=case.case_type,
        code=case.code,
        category=case.category,
        amount=case.amount_at_risk,
        cycle=case.cycle,
        payer_key=payer.key if payer else "",
        payer_class=payer.payer_class if payer else "",
        payer_is_known=payer is not None and payer.is_confirmed,
        facility_key=facility.key,
        facility_is_known=facility.key != UNASSIGNED,
        facts=case.details,
    )


def _fact(key: str) -> Callable[[Subject], Any]:
    return lambda subject: subject.facts.get(key)


def _date_fact(key: str) -> Callable[[Subject], date | None]:
    def read(subject: Subject) -> date | None:
        value = subject.facts.get(key)
        return date.fromisoformat(value) if value else None

    return read


def _of_details(key: str, label: str, kind: Kind = Kind.TEXT) -> Field:
    """A fact that a case type gives, under the same name in its details."""
    read = _date_fact(key) if kind is Kind.DATE else _fact(key)
    return Field(Term(key, label, kind), read, DETAIL[kind].format(key=key), is_always=False)


DETAIL = {
    Kind.TEXT: "(c.details ->> '{key}')",
    Kind.DATE: "(c.details ->> '{key}')::date",
    Kind.YES_NO: "(c.details ->> '{key}')::boolean",
    Kind.TEXTS: "(c.details -> '{key}')",
}
FIELDS: dict[str, Field] = {
    each.term.key: each
    for each in (
        Field(Term("case_type", "case type", Kind.TEXT), lambda s: s.case_type, "c.case_type"),
        Field(Term("code", "leading reason, e.g. CO-197", Kind.TEXT), lambda s: s.code, "c.code"),
        Field(Term("category", "category", Kind.TEXT), lambda s: s.category, "c.category"),
        Field(
            Term("amount", "amount at risk", Kind.NUMBER), lambda s: s.amount, "c.amount_at_risk"
        ),
        Field(Term("cycle", "cycle", Kind.NUMBER), lambda s: Decimal(s.cycle), "c.cycle"),
        Field(Term("payer", "payer", Kind.TEXT), lambda s: s.payer_key, "coalesce(p.key, '')"),
        Field(
            Term("payer_class", "payer class", Kind.TEXT),
            lambda s: s.payer_class,
            "coalesce(p.payer_class, '')",
        ),
        Field(
            Term("payer_is_known", "payer is known", Kind.YES_NO),
            lambda s: s.payer_is_known,
            "coalesce(p.is_confirmed, false)",
        ),
        Field(Term("facility", "facility", Kind.TEXT), lambda s: s.facility_key, "f.key"),
        Field(
            Term("facility_is_known", "facility is known", Kind.YES_NO),
            lambda s: s.facility_is_known,
            f"(f.key <> '{UNASSIGNED}')",
        ),
        _of_details("group", "adjustment group"),
        _of_details("carc", "adjustment code (CARC)"),
        _of_details("remarks", "remark codes (RARC)", Kind.TEXTS),
        _of_details("mapped_queue", "queue of the code map"),
        _of_details("is_initial", "is an initial denial", Kind.YES_NO),
        _of_details("appeal_allowed", "appeal is allowed", Kind.YES_NO),
        _of_details("is_federal", "is federal money", Kind.YES_NO),
        _of_details("service_from", "first service date", Kind.DATE),
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
