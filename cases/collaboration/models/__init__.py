"""The tables of working together."""

from cases.collaboration.models.labels import CaseLabel, Label
from cases.collaboration.models.links import CaseLink
from cases.collaboration.models.macros import Macro
from cases.collaboration.models.presence import Draft, Presence
from cases.collaboration.models.watches import Watch

__all__ = ["CaseLabel", "CaseLink", "Draft", "Label", "Macro", "Presence", "Watch"]
