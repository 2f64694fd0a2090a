"""The tables of appeals and of a denial's other ways."""

from cases.types.denial.appeals.models.appeal import (
    Appeal,
    Exhibit,
    ExhibitKind,
    FollowUp,
    Ground,
)
from cases.types.denial.appeals.models.letter import Attestation, Letter, LetterTemplate
from cases.types.denial.appeals.models.sending import Method, Packet, Submission
from cases.types.denial.appeals.models.ways import Proof, Recourse, RecourseStatus, Way

__all__ = [
    "Appeal",
    "Attestation",
    "Exhibit",
    "ExhibitKind",
    "FollowUp",
    "Ground",
    "Letter",
    "LetterTemplate",
    "Method",
    "Packet",
    "Proof",
    "Recourse",
    "RecourseStatus",
    "Submission",
    "Way",
]
