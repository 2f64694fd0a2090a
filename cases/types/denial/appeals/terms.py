"""What people say when they act on an appeal or take another way: plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cases.evidence.models import Attachment
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.appeals.models import Ground, Method, Proof
from cases.types.denial.vocabulary import Category
from integrations.canonical.models import Payer

GROUNDS = {
    Category.AUTH: Ground.AUTHORIZATION,
    Category.MED_NECESSITY: Ground.MEDICAL_NECESSITY,
    Category.TIMELY_FILING: Ground.TIMELY_FILING,
    Category.CODING: Ground.CODING,
    Category.BUNDLING: Ground.CODING,
    Category.DOCUMENTATION: Ground.DOCUMENTATION,
    Category.ELIGIBILITY: Ground.ELIGIBILITY,
    Category.CONTRACTUAL: Ground.CONTRACT,
    Category.PAYER_PROCESS: Ground.PAYER_ERROR,
}


@dataclass(frozen=True, slots=True)
class Due:
    """The last legal day, the day we want to be done by, and where they come from."""

    on: date | None = None
    internal_on: date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Grounds:
    """On what an appeal rests and how much it asks for, in the case's currency."""

    ground: Ground
    amount: Decimal
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """How and when something went out, and what the payer's side said."""

    method: Method
    on: date
    confirmation: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """How the payer decided. Evidence is a letter attached to the case, or a remittance's trace.

    `overturned` is what of the disputed amount it gave; None where that follows from the outcome.
    `is_paid`: the money has come, too.
    """

    outcome: Outcome
    on: date
    letter: Attachment | None = None
    trace: str = ""
    overturned: Decimal | None = None
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a way needs to be told; which of it, the way says. `amount` in the case's currency."""

    reason: str
    amount: Decimal
    payer_control_number: str = ""
    payer: Payer | None = None
    sent_on: date | None = None
    expected_on: date | None = None
    is_cover_checked: bool = False
    proof: Proof | None = None
    preventable_stage: str = ""
    expected_recovery: Decimal | None = None
    cost_to_work: Decimal | None = None


def ground_for(details: Mapping[str, Any]) -> Ground | None:
    """The ground that a denial's category suggests, if one does; a person chooses."""
    return GROUNDS.get(details.get("category", ""))
