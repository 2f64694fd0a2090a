"""A project's life as one table. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import TextChoices


class ProjectState(TextChoices):
    """Where a project stands."""

    OPEN = "open", "Open"
    WORKING = "working", "Working"
    MEASURING = "measuring", "Measuring"
    CLOSED = "closed", "Closed"


MOVES: dict[ProjectState, tuple[ProjectState, ...]] = {
    ProjectState.OPEN: (ProjectState.WORKING, ProjectState.CLOSED),
    ProjectState.WORKING: (ProjectState.MEASURING, ProjectState.CLOSED),
    ProjectState.MEASURING: (ProjectState.WORKING, ProjectState.CLOSED),
    ProjectState.CLOSED: (),
}
"""A closed project stays closed: what comes back after it is counted as recurrence."""


def may_become(state: ProjectState, to: ProjectState) -> bool:
    """Whether a project in this state can go to that one."""
    return to in MOVES[state]


@dataclass(frozen=True, slots=True)
class Target:
    """A denial rate, a share of one, and the day by which it is to be reached; both may be open."""

    rate: Decimal | None = None
    on: date | None = None
