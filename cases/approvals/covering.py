"""What a set of policies covers: holes between bands, ties, policies that are never chosen. Pure.

Every way to ask is one column (site, class of payers, facts) times one stretch of amounts between
two ends of bands; in each, the policy is chosen as it is for a request.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from math import prod

from billing_portal.kernel.pure.money import CENT, ZERO
from cases.approvals.choosing import Question, Rule, applies, choose, specificity
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import MONEYLESS, Matter

ELSEWHERE = ""
"""A site or a class of payers that no policy names."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Amounts from `low` on, below `high` (None: without end)."""

    low: Decimal
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Way:
    """A way to ask, as far as policies look at it beside the amount."""

    facility: str = ELSEWHERE
    payer_class: str = ELSEWHERE
    facts: tuple[tuple[str, str], ...] = ()


PLAIN = Way()


@dataclass(frozen=True, slots=True)
class Hole:
    """Amounts that no policy covers, asked for in one way; `below` and `above` are what adjoins."""

    way: Way
    stretch: Stretch
    below: Rule | None
    above: Rule | None


@dataclass(frozen=True, slots=True)
class Tie:
    """Amounts for which two equally specific policies hold; the stricter, `chosen`, decides."""

    chosen: Rule
    other: Rule
    stretch: Stretch

    @property
    def is_same_scope(self) -> bool:
        """Whether both are for just the same requests."""
        return scope(self.chosen.terms) == scope(self.other.terms)


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the policies of one matter in one currency cover."""

    matter: Matter
    currency: str
    holes: tuple[Hole, ...]
    ties: tuple[Tie, ...]
    idle: tuple[Rule, ...]


def coverages(rules: Iterable[Rule]) -> list[Coverage]:
    """What the policies cover, matter by matter, in the order of the vocabulary."""
    return [_coverage(*key, held) for key, held in _by_matter(rules).items()]


def ways(rules: Iterable[Rule]) -> dict[tuple[Matter, str], int]:
    """How many ways to ask policies tell apart, by matter and currency.

    What is looked at multiplies with every site, class of payers and fact that is named.
    """
    return {key: prod(map(len, _told_apart(held))) for key, held in _by_matter(rules).items()}


def least(matter: Matter) -> Decimal:
    """The smallest amount that can be asked for."""
    return ZERO if matter in MONEYLESS else CENT


def scope(terms: Terms) -> Way:
    """For which requests a policy is, apart from their amounts."""
    facts = tuple(sorted(terms.facts.items()))
    return Way(terms.facility or ELSEWHERE, terms.payer_class or ELSEWHERE, facts)


def _by_matter(rules: Iterable[Rule]) -> dict[tuple[Matter, str], list[Rule]]:
    held: dict[tuple[Matter, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        held[rule.terms.matter, rule.terms.currency].append(rule)
    order = {matter: place for place, matter in enumerate(Matter)}
    return dict(sorted(held.items(), key=lambda each: (order[each[0][0]], each[0][1])))


def _coverage(matter: Matter, currency: str, rules: Sequence[Rule]) -> Coverage:
    stretches = _stretches(matter, rules)
    chosen: set[str] = set()
    holes: list[Hole] = []
    ties: dict[tuple[str, str], Tie] = {}
    for way in _ways(rules):
        row = [_best(rules, matter, currency, way, each.low) for each in stretches]
        chosen |= {best[0].key for best in row if best}
        holes += _holes(way, stretches, [best[0] if best else None for best in row])
        for stretch, best in zip(stretches, row, strict=True):
            _note_ties(ties, stretch, best)
    return Coverage(
        matter=matter,
        currency=currency,
        holes=tuple(_told_once(holes)),
        ties=tuple(ties.values()),
        idle=tuple(rule for rule in rules if rule.key not in chosen),
    )


def _stretches(matter: Matter, rules: Sequence[Rule]) -> list[Stretch]:
    ends = {rule.terms.from_amount for rule in rules} | {least(matter)}
    ends |= {rule.terms.to_amount for rule in rules if rule.terms.to_amount is not None}
    lows = sorted(end for end in ends if end >= least(matter))
    return [Stretch(low, high) for low, high in zip(lows, [*lows[1:], None], strict=True)]


def _ways(rules: Sequence[Rule]) -> Iterator[Way]:
    """Every way to ask that some policy tells from another, the plain one first."""
    names = _fact_names(rules)
    for facility, payer_class, *values in product(*_told_apart(rules)):
        facts = zip(names, values, strict=True)
        yield Way(facility, payer_class, tuple(fact for fact in facts if fact[1]))


def _told_apart(rules: Sequence[Rule]) -> list[list[str]]:
    """What a site, a class of payers and each fact can be; empty: what no policy names."""
    facilities = {rule.terms.facility or ELSEWHERE for rule in rules} | {ELSEWHERE}
    classes = {rule.terms.payer_class or ELSEWHERE for rule in rules} | {ELSEWHERE}
    names = _fact_names(rules)
    facts = [{""} | {rule.terms.facts.get(name, "") for rule in rules} for name in names]
    return [sorted(each) for each in (facilities, classes, *facts)]


def _fact_names(rules: Sequence[Rule]) -> list[str]:
    return sorted({name for rule in rules for name in rule.terms.facts})


def _best(
    rules: Sequence[Rule], matter: Matter, currency: str, way: Way, amount: Decimal
) -> list[Rule]:
    """The policy that decides, then those that are as specific; none: nothing covers it."""
    facts: Mapping[str, str] = dict(way.facts)
    question = Question(matter, amount, currency, way.facility, way.payer_class, facts)
    found = [rule for rule in rules if applies(rule.terms, question)]
    if not found:
        return []
    chosen = choose(found, question)
    rank = specificity(chosen.terms)
    return [chosen, *(r for r in found if r is not chosen and specificity(r.terms) == rank)]


def _holes(way: Way, stretches: Sequence[Stretch], chosen: Sequence[Rule | None]) -> Iterator[Hole]:
    """The stretches without a policy, those side by side as one."""
    start = 0
    while start < len(chosen):
        end = start
        while end < len(chosen) and chosen[end] is None:
            end += 1
        if end > start:
            yield Hole(
                way,
                Stretch(stretches[start].low, stretches[end - 1].high),
                below=chosen[start - 1] if start else None,
                above=chosen[end] if end < len(chosen) else None,
            )
        start = end + 1


def _told_once(holes: Sequence[Hole]) -> Iterator[Hole]:
    """One of the plain way is in all others, too; of those of others, each between two once."""
    plain = [hole.stretch for hole in holes if hole.way == PLAIN and (hole.below or hole.above)]
    seen: set[tuple[object, ...]] = set()
    for hole in holes:
        beside = (hole.stretch, *(rule.key if rule else "" for rule in (hole.below, hole.above)))
        is_told = hole.way != PLAIN and any(_holds(each, hole.stretch) for each in plain)
        if beside not in seen and not is_told:
            seen.add(beside)
            yield hole


def _holds(outer: Stretch, inner: Stretch) -> bool:
    is_before_end = outer.high is None or (inner.high is not None and inner.high <= outer.high)
    return outer.low <= inner.low and is_before_end


def _note_ties(ties: dict[tuple[str, str], Tie], stretch: Stretch, best: Sequence[Rule]) -> None:
    """Keep each pair once, over all stretches side by side that it shares."""
    for other in best[1:]:
        key = (best[0].key, other.key)
        held = ties.get(key)
        if held is None:
            ties[key] = Tie(best[0], other, stretch)
        elif held.stretch.high == stretch.low:
            ties[key] = Tie(best[0], other, Stretch(held.stretch.low, stretch.high))
