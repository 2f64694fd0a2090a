"""When a message needs a person, and why. Pure.

Source of the rule: the house's rules on messages (R3, R6): what was refused, given up or cannot be
told ends before a person, in a queue with an owner and a clock; and its nightly reconciliation.
"""

from cases.types.posting_failure.vocabulary import Cause
from integrations.outbox.lifecycle import OutboxState

CODES = {
    "period_closed": Cause.CLOSED_PERIOD,
    "closed_period": Cause.CLOSED_PERIOD,
    "unbalanced": Cause.UNBALANCED,
    "unknown_account": Cause.UNKNOWN_ACCOUNT,
    "throttled": Cause.THROTTLED,
    "not_reached": Cause.NOT_REACHED,
}
"""What partners call it; any other code is a refusal like others."""


def cause_of(state: OutboxState, code: str) -> Cause:
    """Why a message waits for a person."""
    if state is OutboxState.UNKNOWN:
        return Cause.UNKNOWN_OUTCOME
    return CODES.get(code, Cause.REFUSED)
