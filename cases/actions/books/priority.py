"""The weights of the next-best case as a book: what comes first, and from when on it is guarded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.conf import settings

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import short_money
from cases.actions.books.simulating import Group
from cases.actions.books.spans import Period
from cases.actions.books.summing import summed
from cases.editions.books import Content
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport
from cases.editions.shapes import Shape, misshapen, repeated
from cases.priority.models import Weighting
from cases.priority.queries import weights_in_force
from cases.priority.services import weigh
from cases.priority.trials import Stretch, replay
from cases.work.models import Queue


class Bounds(NamedTuple):
    """What a number may be, in how many decimal places, and what it is called."""

    label: str
    least: Decimal
    most: Decimal
    places: int = 2
    unit: str = ""


POINTS = (Decimal(0), Decimal("999.99"))
NUMBERS: Mapping[str, Bounds] = {
    "urgency": Bounds("Urgency", *POINTS, unit="points"),
    "money": Bounds("Money", *POINTS, unit="points per $100,000"),
    "age": Bounds("Age", *POINTS, unit="points at 60 days"),
    "escalation": Bounds("Escalation", *POINTS, unit="points past its own time"),
    "midpoint_days": Bounds(
        "Half urgent at", Decimal(0), Decimal(365), unit="days before its date"
    ),
    "slope_days": Bounds("Urgency falls over", Decimal("0.01"), Decimal(100), unit="days"),
    "guard_days": Bounds(
        "Guarded within", Decimal(0), Decimal(10), 0, "business days of its deadline"
    ),
    "cost_per_minute": Bounds("A minute of work costs", *POINTS, unit="dollars"),
    "default_minutes": Bounds("Work on a case", Decimal(0), Decimal(1_440), 0, "minutes"),
    "default_likelihood": Bounds(
        "Odds of being overturned", Decimal(0), Decimal(1), 6, "where too little was decided"
    ),
}
WHOLE = ("guard_days", "default_minutes")
TERMS = ("urgency", "money", "age", "escalation")
OF_A_CATEGORY = {
    "minutes": NUMBERS["default_minutes"],
    "likelihood": NUMBERS["default_likelihood"],
}
WEIGHTS: Shape = dict.fromkeys(NUMBERS, (str,))
CATEGORY: Shape = {"category": (str,), "minutes": (str,), "likelihood": (str,)}
MOST_CATEGORIES, LONGEST_CATEGORY = 200, 50
SOONER, LATER = "{}: served sooner", "{}: served later"


@dataclass(frozen=True, slots=True)
class PriorityBook:
    """Content: {"weights": [{"urgency", …}], "categories": [{"category", "minutes", …}, …]}.

    Numbers are text. A category leaves empty what holds for it as for all.
    """

    key: str = "priority"
    label: str = "Weights of the next case"

    def current(self) -> dict[str, Any]:
        """The newest weights."""
        return content_of(weights_in_force())

    def problems(self, content: Content) -> list[Problem]:
        """Numbers that nothing could be weighed by."""
        wrong = misshapen(content, {"weights": WEIGHTS, "categories": CATEGORY})
        if wrong:
            return wrong
        categories = content["categories"]
        if len(content["weights"]) != 1:
            return [Problem("weights", "must be one row")]
        if len(categories) > MOST_CATEGORIES:
            return [Problem("categories", f"are more than {MOST_CATEGORIES}")]
        return [
            *_of_weights(content["weights"][0]),
            *repeated("categories", [row["category"] for row in categories]),
            *(
                problem
                for index, row in enumerate(categories)
                for problem in _of_category(f"categories[{index}]", row)
            ),
        ]

    def findings(self, content: Content, *, at: datetime) -> Sequence[Remark]:
        """Nothing beyond its problems."""
        return ()

    def entries(self, content: Content) -> Sequence[Entry]:
        """The weights, then what holds for some categories alone."""
        [weights] = content["weights"]
        return [
            Entry("weights", "All cases", _said(NUMBERS, weights)),
            *(
                Entry(row["category"], _title(row["category"]), _said(OF_A_CATEGORY, row))
                for row in content["categories"]
            ),
        ]

    def apply(self, *, content: Content, by: User, reason: str, at: datetime) -> int:
        """Put the weights in force as their next version, if they are others."""
        if content == self.current():
            return 0
        weigh(weights=columns_of(content), by=by, reason=reason)
        return 1

    def simulate(self, *, content: Content, days: int, at: datetime) -> BacktestReport:
        """The last days replayed by both weights: who would have been served sooner, who later.

        `breached` counts cases of which a clock or the deadline ran out while they waited.
        """
        period = Period.of(days=days, at=at)
        stretches = replay(
            columns_of(self.current()),
            columns_of(content),
            since=period.since,
            until=period.until,
            days=days,
        )
        names = dict(Queue.objects.values_list("pk", "name"))
        groups = [_group(each) for each in stretches]
        words = {
            id(group): _words(names[each.queue_id], each.moves)
            for group, each in zip(groups, stretches, strict=True)
        }
        return summed(
            groups,
            period=period,
            words=lambda group: words[id(group)],
            conflicts=_remarks(stretches),
        )


def content_of(weighting: Weighting) -> dict[str, Any]:
    """A version of the weights as the book holds it."""
    minutes, likelihoods = weighting.minutes, weighting.likelihoods
    return {
        "weights": [{name: text_of(getattr(weighting, name)) for name in NUMBERS}],
        "categories": [
            {
                "category": category,
                "minutes": text_of(minutes.get(category)),
                "likelihood": text_of(likelihoods.get(category)),
            }
            for category in sorted({*minutes, *likelihoods})
        ],
    }


def text_of(value: Any) -> str:
    """A number as contents hold it: one text for equal numbers; empty for none."""
    return "" if value is None else f"{Decimal(str(value)).normalize():f}"


def columns_of(content: Content) -> dict[str, Any]:
    """The columns of a version of the weights."""
    [weights] = content["weights"]
    numbers = {name: weights[name] for name in NUMBERS if name not in WHOLE}
    return {
        **numbers,
        **{name: int(weights[name]) for name in WHOLE},
        "minutes": {
            row["category"]: int(row["minutes"]) for row in content["categories"] if row["minutes"]
        },
        "likelihoods": {
            row["category"]: row["likelihood"] for row in content["categories"] if row["likelihood"]
        },
    }


def _of_weights(row: Mapping[str, str]) -> Iterator[Problem]:
    wrong = [
        Problem(f"weights[0].{name}", words)
        for name, bounds in NUMBERS.items()
        if (words := _wrong(row[name], bounds))
    ]
    yield from wrong
    if not wrong and not any(Decimal(row[name]) for name in TERMS):
        yield Problem("weights[0]", "must weigh something: all four terms are nought")


def _of_category(where: str, row: Mapping[str, str]) -> Iterator[Problem]:
    if not 1 <= len(row["category"].strip()) <= LONGEST_CATEGORY:
        yield Problem(f"{where}.category", f"must have 1 to {LONGEST_CATEGORY} characters")
    for name, bounds in OF_A_CATEGORY.items():
        words = _wrong(row[name], bounds) if row[name] else ""
        if words:
            yield Problem(f"{where}.{name}", words)


def _wrong(text: str, bounds: Bounds) -> str:
    """What is wrong with a number; nothing when it is as contents hold numbers."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return "must be a number"
    if not number.is_finite() or not bounds.least <= number <= bounds.most:
        return f"must be from {bounds.least:f} to {bounds.most:f}"
    if number != round(number, bounds.places):
        return f"must have {bounds.places} decimal places at most"
    return "" if text == text_of(number) else f"must be written {text_of(number)}"


def _said(numbers: Mapping[str, Bounds], row: Mapping[str, str]) -> dict[str, str]:
    return {
        bounds.label: f"{row[name]} {bounds.unit}" if row[name] else "as for all"
        for name, bounds in numbers.items()
    }


def _title(category: str) -> str:
    return category.replace("_", " ").capitalize()


def _group(each: Stretch) -> Group:
    """A stretch as back-tests are summed; both sides stand in the same queue."""
    is_moved = each.moves != 0
    return Group(
        was=None,
        would=None,
        was_queue=each.queue_id,
        would_queue=each.queue_id,
        currency=each.currency,
        cases=each.cases,
        amount=each.amount,
        breached_before=each.late_before,
        breached_after=each.late_after,
        changed=each.cases if is_moved else 0,
        changed_amount=each.amount if is_moved else Decimal(0),
        largest=each.largest if is_moved else None,
        newest=each.newest if is_moved else None,
    )


def _words(queue: str, moves: int) -> tuple[str, str]:
    sooner, later = SOONER.format(queue), LATER.format(queue)
    return (later, sooner) if moves > 0 else (sooner, later)


def _remarks(stretches: Sequence[Stretch]) -> Iterator[str]:
    """What stands first in money; or that nothing could be told."""
    if not any(each.served_before or each.served_after for each in stretches):
        yield "Nobody took a case in this time, so nobody would have been served otherwise."
        return
    for currency in sorted({each.currency for each in stretches}):
        those = [each for each in stretches if each.currency == currency]
        before = sum((each.served_before for each in those), start=Decimal(0))
        after = sum((each.served_after for each in those), start=Decimal(0))
        yield (
            f"What is served in this time holds {_money(after, currency)} at stake;"
            f" by the weights in force {_money(before, currency)}."
        )


def _money(amount: Decimal, currency: str) -> str:
    return short_money(amount, currency, base=settings.BASE_CURRENCY)


BOOK = PriorityBook()
