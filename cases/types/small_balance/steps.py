"""What to do on a batch of small balances. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.work.types import Step

READ = Step("read", "Read the entries of each sampled account")
LOOK = Step("look", "Say of each whether it is right", "small_balance_look")
REQUEST = Step("request", "Ask somebody else to sign the batch", "small_balance_request")
CONFIRMED = Step("confirmed", "See it confirmed: this case closes by itself")


def steps_for(_details: Mapping[str, Any]) -> list[Step]:
    """The steps, the same for every batch."""
    return [READ, LOOK, REQUEST, CONFIRMED]
