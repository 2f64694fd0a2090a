"""Finding cases by what people have in their hands: a number, an amount, a code, a name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import IntegerField, Q, QuerySet, Value
from django.db.models.functions import Upper

from billing_portal.accounts.models import User
from cases.work.models import Case
from cases.work.types import CASE_TYPES
from integrations.canonical.models import Claim, Patient

HITS = 8
BOUND = 200
"""How many hits of one probe are looked at before they are ordered."""
NAME_LETTERS = 3
NEARLY = 0.45
"""How alike a misspelt word and a name are at least, as `word_similarity` counts."""

CODE = re.compile(r"(CO|PR|OA|PI|CR)-?([A-Z]?\d{1,3}|[A-Z]{1,2}\d{0,2})", re.IGNORECASE)
AMOUNT = re.compile(r"\$?\s*(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?")


def amount_in(term: str) -> Decimal | None:
    """The amount that a term spells: "$1,328.65", "1328.65"; None for anything else."""
    if not AMOUNT.fullmatch(term.strip()):
        return None
    try:
        return Decimal(term.strip().lstrip("$").replace(",", "").strip())
    except InvalidOperation:
        return None


def code_in(term: str) -> str:
    """The reason code that a term spells, as cases hold it: "co197" is "CO-197"."""
    found = CODE.fullmatch(term.strip())
    return f"{found[1]}-{found[2]}".upper() if found else ""


def is_plain(term: str) -> bool:
    """Whether a term may stand in an address: a case's reference, a code or an amount.

    Anything else may be a claim's number or a name.
    """
    return bool(code_in(term) or amount_in(term) is not None or is_reference(term))


def is_reference(term: str) -> bool:
    """Whether a term is a case's reference: "DN-104167"."""
    prefix, dash, digits = term.strip().upper().partition("-")
    known = {case_type.prefix for case_type in CASE_TYPES}
    return bool(dash) and prefix in known and digits.isdecimal()


def matching(term: str) -> Q:
    """The condition that a term typed into a worklist's filter stands for.

    Numbers are looked up first, each in its own index, whatever the list is.
    """
    text = term.strip()
    amount = amount_in(text)
    if amount is not None and "." in text:
        return Q(amount_at_risk=amount)
    if code_in(text):
        return Q(code=code_in(text)) | Q(reference__startswith=text.upper())
    ways = [Case.objects.filter(condition) for condition in by_number(text).values()]
    if amount is not None:
        ways.append(Case.objects.filter(amount_at_risk=amount))
    keys = [way.order_by().values("pk") for way in ways]
    return Q(pk__in=keys[0].union(*keys[1:], all=True))


def by_number(text: str) -> dict[str, Q]:
    """The numbers that a text can begin, each with its condition."""
    claims = Claim.objects.order_by().values("pk")
    return {
        "Case": Q(reference__startswith=text.upper()),
        "Claim number": Q(claim__in=claims.filter(patient_control_number__startswith=text)),
        "Payer control number": Q(claim__in=claims.filter(payer_control_number__startswith=text)),
    }


@dataclass(frozen=True, slots=True)
class Probe:
    """One way of searching, in words, and its condition."""

    label: str
    condition: Q


def probes(term: str) -> list[Probe]:
    """The ways in which a term can be meant, most exact first."""
    text = term.strip()
    found = [Probe(label, condition) for label, condition in by_number(text).items()]
    amount = amount_in(text)
    if amount is not None:
        found.append(Probe("Amount", Q(amount_at_risk=amount)))
    if code_in(text):
        found.append(Probe("Reason", Q(code=code_in(text))))
    if words := names_in(text):
        found.append(Probe("Patient", Q(claim__patient__in=named(words))))
    return found


def guesses(term: str) -> list[Probe]:
    """The ways in which a misspelt term can be meant: asked when nothing else was found."""
    words = names_in(term)
    return [Probe("Patient, spelt alike", Q(claim__patient__in=alike(words)))] if words else []


def names_in(term: str) -> list[str]:
    """The words of a term that can be a name: no digit in them, and one has three letters."""
    if re.search(r"\d", term):
        return []
    words = [word for word in re.split(r"[\s,]+", term.strip()) if word]
    longest = max((len(word) for word in words), default=0)
    return words if longest >= NAME_LETTERS else []


def named(words: Sequence[str]) -> QuerySet[Any]:
    """Patients whose family or given name holds every word; the trigram index answers."""
    patients = Patient.objects.all()
    for word in words:
        patients = patients.filter(Q(family_name__icontains=word) | Q(given_name__icontains=word))
    return patients.order_by().values("pk")


def alike(words: Sequence[str]) -> QuerySet[Any]:
    """Patients in whose family or given name every word is nearly found.

    A slip leaves a piece of a word as it is: the index finds the pieces, and of the names found so
    only the similar are kept. Short words must stand as they are.
    """
    patients = Patient.objects.alias(family=Upper("family_name"), given=Upper("given_name"))
    for number, word in enumerate(map(str.upper, words)):
        near = Q()
        for column in ("family", "given"):
            likeness = f"{column}_{number}"
            patients = patients.alias(**{likeness: TrigramWordSimilarity(word, column)})
            near |= has_piece(column, word) & Q(**{f"{likeness}__gte": NEARLY})
        patients = patients.filter(near)
    return patients.order_by().values("pk")


def has_piece(column: str, word: str) -> Q:
    """A column holds one of the pieces of a word, of three letters or more; all of a short one."""
    pieces = max(1, min(3, len(word) // NAME_LETTERS))
    size = -(-len(word) // pieces)
    held = [word[at : at + size] for at in range(0, len(word), size)]
    return reduce(or_, (Q(**{f"{column}__contains": piece}) for piece in held))


class Row(NamedTuple):
    """What one probe found of one case: enough to order it, and to count it in a facet."""

    way: int
    pk: int
    closed_at: datetime | None
    opened_at: datetime
    case_type: str
    status: str
    queue_id: int
    payer_id: int | None


def search(reader: User, term: str, *, limit: int = HITS) -> list[tuple[str, list[Case]]]:
    """Cases that a reader may see, by each probe that finds any; a case stands under one only.

    Open ones first, then the newest. A probe looks at no more than `BOUND` cases of the reader's
    before it orders them, so that a common name costs no more than a rare one; what the reader may
    not see is left out before that. Two queries; two more when nothing was found as it was spelt.
    """
    ways, rows = look(reader, term)
    return grouped(reader, ways, rows, limit=limit)


def look(reader: User, term: str) -> tuple[list[Probe], list[Row]]:
    """The probes that found something, as it is spelt or else nearly, with what they found."""
    ways = probes(term)
    if rows := rows_of(reader, ways):
        return ways, rows
    ways = guesses(term)
    return ways, rows_of(reader, ways)


def rows_of(reader: User, ways: Sequence[Probe], narrowed: Q | None = None) -> list[Row]:
    """What some probes find among the cases that somebody may see, narrowed. One query."""
    if not ways:
        return []
    visible = Case.objects.visible_to(reader).filter(narrowed or Q()).order_by()
    asked = [
        visible.filter(way.condition).values_list(
            Value(number, output_field=IntegerField()), *Row._fields[1:]
        )[:BOUND]
        for number, way in enumerate(ways)
    ]
    found = asked[0].union(*asked[1:], all=True) if len(asked) > 1 else asked[0]
    return [Row(*each) for each in found]


def grouped(
    reader: User, ways: Sequence[Probe], rows: Iterable[Row], *, limit: int
) -> list[tuple[str, list[Case]]]:
    """The first cases of each probe, in their order. One query."""
    keys = chosen(rows, limit=limit)
    if not keys:
        return []
    cases = Case.objects.visible_to(reader).for_list().in_bulk([pk for _way, pk in keys])
    groups: dict[str, list[Case]] = {}
    for number, pk in keys:
        groups.setdefault(ways[number].label, []).append(cases[pk])
    return list(groups.items())


def chosen(rows: Iterable[Row], *, limit: int) -> list[tuple[int, int]]:
    """The first hits of each probe, each case once, under the most exact probe that found it."""
    held: Counter[int] = Counter()
    seen: set[int] = set()
    keys = []
    for row in sorted(rows, key=exactness):
        if row.pk not in seen and held[row.way] < limit:
            seen.add(row.pk)
            held[row.way] += 1
            keys.append((row.way, row.pk))
    return keys


def exactness(row: Row) -> tuple[Any, ...]:
    """By probe; then open before finished, the newest first."""
    return row.way, row.closed_at is not None, -row.opened_at.timestamp(), row.pk
