"""What the rules in force did lately, as the page of their book shows it."""

from dataclasses import dataclass
from datetime import datetime

from cases.routing.models import RoutingRule
from cases.routing.queries import Doubt, Hits, Silence, hits, silent_rules
from cases.web.presenters import shown_time

DOUBTS = {
    Doubt.SHADOWED: "Never reached: “{by}” takes all it matches",
    Doubt.UNREACHED: "Matches, but earlier rules take those cases",
    Doubt.UNMATCHED: "Matched no case of the last 30 days",
}
NONE = Hits()


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule in use: how many cases it decided, when last, and why none if so."""

    number: int
    name: str
    queue: str
    lately: str
    long: str
    last: str
    doubt: str


def rule_lines(*, at: datetime) -> list[RuleLine]:
    """The rules in use, in their order. Five queries at most, for any number of rules."""
    rules = list(RoutingRule.objects.used().select_related("queue"))
    names = {rule.key: rule.name for rule in rules}
    decided = hits(at=at)
    silent = {each.key: each for each in silent_rules(at=at)}
    return [
        _line(number, rule, decided.get(rule.key, NONE), _doubt(silent.get(rule.key), names))
        for number, rule in enumerate(rules, start=1)
    ]


def _line(number: int, rule: RoutingRule, decided: Hits, doubt: str) -> RuleLine:
    last = shown_time(decided.last_at) if decided.last_at else ""
    return RuleLine(
        number, rule.name, rule.queue.name, f"{decided.lately:,}", f"{decided.long:,}", last, doubt
    )


def _doubt(silence: Silence | None, names: dict[str, str]) -> str:
    if silence is None:
        return ""
    return DOUBTS[silence.doubt].format(by=names.get(silence.by, silence.by))
