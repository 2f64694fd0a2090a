"""What to do on an emergency. Pure."""

from collections.abc import Mapping
from typing import Any

from cases.work.types import Step

DECIDE = Step("decide", "Somebody else decides whether it is opened")
READ = Step("read", "When it is over, read all that was done under it")
REVIEW = Step("review", "Say whether it was justified", "emergency_review")


def steps_for(_details: Mapping[str, Any]) -> list[Step]:
    """The steps, the same for every emergency."""
    return [DECIDE, READ, REVIEW]
