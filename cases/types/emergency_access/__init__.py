"""Emergency access: two people open it, it is over by itself, a third reviews it."""

from collections.abc import Iterator, Sequence

from cases.types.emergency_access.details import EmergencyDetails
from cases.types.emergency_access.effects import EFFECTS
from cases.types.emergency_access.queries import unreviewed
from cases.types.emergency_access.steps import steps_for
from cases.types.emergency_access.vocabulary import KEY
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType, Change

__all__ = ["CASE_TYPE", "EFFECTS"]


def detect(_changes: Sequence[Change]) -> Iterator[Finding]:
    """People open these, not facts."""
    yield from ()


CASE_TYPE = CaseType(
    key=KEY,
    label="Emergency access",
    prefix="EA",
    details=EmergencyDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset(),
    dispositions=(Disposition.EXPLAINED,),
    engaged=unreviewed,
)
