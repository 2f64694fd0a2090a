"""The approval policies as a book: who decides on what, up to how much, in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from billing_portal.access.roles import ROLES
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import amount, plain
from cases.actions.books.chains import replay
from cases.actions.books.spans import Period
from cases.approvals.choosing import Rule
from cases.approvals.covering import least, ways
from cases.approvals.linting import House, lint
from cases.approvals.models import Policy
from cases.approvals.queries import staff
from cases.approvals.services.publishing import replace_policies
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Matter, StepMode
from cases.approvals.wording import amount_of, band_of, chain_of, seat_name
from cases.editions.books import Content
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport
from cases.editions.shapes import Shape, misshapen, repeated
from integrations.canonical.models import Facility, PayerClass

Row = Mapping[str, Any]
OR_NONE = (str, type(None))
SHAPE: Shape = {
    "key": (str,),
    "label": (str,),
    "matter": (str,),
    "currency": (str,),
    "from_amount": (str,),
    "to_amount": OR_NONE,
    "facility": OR_NONE,
    "payer_class": OR_NONE,
    "facts": (dict,),
    "steps": (list,),
    "remind_after": (int,),
    "escalate_after": (int,),
    "manager_after": (int,),
    "escalate_to": (str,),
    "fresh_from": OR_NONE,
    "bulk_up_to": OR_NONE,
    "citation": (str,),
}
STEP: Shape = {
    "key": (str,),
    "label": (str,),
    "mode": (str,),
    "n": (int,),
    "roles": (list,),
    "people": (list,),
}
DAYS = ("remind_after", "escalate_after", "manager_after")
AMOUNTS = ("from_amount", "to_amount", "fresh_from", "bulk_up_to")
MOST_POLICIES, MOST_STEPS, MOST_FACTS, MOST_PEOPLE, MOST_DAYS = 500, 8, 4, 20, 250
MOST_WAYS = 2_000
"""Ways to ask, of one matter in one currency: five hundred policies are checked in seconds."""
CURRENCY_LETTERS, LONGEST_KEY = 3, 50


@dataclass(frozen=True, slots=True)
class ApprovalsBook:
    """Content: {"policies": [{"key", "label", "matter", "from_amount", "steps", …}, …]}.

    Amounts are text in each policy's currency, as `cases.approvals.terms` reads them.
    """

    key: str = "approvals"
    label: str = "Approval policies"

    def current(self) -> dict[str, Any]:
        """The policies that a request can fall under, matter by matter, from the lowest band up."""
        held = Policy.objects.filter(is_active=True, current__isnull=False)
        rows = [
            {"key": policy.key, **policy.current.content}
            for policy in held.select_related("current").order_by("key")
            if policy.current is not None
        ]
        return {"policies": sorted(rows, key=_place)}

    def problems(self, content: Content) -> list[Problem]:
        """Policies that no request could be measured by."""
        wrong = misshapen(content, {"policies": SHAPE})
        if wrong:
            return wrong
        rows = content["policies"]
        if len(rows) > MOST_POLICIES:
            return [Problem("policies", f"are more than {MOST_POLICIES}")]
        matters = dict(Policy.objects.values_list("key", "matter"))
        found = [
            *repeated("policies", [row["key"] for row in rows]),
            *(
                problem
                for index, row in enumerate(rows)
                for problem in _problems(f"policies[{index}]", row, matters)
            ),
        ]
        return found or list(_too_wide(rules_of(content)))

    def findings(self, content: Content, *, at: datetime) -> list[Remark]:
        """Gaps, overlaps, steps that nobody could sign: as the house stands now."""
        rules = rules_of(content)
        return [
            Remark(finding.policy, finding.words, finding.is_error, finding.fault.label)
            for finding in lint(rules, house(rules, at=at))
        ]

    def entries(self, content: Content) -> Sequence[Entry]:
        """Each policy in words."""
        sites = dict(Facility.objects.values_list("key", "name"))
        return [_entry(row, sites) for row in content["policies"]]

    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Make the next version of each policy that changes; what waits keeps its own."""
        wanted = {row["key"]: _without_key(row) for row in content["policies"]}
        return replace_policies(wanted=wanted, by=by, reason=reason)

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """The requests decided in the last days by the chains in force, and by these."""
        return replay(
            rules_of(self.current()),
            rules_of(content),
            period=Period.of(days=days, at=at),
        )


def rules_of(content: Content) -> list[Rule]:
    """The policies of a content as a choice among them takes them, each with the number in force.

    What is drafted is no version yet, so none has the key of one.
    """
    numbers = dict(
        Policy.objects.filter(current__isnull=False).values_list("key", "current__number")
    )
    return [
        Rule(0, row["key"], numbers.get(row["key"], 0), Terms.from_json(row))
        for row in content["policies"]
    ]


def house(rules: Sequence[Rule], *, at: datetime) -> House:
    """What policies are looked at with."""
    return House(
        people=staff((rule.terms for rule in rules), at=at),
        roles={role.key: role.label for role in ROLES},
        facilities=dict(Facility.objects.filter(is_active=True).values_list("key", "name")),
        payer_classes=dict(PayerClass.choices),
    )


def _place(row: Row) -> tuple[int, Any, Any, str]:
    terms = Terms.from_json(row)
    facts = sorted(terms.facts.items())
    scope = (len(facts), facts, terms.facility or "", terms.payer_class or "")
    return list(Matter).index(terms.matter), scope, terms.from_amount, row["key"]


def _without_key(row: Row) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "key"}


def _problems(where: str, row: Row, matters: Mapping[str, str]) -> Iterator[Problem]:
    yield from _of_name(where, row, matters)
    if not (len(row["currency"]) == CURRENCY_LETTERS and row["currency"].isupper()):
        yield Problem(f"{where}.currency", "must be three capital letters")
    if not _are_texts(row["facts"].values()) or len(row["facts"]) > MOST_FACTS:
        yield Problem(f"{where}.facts", f"must be {MOST_FACTS} texts by name at most")
    for name in DAYS:
        if not 0 <= row[name] <= MOST_DAYS:
            yield Problem(f"{where}.{name}", f"must be from 0 to {MOST_DAYS} business days")
    yield from _of_amounts(where, row)
    yield from _of_steps(where, row["steps"])


def _too_wide(rules: Sequence[Rule]) -> Iterator[Problem]:
    """Matters whose policies tell more ways to ask apart than the linter can look at."""
    for (matter, currency), number in ways(rules).items():
        if number > MOST_WAYS:
            yield Problem(
                "policies",
                f"tell {number:,} ways to ask for “{matter.label}” in {currency} apart; at most"
                f" {MOST_WAYS:,} can be checked: name fewer facts, sites or payers",
            )


def _of_name(where: str, row: Row, matters: Mapping[str, str]) -> Iterator[Problem]:
    try:
        validate_slug(row["key"])
    except ValidationError:
        yield Problem(f"{where}.key", "must be letters, digits, hyphens and underscores")
    if not 1 <= len(row["key"]) <= LONGEST_KEY:
        yield Problem(f"{where}.key", f"must have 1 to {LONGEST_KEY} characters")
    if not row["label"].strip():
        yield Problem(f"{where}.label", "must say whom the policy asks")
    if row["matter"] not in Matter.values:
        yield Problem(f"{where}.matter", f"must be one of {', '.join(Matter.values)}")
    elif matters.get(row["key"], row["matter"]) != row["matter"]:
        yield Problem(f"{where}.matter", "stays what it was: begin another policy instead")


def _of_amounts(where: str, row: Row) -> Iterator[Problem]:
    wrong = [name for name in AMOUNTS if row[name] is not None and not _is_amount(row[name])]
    for name in wrong:
        yield Problem(f"{where}.{name}", "must be an amount with two decimals, like 500.00")
    if {"from_amount", "to_amount"} & set(wrong):
        return
    start, end = amount(row["from_amount"]), row["to_amount"]
    if end is not None and amount(end) <= start:
        yield Problem(f"{where}.to_amount", "must be above where the band begins")
    if row["matter"] in Matter.values and start < least(Matter(row["matter"])):
        smallest = least(Matter(row["matter"]))
        yield Problem(f"{where}.from_amount", f"must be {smallest} at least")


def _of_steps(where: str, steps: Sequence[Any]) -> Iterator[Problem]:
    wrong = misshapen({f"{where}.steps": list(steps)}, {f"{where}.steps": STEP})
    yield from wrong
    if not 1 <= len(steps) <= MOST_STEPS:
        yield Problem(f"{where}.steps", f"must be 1 to {MOST_STEPS}")
    if wrong:
        return
    yield from repeated(f"{where}.steps", [step["key"] for step in steps])
    for index, step in enumerate(steps):
        yield from _of_step(f"{where}.steps[{index}]", step)


def _of_step(where: str, step: Row) -> Iterator[Problem]:
    seats = [*step["roles"], *step["people"]]
    if not step["label"].strip():
        yield Problem(f"{where}.label", "must say who is asked")
    if step["mode"] not in StepMode.values:
        yield Problem(f"{where}.mode", f"must be one of {', '.join(StepMode.values)}")
    if not 1 <= step["n"] <= MOST_PEOPLE:
        yield Problem(f"{where}.n", f"must be from 1 to {MOST_PEOPLE}")
    if not _are_texts(seats) or not 1 <= len(seats) <= MOST_PEOPLE:
        yield Problem(where, f"must name 1 to {MOST_PEOPLE} roles or people")
    elif len(set(seats)) < len(seats):
        yield Problem(where, "names somebody twice")


def _is_amount(text: str) -> bool:
    try:
        return plain(amount(text)) == text
    except DomainError:
        return False


def _are_texts(values: Any) -> bool:
    return all(isinstance(each, str) and each for each in values)


def _entry(row: Row, sites: Mapping[str, str]) -> Entry:
    terms = Terms.from_json(row)
    classes = dict(PayerClass.choices)
    held = [
        sites.get(terms.facility, terms.facility) if terms.facility else "",
        classes.get(terms.payer_class, terms.payer_class) if terms.payer_class else "",
        *(f"{name}: {value}" for name, value in sorted(terms.facts.items())),
    ]
    above = seat_name(terms.upper_seat) if terms.upper_seat else "nobody"
    days = f"{terms.remind_after}, {terms.escalate_after}, {terms.manager_after} business days"
    return Entry(
        row["key"],
        f"{terms.matter.label} {band_of(terms)}: {terms.label}",
        {
            "Holds for": ", ".join(filter(None, held)) or "all",
            "Steps": chain_of(terms),
            "Reminds, escalates, tells managers": f"{days}; to {above}",
            "Fresh sign-in from": amount_of(terms.fresh_from, terms.currency, without="never"),
            "Together up to": amount_of(terms.bulk_up_to, terms.currency, without="never"),
            "Source": row["citation"] or "none",
        },
    )


BOOK = ApprovalsBook()
