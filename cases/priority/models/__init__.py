"""What the next-best case is found by."""

from cases.priority.models.people import Capacity, Skill, Skip, SkipReason
from cases.priority.models.rank import Band, CaseRank
from cases.priority.models.weighing import OverturnRate, Weighting

__all__ = [
    "Band",
    "Capacity",
    "CaseRank",
    "OverturnRate",
    "Skill",
    "Skip",
    "SkipReason",
    "Weighting",
]
