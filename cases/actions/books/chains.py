"""Requests that were decided, tried on other policies: how long their chains would be, and whose.

Who could sign is judged by the roles, limits and delegations of today, with those barred who made
what was asked for. How long a step takes is measured: the median time from when it began to wait
until it was decided, of the same seats in the same period. Waiting is added up step by step.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from statistics import median

from cases.actions.books.spans import Period
from cases.approvals.choosing import NoPolicy, Question, Rule, choose
from cases.approvals.eligibility import human_of
from cases.approvals.models import ApprovalRequest
from cases.approvals.queries import in_flight, staff
from cases.approvals.sealing import unsealed
from cases.approvals.staffing import Asked, People, Signer, lacking, of_step, signers
from cases.approvals.terms import Seats, Step, Terms
from cases.approvals.vocabulary import MAKERS, VERDICTS, Act, Matter, RequestState
from cases.approvals.wording import chain_of
from cases.editions.reports import BacktestReport, Exposed, Figure, Moved, Sample, Share
from cases.work.visibility import Standpoint, those_who_see

DECIDED = (RequestState.APPROVED, RequestState.REJECTED)
UNCOVERED = "refused: no policy"
MOST_A_DAY = 20
"""Decisions a working day; whoever would have more has too many to look at each."""
WORKING_DAYS, WEEK = 5, 7
MOST_SAMPLES = 40
HOUR = timedelta(hours=1)
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Past:
    """One request that was decided, and the humans who made it."""

    request: ApprovalRequest
    makers: frozenset[str]
    facts: Mapping[str, str]

    @property
    def question(self) -> Question:
        """As policies look at it."""
        request, case = self.request, self.request.case
        return Question(
            matter=Matter(request.matter),
            amount=request.tier_amount,
            currency=request.currency,
            facility=case.facility.key,
            payer_class=case.payer.payer_class if case.payer else "",
            facts=self.facts,
        )


@dataclass(slots=True)
class Side:
    """What one set of policies makes of the requests."""

    rules: Sequence[Rule]
    chains: list[Rule | None] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    impossible: Counter[str] = field(default_factory=Counter)
    load: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    @property
    def steps(self) -> int:
        """All steps of all chains."""
        return sum(length_of(rule) for rule in self.chains)


def replay(was: Sequence[Rule], would: Sequence[Rule], *, period: Period) -> BacktestReport:
    """The requests decided in a period by two sets of policies. Reads only."""
    past = _decided(period)
    waits = Waits(past)
    everybody = staff((rule.terms for rule in [*was, *would]), at=period.until)
    pool = Pool(everybody)
    sides = [_tried(rules, past, waits, pool) for rules in (was, would)]
    return _report(*sides, past=past, period=period)


class Waits:
    """How many hours steps took, by their seats: of just these, of one of them, of any."""

    def __init__(self, past: Sequence[Past]) -> None:
        took: dict[Seats, list[float]] = defaultdict(list)
        for each in past:
            for seats, hours in _taken(each.request):
                took[seats].append(hours)
                for seat in seats:
                    took[frozenset({seat})].append(hours)
                took[frozenset()].append(hours)
        self.medians = {seats: median(hours) for seats, hours in took.items()}

    def of(self, step: Step) -> float:
        """The median hours that a step like this took; nought if none was ever decided."""
        seats = frozenset(step.seats)
        known = [self.medians[one] for seat in seats if (one := frozenset({seat})) in self.medians]
        either = max(known) if known else self.medians.get(frozenset(), 0.0)
        return self.medians.get(seats, either)


class Pool:
    """Who could sign a request, read once for each place and amount."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.humans = frozenset(own.human for own, *_ in people)
        self.seeing: dict[Standpoint, frozenset[int]] = {}
        self.found: dict[tuple[object, ...], list[Signer]] = {}

    def signers(self, past: Past) -> list[Signer]:
        """Those who see the case and did not make what was asked for."""
        request, barred = past.request, past.makers & self.humans
        asked = Asked(Matter(request.matter), request.tier_amount, request.currency)
        place = Standpoint(request.case.queue_id, request.case.facility_id)
        key = (place, asked, barred)
        if key not in self.found:
            seeing = self._seeing(place)
            people = [voices for voices in self.people if voices[0].speaker_id in seeing]
            self.found[key] = signers(people, asked, barred=barred)
        return self.found[key]

    def _seeing(self, place: Standpoint) -> frozenset[int]:
        if place not in self.seeing:
            self.seeing[place] = frozenset(those_who_see(place).values_list("pk", flat=True))
        return self.seeing[place]


def length_of(rule: Rule | None) -> int:
    """How many steps a chain has."""
    return len(rule.terms.steps) if rule else 0


def _decided(period: Period) -> list[Past]:
    """The requests granted or rejected in a period, with what people had to do with them."""
    found = (
        ApprovalRequest.objects.filter(
            state__in=DECIDED, decided_at__gte=period.since, decided_at__lt=period.until
        )
        .select_related("case__facility", "case__payer", "policy_version", "requested_by")
        .prefetch_related("acts")
        .order_by("pk")
    )
    return [
        Past(
            request,
            frozenset({human_of(request.requested_by)})
            | {act.human for act in request.acts.all() if act.act in MAKERS},
            unsealed(request.sealed).facts,
        )
        for request in found
    ]


def _taken(request: ApprovalRequest) -> Iterator[tuple[Seats, float]]:
    """How many hours each decided step of a request took, by its seats, since it was last asked.

    What was said before that was said on another chain.
    """
    steps = request.policy_version.terms.steps
    acts = sorted(
        (act for act in request.acts.all() if act.cycle == request.cycle), key=lambda act: act.pk
    )
    began = next((act.at for act in acts if act.act == Act.REQUEST), None)
    ends = {act.step: act.at for act in acts if act.act in VERDICTS and act.step is not None}
    for number, ended in sorted(ends.items()):
        if began is not None:
            yield frozenset(steps[number].seats), _hours(ended - began)
        began = ended


def _hours(span: timedelta) -> float:
    return span / HOUR


def _tried(rules: Sequence[Rule], past: Sequence[Past], waits: Waits, pool: Pool) -> Side:
    side = Side(rules)
    for each in past:
        rule = _chosen(rules, each.question)
        side.chains.append(rule)
        if rule is None:
            side.impossible[UNCOVERED] += 1
            continue
        found = pool.signers(each)
        side.waits.append(sum(waits.of(step) for step in rule.terms.steps))
        if lacking(rule.terms, found) is not None:
            side.impossible[rule.key] += 1
        _share_out(side, rule.terms, found)
    return side


def _chosen(rules: Sequence[Rule], question: Question) -> Rule | None:
    try:
        return choose(rules, question)
    except NoPolicy:
        return None


def _share_out(side: Side, terms: Terms, found: Sequence[Signer]) -> None:
    """Each step's decisions shared evenly among those who could make them."""
    for step in terms.steps:
        could = of_step(step, found)
        for signer in could:
            side.load[signer.name] += Decimal(step.needed) / len(could)


def _report(was: Side, would: Side, *, past: Sequence[Past], period: Period) -> BacktestReport:
    pairs = list(zip(was.chains, would.chains, strict=True))
    changed = [
        (each.request, _words(old), _words(new))
        for each, (old, new) in zip(past, pairs, strict=True)
        if _steps(old) != _steps(new)
    ]
    exposed: dict[str, Decimal] = defaultdict(Decimal)
    for request, *_ in changed:
        exposed[request.currency] += request.amount
    return BacktestReport(
        since=period.since.date(),
        until=period.until.date(),
        cases=len(past),
        changed=len(changed),
        breached_before=0,
        breached_after=0,
        exposed=tuple(Exposed(*each) for each in sorted(exposed.items())),
        moves=tuple(_moves(changed)),
        queues=(),
        people=tuple(_shares(was.load, would.load)),
        samples=tuple(
            Sample(str(request.case.public_id), old, new)
            for request, old, new in sorted(changed, key=lambda each: -each[0].amount)
        )[:MOST_SAMPLES],
        conflicts=tuple(_conflicts(would, past, period)),
        figures=tuple(_figures(was, would, pairs, period)),
    )


def _figures(
    was: Side, would: Side, pairs: Sequence[tuple[Rule | None, Rule | None]], period: Period
) -> Iterator[Figure]:
    """What both sets of policies come to, beside each other."""
    more = sum(length_of(new) > length_of(old) for old, new in pairs)
    fewer = sum(length_of(new) < length_of(old) for old, new in pairs)
    yield Figure("Steps in all chains", f"{was.steps:,}", f"{would.steps:,}")
    yield Figure("Requests with extra steps", "0", f"{more:,}")
    yield Figure("Requests with fewer steps", "0", f"{fewer:,}")
    yield Figure("Median wait, estimated", *(_wait(side.waits) for side in (was, would)))
    lost = [f"{sum(side.impossible.values()):,}" for side in (was, would)]
    yield Figure("Requests nobody could have approved", *lost)
    busiest = [max(a_day(side.load, period).values(), default=Decimal(0)) for side in (was, would)]
    yield Figure("Decisions a working day of the busiest", *(f"{each:,}" for each in busiest))


def _wait(waits: Sequence[float]) -> str:
    return f"{median(waits):,.1f} h" if waits else "nothing decided"


def a_day(load: Mapping[str, Decimal], period: Period) -> dict[str, Decimal]:
    """Each person's decisions a working day of a period."""
    days = max(1, (period.until - period.since).days)
    working = max(Decimal(1), Decimal(days) * WORKING_DAYS / WEEK)
    return {name: (share / working).quantize(TENTH) for name, share in sorted(load.items())}


def _conflicts(would: Side, past: Sequence[Past], period: Period) -> Iterator[str]:
    """What a reviewer should look at."""
    if not past:
        yield "No request was decided in this time, so nothing could be compared."
    for key, number in sorted(would.impossible.items()):
        what = "No policy covers" if key == UNCOVERED else f"Under “{key}” nobody could sign"
        yield f"{what} {number:,} of these requests."
    for name, share in a_day(would.load, period).items():
        if share > MOST_A_DAY:
            yield f"{name} would have {share:,} decisions a working day, more than {MOST_A_DAY}."
    waiting = sum(requests for *_version, requests in in_flight())
    if waiting:
        yield f"{waiting:,} requests that wait keep the version they were asked under."


def _moves(changed: Iterable[tuple[ApprovalRequest, str, str]]) -> Iterator[Moved]:
    """From which chain to which, how often, most first."""
    found: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for request, old, new in changed:
        found[old, new, request.currency].append(request.amount)
    for (old, new, currency), amounts in sorted(found.items(), key=lambda each: -len(each[1])):
        yield Moved(old, new, currency, len(amounts), sum(amounts, start=Decimal(0)))


def _shares(was: Mapping[str, Decimal], would: Mapping[str, Decimal]) -> Iterator[Share]:
    for name in sorted({*was, *would}):
        shares = [side.get(name, Decimal(0)).quantize(TENTH) for side in (was, would)]
        yield Share(name, *shares)


def _words(rule: Rule | None) -> str:
    return chain_of(rule.terms) if rule else UNCOVERED


def _steps(rule: Rule | None) -> list[tuple[str, int, tuple[str, ...]]]:
    """What a chain asks, whatever its steps are called."""
    return [(step.mode, step.needed, step.seats) for step in rule.terms.steps] if rule else []
