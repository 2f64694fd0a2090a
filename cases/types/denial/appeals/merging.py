"""Letters with fields: which fields there are, and what a text with them says. Pure.

A text is paragraphs with an empty line between them. `{{field}}` stands for a value; a field of the
kind LINES is a table and stands alone in its paragraph. An unknown field is refused where it
stands, when a text is saved, so that no letter is found broken when it is due.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money

MARK = re.compile(r"\{\{([^{}\n]*)\}\}")
BRACES = re.compile(r"\{\{|\}\}")
BREAK = re.compile(r"\n[ \t]*\n")
HIDDEN = "•••"


class Kind(StrEnum):
    """What kind of value a field has."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class Field:
    """One merge field.

    `is_patients`: shown in the letter alone, masked on every page. `is_optional`: left out, with
    its paragraph when it stands alone, where nothing is known.
    """

    label: str
    kind: Kind = Kind.TEXT
    is_patients: bool = False
    is_optional: bool = False


FIELDS: dict[str, Field] = {
    "patient.name": Field("Patient’s name", is_patients=True),
    "patient.born_on": Field("Patient’s birth date", Kind.DATE, is_patients=True),
    "patient.member_id": Field("Member number", is_patients=True),
    "claim.number": Field("Our claim number"),
    "claim.payer_number": Field("Payer’s claim number"),
    "claim.service_from": Field("First day of service", Kind.DATE),
    "claim.service_to": Field("Last day of service", Kind.DATE),
    "claim.charge": Field("Billed amount", Kind.MONEY),
    "claim.lines": Field("Lines of the claim", Kind.LINES),
    "denial.code": Field("Reason code of the denial"),
    "denial.words": Field("Reason of the denial in words"),
    "denial.decided_on": Field("Date of the denial", Kind.DATE),
    "denial.remittance": Field("Number of the remittance"),
    "denial.amount": Field("Denied amount", Kind.MONEY),
    "appeal.level": Field("Level of appeal: first, second"),
    "appeal.amount": Field("Disputed amount", Kind.MONEY),
    "appeal.argument": Field("Why the payer should pay", is_optional=True),
    "appeal.filed_first_on": Field("Date of the first acceptance report", Kind.DATE),
    "payer.name": Field("Payer’s name"),
    "payer.appeal_address": Field("Where the payer takes appeals"),
    "facility.name": Field("Facility’s name"),
    "letter.date": Field("Date of the letter", Kind.DATE),
    "letter.signer": Field("Who signs"),
    "letter.enclosures": Field("Enclosed documents", Kind.LINES),
}


class TemplateRefused(DomainError):
    """The text names a field that there is none of; the message says where."""

    code = "template_refused"


@dataclass(frozen=True, slots=True)
class Table:
    """The value of a LINES field."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph as it reads, or a table."""

    text: str = ""
    table: Table | None = None

    def as_json(self) -> dict[str, Any]:
        """For the typesetter, as data."""
        if self.table is None:
            return {"kind": "text", "text": self.text}
        rows = [list(row) for row in self.table.rows]
        return {"kind": "lines", "header": list(self.table.header), "rows": rows}


def check(text: str) -> None:
    """Raises TemplateRefused at the first field that does not exist or stands wrongly."""
    for found in MARK.finditer(text):
        _require_known(text, found)
    for stray in BRACES.finditer(MARK.sub(lambda found: " " * len(found[0]), text)):
        message = f"{place(text, stray.start())}: “{stray[0]}” has no partner."
        raise TemplateRefused(message)


def fields_in(text: str) -> list[str]:
    """The keys of the fields that a text names, once each, as they come."""
    return list(dict.fromkeys(found[1].strip() for found in MARK.finditer(text)))


def missing(text: str, values: Mapping[str, Any]) -> list[str]:
    """The labels of the fields that a text names and nothing is known for."""
    needed = (key for key in fields_in(text) if not FIELDS[key].is_optional)
    return [FIELDS[key].label for key in needed if values.get(key) in {None, ""}]


def merged(
    text: str, values: Mapping[str, Any], *, currency: str, masked: bool = False
) -> list[Block]:
    """What a text says with these values, paragraph by paragraph. Raises TemplateRefused.

    `masked` hides what is the patient's, for a page.
    """
    check(text)
    return list(_blocks(text, values, currency=currency, masked=masked))


def place(text: str, position: int) -> str:
    """Where in a text, in words: “Line 3, column 12”."""
    before = text[:position]
    return f"Line {before.count(chr(10)) + 1}, column {position - before.rfind(chr(10))}"


def long_date(on: date) -> str:
    """“March 2, 2026”, as letters write it."""
    return f"{on:%B} {on.day}, {on.year}"


def _require_known(text: str, found: re.Match[str]) -> None:
    key = found[1].strip()
    where = place(text, found.start())
    if key not in FIELDS:
        message = f"{where}: “{key}” is no merge field. There are: {', '.join(sorted(FIELDS))}."
        raise TemplateRefused(message)
    if FIELDS[key].kind is Kind.LINES and not _stands_alone(text, found):
        message = f"{where}: “{key}” is a table, so it stands alone in its paragraph."
        raise TemplateRefused(message)


def _stands_alone(text: str, found: re.Match[str]) -> bool:
    paragraph = BREAK.split(text[: found.start()])[-1] + BREAK.split(text[found.end() :])[0]
    return not paragraph.strip()


def _blocks(
    text: str, values: Mapping[str, Any], *, currency: str, masked: bool
) -> Iterator[Block]:
    for paragraph in _paragraphs(text):
        alone = MARK.fullmatch(paragraph)
        if alone and FIELDS[alone[1].strip()].kind is Kind.LINES:
            table = values.get(alone[1].strip())
            if table and table.rows:
                yield Block(table=table)
            continue

        def word(found: re.Match[str]) -> str:
            key = found[1].strip()
            return _word(FIELDS[key], values.get(key), currency=currency, masked=masked)

        said = MARK.sub(word, paragraph).strip()
        if said:
            yield Block(text=said)


def _paragraphs(text: str) -> Iterable[str]:
    return filter(None, (each.strip() for each in BREAK.split(text.replace("\r\n", "\n"))))


def _word(field: Field, value: Any, *, currency: str, masked: bool) -> str:
    if value is None or value == "":
        return "" if field.is_optional else f"[{field.label}: not known]"
    if field.is_patients and masked:
        return HIDDEN
    if isinstance(value, Decimal):
        return money(value, currency)
    return long_date(value) if isinstance(value, date) else str(value)
