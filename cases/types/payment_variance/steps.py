"""What to do on a payment below its contract. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.work.types import Step

STEPS = (
    Step("read_contract", "Read the cited exhibit: is the rate the one for this plan and day?"),
    Step("check_lines", "Compare units, modifiers and code with what was paid, line by line"),
    Step("ask_payer", "Send the payer the contract page and ask for the difference", "wait_payer"),
    Step("see_paid", "See the payer process it again: this case closes by itself when it is paid"),
)


def steps_for(_details: Mapping[str, Any]) -> list[Step]:
    """The same for every one."""
    return list(STEPS)
