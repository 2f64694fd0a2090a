"""Policies in words: who is asked, for what, up to how much. Pure."""

from decimal import Decimal

from billing_portal.access.roles import BY_KEY
from cases.approvals.terms import PERSON, ROLE, Step, Terms
from cases.approvals.vocabulary import StepMode

ARROW = " → "


def seat_name(seat: str) -> str:
    """A role by its label, a person by their user name."""
    role = seat.removeprefix(ROLE)
    return BY_KEY[role].label if role in BY_KEY else seat.removeprefix(ROLE).removeprefix(PERSON)


def rule_of(step: Step) -> str:
    """Who of whom: "any of Team lead, Queue supervisor"."""
    names = [seat_name(seat) for seat in step.seats]
    count = f"{step.n} of " if step.mode is StepMode.SOME else f"{step.mode.label.lower()} "
    return names[0] if len(names) == 1 and step.needed == 1 else f"{count}{', '.join(names)}"


def chain_of(terms: Terms) -> str:
    """All steps in their order."""
    return ARROW.join(rule_of(step) for step in terms.steps)


def band_of(terms: Terms) -> str:
    """From which amount on, below which."""
    if terms.to_amount is None:
        return f"from {terms.from_amount:,} {terms.currency} on"
    return f"from {terms.from_amount:,} to under {terms.to_amount:,} {terms.currency}"


def amount_of(amount: Decimal | None, currency: str, *, without: str) -> str:
    """An amount, or what it means that there is none."""
    return without if amount is None else f"{amount:,} {currency}"
