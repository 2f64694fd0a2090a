"""What to do on a remittance that does not balance. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.work.types import Step

COMPARE = Step("compare", "Compare the payment with the bank's entry or the cheque")
ASK = Step("ask_sender", "Ask the clearinghouse for the complete remittance", "wait_payer")
RESOLVE = Step("explain", "Say what explains the difference, and resolve", "resolve")

INCOMPLETE_STEPS = (
    Step("find_missing", "See in the quarantine which claims are set aside, and why"),
    COMPARE,
    ASK,
    Step("take_in", "Take the complete file in: this case closes by itself when it balances"),
)
UNBALANCED_STEPS = (
    COMPARE,
    Step(
        "find_difference", "Look for a claim or provider adjustment of the size of the difference"
    ),
    ASK,
    RESOLVE,
)


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """The steps, by whether something is missing or the sums are wrong."""
    return list(UNBALANCED_STEPS if details["is_complete"] else INCOMPLETE_STEPS)
