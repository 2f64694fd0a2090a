"""What people say about requests: their verdict, and for what somebody may speak for them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from billing_portal.accounts.models import User
from cases.approvals.vocabulary import Act, Matter


@dataclass(frozen=True, slots=True)
class Verdict:
    """What somebody decides, why, and what they saw; `acting_for` whoever delegated to them."""

    act: Act
    reason: str
    seen_version: int
    seen_digest: str
    acting_for: User | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """For what and for how long, both days included; no matters: all, no amount: one's limits."""

    starts_on: date
    ends_on: date
    matters: tuple[Matter, ...] = ()
    max_amount: Decimal | None = None
