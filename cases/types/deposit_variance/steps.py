"""What to do on a payment whose halves are apart. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.types.deposit_variance.vocabulary import Gap
from cases.work.types import Step

LAST = Step("see_tied", "See the other half come: this case closes by itself when both tie")
STEPS = {
    Gap.NO_DEPOSIT: (
        Step("check_account", "Look in the bank's own pages: another account, another day?"),
        Step("ask_payer", "Ask the payer for the EFT's trace and day, or the check's number"),
    ),
    Gap.NO_REMITTANCE: (
        Step("find_file", "Look among the messages set aside and the clearinghouse's list"),
        Step("ask_file", "Ask the payer or clearinghouse for the remittance of this trace"),
    ),
    Gap.OTHER_AMOUNT: (
        Step("compare", "Compare the deposit with the remittance and its provider adjustments"),
        Step("ask_both", "Ask bank and payer which amount is right"),
    ),
}


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """By what is missing; none when nothing is any more."""
    gap = details.get("gap")
    return [*STEPS[Gap(gap)], LAST] if gap else []
