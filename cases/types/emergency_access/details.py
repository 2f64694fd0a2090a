"""What an emergency case knows: who asked to see and work what, and for how long."""

from dataclasses import dataclass

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class EmergencyDetails(Details):
    """A queue and a site, by their keys, for some hours; `person` is a user name.

    `decision` names the emergency for ever.
    """

    decision: str
    person: str
    queue: str
    facility: str
    hours: int
