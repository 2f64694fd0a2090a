"""What is wrong with a set of approval policies, in words, before anybody waits for it. Pure.

Errors keep an edition from being released; warnings may stand, with a reason. The policies are
looked at as the house stands: who holds which role, whose limit reaches how far, who is away.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import TextChoices

from billing_portal.kernel.pure.money import CENT
from cases.approvals.choosing import Rule
from cases.approvals.covering import PLAIN, Coverage, Hole, Stretch, Tie, Way, coverages
from cases.approvals.staffing import (
    Asked,
    People,
    Signer,
    away,
    is_filled_alone,
    lacking,
    of_step,
    scarce,
    signers,
)
from cases.approvals.terms import PERSON, ROLE, Step, Terms
from cases.approvals.vocabulary import Matter
from cases.approvals.voices import Voice, limit_of

MOST = Decimal("999999999999.99")
"""The largest amount that can be written; a band without an end goes up to it."""


class Fault(TextChoices):
    """What can be wrong."""

    GAP = "gap", "A gap between bands"
    OVERLAP = "overlap", "Bands overlap"
    SHADOWED = "shadowed", "Never chosen"
    NOBODY = "nobody", "Nobody can sign"
    UNREACHABLE = "unreachable", "A step that is never passed"
    CURRENCY = "currency", "Limits in another currency"
    UNKNOWN = "unknown", "Who or what is named is not there"
    BOUNDS = "bounds", "Bounds contradict each other"
    START = "start", "Begins above the smallest amount"
    END = "end", "Ends below the largest amount"
    MISSING = "missing", "No policy"
    AMBIGUOUS = "ambiguous", "Two policies are as specific"
    ONE_PERSON = "one_person", "Depends on one person"
    LIMIT = "limit", "A limit below the band"
    ESCALATION = "escalation", "Escalates to whoever waits"
    DELEGATION = "delegation", "Stand-ins of stand-ins"


ERRORS = frozenset(
    {
        Fault.GAP,
        Fault.OVERLAP,
        Fault.SHADOWED,
        Fault.NOBODY,
        Fault.UNREACHABLE,
        Fault.CURRENCY,
        Fault.UNKNOWN,
        Fault.BOUNDS,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `policy` is the key of the one it concerns, empty: all."""

    fault: Fault
    policy: str
    words: str

    @property
    def is_error(self) -> bool:
        """Whether it keeps the policies from being released."""
        return self.fault in ERRORS


@dataclass(frozen=True, slots=True)
class House:
    """What the policies are looked at with: names by key, and everybody they may ask.

    `people` are those who hold a seat or stand in for one who does, with all their voices.
    """

    people: People = ()
    roles: Mapping[str, str] = field(default_factory=dict)
    facilities: Mapping[str, str] = field(default_factory=dict)
    payer_classes: Mapping[str, str] = field(default_factory=dict)


def lint(rules: Sequence[Rule], house: House) -> list[Finding]:
    """Everything that is wrong: matter by matter, then policy by policy, errors first in each."""
    found = [*_of_matters(rules, house), *_of_delegations(house)]
    for rule in rules:
        found += [
            Finding(fault, rule.key, words)
            for look in (_of_names, _of_bounds, _of_escalation, _of_people, _of_limits)
            for fault, words in look(rule.terms, house)
        ]
    return sorted(found, key=lambda finding: not finding.is_error)


def _of_matters(rules: Sequence[Rule], house: House) -> Iterator[Finding]:
    """Gaps, overlaps and policies that are never chosen."""
    there = {rule.terms.matter for rule in rules}
    for matter in Matter:
        if matter not in there:
            yield Finding(Fault.MISSING, "", f"No policy covers “{matter.label}”: each is refused.")
    for coverage in coverages(rules):
        for hole in coverage.holes:
            yield _of_hole(coverage, hole, house)
        for tie in coverage.ties:
            yield _of_tie(tie, coverage.currency)
        for rule in coverage.idle:
            words = "It is never chosen: others are stricter or more specific wherever it holds."
            yield Finding(Fault.SHADOWED, rule.key, words)


def _of_hole(coverage: Coverage, hole: Hole, house: House) -> Finding:
    what = f"“{coverage.matter.label}”{_where(hole.way, house)}"
    words = f"No policy covers {what} {_amounts(hole.stretch, coverage.currency)}"
    if hole.below is not None and hole.above is not None:
        words = f"{words}, between “{hole.below.key}” and “{hole.above.key}”."
        return Finding(Fault.GAP, hole.below.key, words)
    fault = Fault.END if hole.below else Fault.START if hole.above else Fault.MISSING
    beside = hole.below or hole.above
    return Finding(fault, beside.key if beside else "", f"{words}: it is refused.")


def _of_tie(tie: Tie, currency: str) -> Finding:
    amounts = f"F{_amounts(tie.stretch, currency)[1:]}"
    if not tie.is_same_scope:
        words = f"{amounts} “{tie.other.key}” is as specific; this one, the stricter, holds."
        return Finding(Fault.AMBIGUOUS, tie.chosen.key, words)
    low, high = sorted((tie.chosen, tie.other), key=lambda each: each.terms.from_amount)
    if low.terms.to_amount is None and low.terms.from_amount < high.terms.from_amount:
        words = f"It never ends, and from {tie.stretch.low:,} {currency} on “{high.key}” holds too."
        return Finding(Fault.OVERLAP, low.key, words)
    words = f"{amounts} “{tie.other.key}” holds too: let one end where the other begins."
    return Finding(Fault.OVERLAP, tie.chosen.key, words)


def _of_names(terms: Terms, house: House) -> Iterator[tuple[Fault, str]]:
    """Roles, people, sites and classes of payers that are not there."""
    accounts = {seat: own for own, *_ in house.people for seat in own.seats}
    roles = dict.fromkeys([role for step in terms.steps for role in step.roles])
    roles |= {terms.escalate_to: None} if terms.escalate_to else {}
    for role in roles:
        if role not in house.roles:
            yield Fault.UNKNOWN, f"“{role}” is no role."
    for name in dict.fromkeys(name for step in terms.steps for name in step.people):
        account = accounts.get(PERSON + name)
        if account is None:
            yield Fault.UNKNOWN, f"“{name}” is nobody’s user name."
        elif not account.is_active:
            yield Fault.UNKNOWN, f"{account.name} (“{name}”) is no longer active."
    if terms.facility and terms.facility not in house.facilities:
        yield Fault.UNKNOWN, f"“{terms.facility}” is no site."
    if terms.payer_class and terms.payer_class not in house.payer_classes:
        yield Fault.UNKNOWN, f"“{terms.payer_class}” is no class of payers."


def _of_bounds(terms: Terms, _house: House) -> Iterator[tuple[Fault, str]]:
    """Several at once where each wants a sign-in, and times out of order."""
    bulk, fresh = terms.bulk_up_to, terms.fresh_from
    if bulk is not None and fresh is not None and bulk >= fresh:
        yield (
            Fault.BOUNDS,
            (
                f"Up to {bulk:,} {terms.currency} several are approved at once, but from {fresh:,}"
                f" {terms.currency} on each takes a fresh sign-in."
            ),
        )
    if not terms.remind_after <= terms.escalate_after <= terms.manager_after:
        yield (
            Fault.BOUNDS,
            (
                f"It reminds after {terms.remind_after}, escalates after {terms.escalate_after} and"
                f" tells managers after {terms.manager_after} business days: none may come"
                " before the one named before it."
            ),
        )


def _of_escalation(terms: Terms, house: House) -> Iterator[tuple[Fault, str]]:
    """Whether there is anybody above, other than those who wait already."""
    if not terms.escalate_to:
        yield Fault.ESCALATION, "It escalates to nobody."
        return
    above = _seat(terms.upper_seat, house)
    if terms.escalate_to in house.roles and not _there([terms.upper_seat], house):
        yield Fault.ESCALATION, f"It escalates to {above}, and nobody holds that role."
    for number, step in enumerate(terms.steps, start=1):
        if terms.upper_seat in step.seats:
            words = f"It escalates to {above}, who already waits in {_step(number, step)}."
            yield Fault.ESCALATION, words


def _of_people(terms: Terms, house: House) -> Iterator[tuple[Fault, str]]:
    """Whether enough different people can sign, and up to where."""
    asked = Asked(terms.matter, terms.from_amount, terms.currency)
    found = signers(house.people, asked)
    alone = [step for step in terms.steps if not is_filled_alone(step, found)]
    for number, step in enumerate(terms.steps, start=1):
        if step in alone:
            yield _of_empty(number, step, found, terms, house)
    place = lacking(terms, found)
    if place is None:
        yield from _of_dependencies(terms, house, found)
    elif not alone:
        step = terms.steps[place]
        names = _names(each.name for each in of_step(step, found))
        words = f"{_step(place + 1, step)} is never passed: all who could sign it are needed before"
        yield Fault.UNREACHABLE, f"{words}: {names}."


def _of_empty(
    number: int, step: Step, found: Sequence[Signer], terms: Terms, house: House
) -> tuple[Fault, str]:
    """A step that even by itself cannot be filled."""
    name, could = _step(number, step), len(of_step(step, found))
    holders = _there(step.seats, house)
    money = sorted({limit.currency for voice in holders for limit in voice.limits})
    if money and terms.currency not in money:
        words = f"{name}: the limits are in {_names(money)}, the policy is in {terms.currency}."
        return Fault.CURRENCY, words
    asked = Asked(terms.matter, terms.from_amount, terms.currency)
    gone = [v.name for v in holders if v.human in away(house.people, asked)]
    those = f"; away: {_names(gone)}" if gone else ""
    if not could:
        amount = f"{terms.from_amount:,} {terms.currency}"
        return Fault.NOBODY, f"{name}: nobody could sign {amount}{those}."
    return Fault.NOBODY, f"{name} asks for {step.needed} people, {could} could sign it{those}."


def _of_dependencies(
    terms: Terms, house: House, found: Sequence[Signer]
) -> Iterator[tuple[Fault, str]]:
    """The steps that nobody is left for once one person asked for it, made it or is away."""
    asked = Asked(terms.matter, terms.from_amount, terms.currency)
    needed: dict[int, list[str]] = {}
    for signer in scarce(terms, found):
        place = lacking(terms, signers(house.people, asked, barred={signer.human}))
        if place is not None:
            needed.setdefault(place, []).append(signer.name)
    for place, names in sorted(needed.items()):
        yield (
            Fault.ONE_PERSON,
            (
                f"{_step(place + 1, terms.steps[place])} waits for those above whenever"
                f" {_names(names, 'or')} asked for it, made it or is away."
            ),
        )


def _of_limits(terms: Terms, house: House) -> Iterator[tuple[Fault, str]]:
    """Seats whose limit ends within the band, so that its upper part waits for others."""
    top = MOST if terms.to_amount is None else terms.to_amount - CENT
    for number, step in enumerate(terms.steps, start=1):
        for seat in step.seats:
            limits = [
                limit_of(voice, terms.matter, terms.currency) for voice in _there([seat], house)
            ]
            reach = max((most for most in limits if most is not None), default=None)
            if reach is not None and reach < top:
                ends = f"goes up to {top:,}" if terms.to_amount is not None else "never ends"
                yield (
                    Fault.LIMIT,
                    (
                        f"{_step(number, step)}: {_seat(seat, house)} signs up to {reach:,}"
                        f" {terms.currency}, the band {ends}."
                    ),
                )


def _of_delegations(house: House) -> Iterator[Finding]:
    """Who stands in for somebody who is away too: a voice is lent once and goes no further."""
    standing = {
        (voice.speaker_id, own.speaker_id): (voice.name, own.name)
        for own, *lent in house.people
        for voice in lent
    }
    for (giver, taker), (absent, present) in sorted(standing.items()):
        if (taker, giver) in standing:
            if giver < taker:
                words = f"{absent} and {present} let each other decide: each counts as away."
                yield Finding(Fault.DELEGATION, "", words)
        elif any(taker == other for other, _ in standing):
            words = f"{present} decides for {absent}, but lets somebody else decide, too, who does"
            yield Finding(Fault.DELEGATION, "", f"{words} not decide for {absent}.")


def _there(seats: Iterable[str], house: House) -> list[Voice]:
    """The active people who hold one of these seats."""
    wanted = frozenset(seats)
    return [own for own, *_lent in house.people if own.is_active and own.seats & wanted]


def _where(way: Way, house: House) -> str:
    """A way to ask in words; nothing for the plain one."""
    if way == PLAIN:
        return ""
    parts = [house.facilities.get(way.facility, way.facility)] if way.facility else []
    parts += [house.payer_classes.get(way.payer_class, way.payer_class)] if way.payer_class else []
    parts += [f"{name}: {value}" for name, value in way.facts]
    return f" ({', '.join(parts)})"


def _amounts(stretch: Stretch, currency: str) -> str:
    if stretch.high is None:
        return f"from {stretch.low:,} {currency} on"
    return f"from {stretch.low:,} to under {stretch.high:,} {currency}"


def _step(number: int, step: Step) -> str:
    return f"Step {number} ({step.label})"


def _seat(seat: str, house: House) -> str:
    kind, name = seat.split(":", 1)
    return house.roles.get(name, name) if f"{kind}:" == ROLE else name


def _names(names: Iterable[str], last: str = "and") -> str:
    *others, final = list(dict.fromkeys(names))
    return f"{', '.join(others)} {last} {final}" if others else final
