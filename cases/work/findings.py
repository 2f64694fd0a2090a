"""What detectors say: how a thing stands, by the facts known today.

A finding is the whole wanted state of one case, not a change to it: whoever writes findings
compares them with what is there. So the same facts in any order, seen once or often, lead to the
same case.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cases.work.details import Details
from cases.work.lifecycle import Disposition


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a finding met and people should know once; `key` makes it once."""

    kind: str
    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How one exception stands. `disposition` None: it stands open; else it is settled so.

    `key` names the exception for ever. `cycle` counts how often it arose; `decision` names the fact
    that the present cycle rests on: a finished case opens again only for another decision. `amount`
    is at risk, in `currency`, never negative. `facts` are what routing may ask beyond the columns;
    `details` the case type's own. No patient data in `title`, `reason` or `alarms`.
    """

    case_type: str
    key: str
    title: str
    details: Details
    facility_id: int
    amount: Decimal
    currency: str
    decision: str
    reason: str
    correlation_id: str
    claim_id: int | None = None
    remittance_id: int | None = None
    account_id: int | None = None
    vendor_invoice_id: int | None = None
    payer_id: int | None = None
    code: str = ""
    category: str = ""
    cycle: int = 1
    disposition: Disposition | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    alarms: tuple[Alarm, ...] = ()
