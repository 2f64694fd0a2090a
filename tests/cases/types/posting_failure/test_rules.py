import pytest

from cases.types.posting_failure.rules import cause_of
from cases.types.posting_failure.vocabulary import Cause
from integrations.outbox.lifecycle import OutboxState


@pytest.mark.parametrize(
    ("state", "code", "cause"),
    [
        (OutboxState.REJECTED, "period_closed", Cause.CLOSED_PERIOD),
        (OutboxState.REJECTED, "unbalanced", Cause.UNBALANCED),
        (OutboxState.REJECTED, "unknown_account", Cause.UNKNOWN_ACCOUNT),
        (OutboxState.REJECTED, "tax_code_ended", Cause.REFUSED),
        (OutboxState.DEAD, "throttled", Cause.THROTTLED),
        (OutboxState.DEAD, "not_reached", Cause.NOT_REACHED),
        (OutboxState.UNKNOWN, "worker_died", Cause.UNKNOWN_OUTCOME),
        (OutboxState.UNKNOWN, "throttled", Cause.UNKNOWN_OUTCOME),
    ],
)
def test_what_cannot_be_told_is_that_whatever_was_said_last(state, code, cause):
    assert cause_of(state, code) is cause
