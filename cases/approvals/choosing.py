"""Which policy a request falls under: the most specific that covers it. Pure.

None covers it: it is refused, never approved. Of two equally specific ones the stricter holds, the
one that asks more people, so that a careless overlap never makes money easier to move.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from billing_portal.kernel.pure.errors import DomainError
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Matter


class NoPolicy(DomainError):
    """No approval policy covers what is asked for, so nobody could approve it."""

    code = "no_policy"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, as far as policies look at it; `amount` is the tier amount."""

    matter: Matter
    amount: Decimal
    currency: str
    facility: str
    payer_class: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """One version of a policy, by its primary key, `key` and `number`."""

    version_id: int
    key: str
    number: int
    terms: Terms

    @property
    def name(self) -> str:
        """As a sealed request names it."""
        return f"{self.key}@{self.number}"


def choose(rules: Iterable[Rule], question: Question) -> Rule:
    """The policy for a request. Raises NoPolicy."""
    found = [rule for rule in rules if applies(rule.terms, question)]
    if not found:
        message = (
            f"No approval policy covers “{question.matter.label}” of"
            f" {question.amount:,} {question.currency}. Nothing was asked for."
        )
        raise NoPolicy(message)
    return max(found, key=_rank)


def applies(terms: Terms, question: Question) -> bool:
    """Whether a policy covers a request."""
    return (
        terms.matter is question.matter
        and terms.currency == question.currency
        and terms.covers(question.amount)
        and terms.facility in {None, question.facility}
        and terms.payer_class in {None, question.payer_class}
        and all(question.facts.get(name) == value for name, value in terms.facts.items())
    )


def specificity(terms: Terms) -> tuple[int, bool, bool]:
    """How much a policy names: facts first, then a facility, then a class of payers."""
    return len(terms.facts), terms.facility is not None, terms.payer_class is not None


def _rank(rule: Rule) -> tuple[tuple[int, bool, bool], int, str]:
    return specificity(rule.terms), sum(step.needed for step in rule.terms.steps), rule.key
