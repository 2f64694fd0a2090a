"""The parts of a case's page: why it is here, its patient, its steps, other cases."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format

from billing_portal.access.grants import may
from billing_portal.access.roles import REVEAL
from billing_portal.accounts.models import User
from cases.collaboration.queries import Linked
from cases.routing.models import RoutingDecision
from cases.types.denial.vocabulary import Appealable
from cases.web.presenters import (
    masked_patient,
    shown_day,
    shown_money,
    shown_time,
    status_words,
    words_of,
)
from cases.web.verbmenu import Button
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case

APPEALS = {
    Appealable.YES: "It can be appealed.",
    Appealable.NO: "Its reason is not one to appeal.",
    Appealable.SOMETIMES: "It can be appealed in some circumstances.",
}
NO_APPEAL = "The claim was unprocessable: correct it, there is nothing to appeal."


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the page."""

    label: str
    url: str
    is_current: bool
    count: int | str | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step: done, now, or to do; `link` does it where a dialog can."""

    key: str
    words: str
    state: str
    link: Button | None


@dataclass(frozen=True, slots=True)
class Other:
    """Another case, as a line."""

    url: str
    reference: str
    title: str
    code: str
    payer: str
    status: str
    opened: str
    amount: str
    link: str = ""
    unlink_url: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case stands where it does."""

    decision: str
    words: str
    source: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """A patient as shown: masked, or revealed until a time."""

    masked: str
    can_reveal: bool = False
    is_revealed: bool = False
    url: str = ""
    name: str = ""
    born_on: Any = None
    member_id: str = ""
    until: str = ""
    until_words: str = ""


def masked(case: Case, reader: User) -> Shown:
    """The patient of a case, masked."""
    name = masked_patient(case)
    url = reverse("cases:reveal", args=[case.public_id])
    return Shown(name or "Not named", can_reveal=bool(name) and may(reader, REVEAL), url=url)


def why_of(case: Case, routed: RoutingDecision | None) -> Why:
    """What happened, and the routing decision that followed, in words."""
    decision = decision_words(case)
    if routed is None:
        return Why(decision, f"It was opened in {case.queue}.", "", [])
    facts = [(name.replace("_", " "), str(value)) for name, value in routed.facts.items()]
    seen = [(name, value) for name, value in facts if value not in {"", "None"}]
    source = shown_time(routed.decided_at)
    if routed.rule is None:
        words = f"No routing rule matched its facts, so it went to {routed.queue}."
    else:
        words = f"Routing rule “{routed.rule.name}” sent it to {routed.queue}."
        source = f"rule version {routed.rule_version} · {source}"
    if routed.queue_id != case.queue_id:
        words += f" A person moved it to {case.queue} since."
    return Why(decision, words, source, seen)


def decision_words(case: Case) -> str:
    """What the payer decided or paid, from the case's details; empty for another kind of case."""
    details = case.details
    if "difference" in details:
        return payment_words(case)
    if "denied_amount" not in details:
        return ""
    payer = case.payer.name if case.payer else "The payer"
    denied = shown_money(decimal_of(details["denied_amount"]), case.currency)
    charge = shown_money(decimal_of(details["charge"]), case.currency)
    day = days_of(date.fromisoformat(details["paid_on"]), None) if details["paid_on"] else ""
    words = f"{payer} denied {denied} of {charge}{f' on {day}' if day else ''}: {words_of(case)}."
    first = "It is" if details["is_initial"] else "It is not"
    words += f" {first} the first denial of this claim."
    appeal = APPEALS[Appealable(details["appealable"])]
    return words + (f" {appeal}" if details["appeal_allowed"] else f" {NO_APPEAL}")


def payment_words(case: Case) -> str:
    """What a remittance says was paid, what it comes to, and whether all of it was read."""
    details = case.details
    payment, difference = decimal_of(details["payment"]), decimal_of(details["difference"])
    says = shown_money(payment, case.currency)
    comes_to = shown_money(payment - difference, case.currency)
    words = f"Payment {details['trace']} says {says}; what it lists comes to {comes_to}."
    if not details["is_balanced"]:
        words += f" They are {shown_money(abs(difference), case.currency)} apart."
    if not details["is_complete"]:
        words += (
            f" Not all of it could be read: pieces in quarantine, {details['quarantined_count']}."
        )
    return words


def other_of(case: Case) -> Other:
    """Another case as a line; a merged one by an address that does not lead on."""
    own = {"tab": "timeline"} if case.status == CaseStatus.MERGED else None
    return Other(
        url=reverse("cases:case", args=[case.public_id], query=own),
        reference=case.reference,
        title=case.title,
        code=case.code,
        payer=case.payer.name if case.payer else "",
        status=status_words(case),
        opened=shown_day(case.opened_at),
        amount=shown_money(case.amount_at_risk, case.currency),
    )


def linked_of(linked: Linked, case: Case, may_work: bool) -> Other:  # noqa: FBT001 -- of the reader
    """A linked case as a line: how it stands to this one, and where the link is taken away."""
    can_go = linked.can_go and may_work
    url = reverse("cases:unlink", args=[case.public_id, linked.link.pk]) if can_go else ""
    return replace(other_of(linked.other), link=linked.words, unlink_url=url)


def group_of(label: str, none: str, cases: list[Case]) -> dict[str, Any]:
    """Some cases under a heading, or what to say when there are none."""
    return {"label": label, "none": none, "rows": [other_of(case) for case in cases]}


def decimal_of(text: Any) -> Decimal:
    """An amount of the details, which are JSON."""
    return Decimal(str(text))


def days_of(first: Any, last: Any) -> str:
    """A day, or from one to another."""
    if not first:
        return ""
    shown = date_format(first, "M j, Y")
    return shown if not last or last == first else f"{shown} to {date_format(last, 'M j, Y')}"
