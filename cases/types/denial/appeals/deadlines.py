"""By when a level of appeal is to be filed, asked of the deadline rules."""

from datetime import date

from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.deadlines import Question, assess_many
from cases.types.denial.appeals.models import Appeal
from cases.types.denial.appeals.terms import Due
from cases.types.denial.details import DenialDetails
from cases.work.models import Case


def proposed(case: Case, *, level: int, previous: Appeal | None = None) -> Due:
    """The deadline that the rules give for a level; without a rule, none: nothing is guessed."""
    question = Question(
        key=level,
        payer_id=case.payer_id,
        payer_class=case.payer.payer_class if case.payer else "",
        facility_id=case.facility_id,
        clock_type=ClockType(f"appeal_{level}"),
        dates=_dates(case, previous),
        level=level,
    )
    answer = assess_many(questions=[question])[level]
    if answer.rule is None or answer.dates is None:
        return Due()
    return Due(answer.dates.legal_on, answer.dates.internal_on, answer.rule.citation)


def _dates(case: Case, previous: Appeal | None) -> dict[str, date]:
    details = DenialDetails.from_json(case.details)
    known = {BaseEvent.NOTICE: details.paid_on, BaseEvent.SERVICE: details.service_from}
    if previous is not None and previous.decided_on is not None:
        known |= {BaseEvent.RECEIPT: previous.decided_on, BaseEvent.NOTICE: previous.decided_on}
    return {event: on for event, on in known.items() if on is not None}
