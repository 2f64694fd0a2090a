"""What to do on a credit balance. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.work.types import Step

READ = Step("read", "Read the account’s entries beside the remittances")
RESEARCH = Step("research", "Say what was wrong and whose the money is", "research")
IDENTIFY = Step(
    "identify", "Federal money: sign when the overpayment was identified", "federal_act"
)
REQUEST = Step("request", "Choose the way it goes back, and ask for approval", "refund_way")
CLOSE = Step("returned", "See it leave: a cleared check, or the payer’s WO and 72")


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """The steps; federal money has a clock of its own."""
    federal = [IDENTIFY] if details["is_federal"] else []
    return [READ, RESEARCH, *federal, REQUEST, CLOSE]
