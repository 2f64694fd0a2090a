"""What to do on something that was not posted, by its cause. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.types.posting_failure.vocabulary import Cause
from cases.work.types import Step

READ = Step("read", "Read what was sent beside what the ledger says")
REPLAY = Step("replay", "Send it again: nothing is ever posted twice under its key", "replay")
SEE = Step("confirmed", "See it confirmed: this case closes by itself")
TAKE_BACK = Step(
    "take_back",
    "Or have it withdrawn and its voucher reversed (controller); reopen the case, ask anew",
)

STEPS: dict[Cause, tuple[Step, ...]] = {
    Cause.CLOSED_PERIOD: (
        Step("open_period", "Ask the controller to open the period there, or to say it stays shut"),
        REPLAY,
        TAKE_BACK,
    ),
    Cause.UNBALANCED: (
        Step("find_line", "Find the line that the ledger rounds or leaves out"),
        Step("mend_there", "Have the ledger’s own rule for it put right"),
        REPLAY,
        TAKE_BACK,
    ),
    Cause.UNKNOWN_ACCOUNT: (
        Step(
            "open_account", "Have the account opened in the ledger, or mapped otherwise in Set-up"
        ),
        REPLAY,
        TAKE_BACK,
    ),
    Cause.REFUSED: (
        Step("mend_cause", "Put right what the ledger names"),
        REPLAY,
        TAKE_BACK,
    ),
    Cause.THROTTLED: (
        Step("wait", "Ask when the ledger takes calls again, and whether its limit can be raised"),
        REPLAY,
    ),
    Cause.NOT_REACHED: (
        Step("reach", "See with Integration that the ledger can be reached"),
        REPLAY,
    ),
    Cause.UNKNOWN_OUTCOME: (
        Step("look_up", "Look the key up in the ledger, drafts too"),
        Step("settle", "Found: say so on the message’s page, with the ledger’s number"),
        Step("replay", "Not found: send it again; it is looked up first once more", "replay"),
    ),
    Cause.DIFFERENCE: (
        Step("explain", "Say who entered, changed or removed it in the ledger"),
        Step(
            "correct_there", "Have the ledger put right; a mistake of ours is reversed and redone"
        ),
        Step("compared", "See the next nightly comparison agree: this case closes by itself"),
    ),
}


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """The steps, by what stands in the way."""
    cause = Cause(details["cause"])
    end = () if cause is Cause.DIFFERENCE else (SEE,)
    return [READ, *STEPS[cause], *end]
