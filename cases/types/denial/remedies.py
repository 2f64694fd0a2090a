"""What can be done against a denial, and from which days its time limit counts. Pure.

Source of the rules: the house's domain rules on the choice of path: a claim that the payer calls
unprocessable (MA130), or denied for a reason that is not one to appeal, can only be corrected.
"""

from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.types.denial.details import DenialDetails
from cases.work.types import Remedy


def remedy_of(details: DenialDetails) -> Remedy:
    """The first level of appeal, or the corrected claim, from the remittance that denied it."""
    clock_type = ClockType.APPEAL_1 if details.appeal_allowed else ClockType.CORRECTED_CLAIM
    days = {BaseEvent.NOTICE: details.paid_on, BaseEvent.SERVICE: details.service_from}
    return Remedy(clock_type, {event: day for event, day in days.items() if day is not None})
