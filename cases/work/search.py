"""Finding cases by what people have in their hands: a number, an amount, a code, a name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q, QuerySet

from billing_portal.accounts.models import User
from cases.work.models import Case
from cases.work.types import CASE_TYPES
from integrations.canonical.models import Patient

HITS = 8
NAME_LETTERS = 3

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
    """The condition that a term typed into a worklist's filter stands for."""
    text = term.strip()
    amount = amount_in(text)
    if amount is not None and "." in text:
        return Q(amount_at_risk=amount)
    if code_in(text):
        return Q(code=code_in(text)) | Q(reference__startswith=text.upper())
    numbers = (
        Q(reference__startswith=text.upper())
        | Q(claim__patient_control_number__startswith=text)
        | Q(claim__payer_control_number__startswith=text)
    )
    return numbers | Q(amount_at_risk=amount) if amount is not None else numbers


@dataclass(frozen=True, slots=True)
class Probe:
    """One way of searching, in words, and its condition."""

    label: str
    condition: Q


def probes(term: str) -> list[Probe]:
    """The ways in which a term can be meant, most exact first."""
    text = term.strip()
    found = [
        Probe("Case", Q(reference__startswith=text.upper())),
        Probe("Claim number", Q(claim__patient_control_number__startswith=text)),
        Probe("Payer control number", Q(claim__payer_control_number__startswith=text)),
    ]
    amount = amount_in(text)
    if amount is not None:
        found.append(Probe("Amount", Q(amount_at_risk=amount)))
    if code_in(text):
        found.append(Probe("Reason", Q(code=code_in(text))))
    words = [word for word in re.split(r"[\s,]+", text) if word]
    if max((len(word) for word in words), default=0) >= NAME_LETTERS and text[0].isalpha():
        found.append(Probe("Patient", Q(claim__patient__in=named(words))))
    return found


def named(words: Sequence[str]) -> QuerySet[Any]:
    """Patients whose family or given name holds every word; the trigram index answers."""
    patients = Patient.objects.all()
    for word in words:
        patients = patients.filter(Q(family_name__icontains=word) | Q(given_name__icontains=word))
    return patients.order_by().values("pk")


def search(reader: User, term: str, *, limit: int = HITS) -> list[tuple[str, list[Case]]]:
    """Cases that a reader may see, by each probe that finds any; a case stands under one only."""
    seen: set[int] = set()
    groups: list[tuple[str, list[Case]]] = []
    for probe in probes(term):
        found = (
            Case.objects.visible_to(reader)
            .filter(probe.condition)
            .exclude(pk__in=seen)
            .for_list()
            .order_by("closed_at", "-opened_at", "pk")[:limit]
        )
        hits = list(found)
        seen.update(case.pk for case in hits)
        if hits:
            groups.append((probe.label, hits))
    return groups
