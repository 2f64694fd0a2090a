"""What others ask of appeals and other ways, set-wise."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Case as Choice
from django.db.models import F, JSONField, Max, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Concat

from billing_portal.audit.models import AuditEvent
from cases.types.denial.appeals.answers import Acts, Asked, Standing
from cases.types.denial.appeals.lifecycle import AppealVerb
from cases.types.denial.appeals.models import Appeal, Recourse, Submission, Way
from cases.types.denial.appeals.querysets import AppealQuerySet
from cases.types.denial.details import DecisionDetails, DenialDetails
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from cases.work.sets import any_text

CLOSED, TEXT = "closed:", TextField()
EVENT = "appeal."
OPENED, EDITED = f"{EVENT}opened", f"{EVENT}{AppealVerb.EDIT}"


@dataclass(frozen=True, slots=True)
class LastStep:
    """What was done last to an appeal, by its name in the audit chain, and by whom."""

    verb: str
    by_id: int


def acts_of(keys: Collection[str]) -> dict[str, Acts]:
    """When appeals and corrected claims were last sent for cases, by their keys. Two queries."""
    appealed = dict(
        Submission.objects.filter(appeal__case__key=any_text(keys))
        .order_by()
        .values_list("appeal__case__key")
        .annotate(last=Max("sent_on"))
    )
    corrected = dict(
        Recourse.objects.filter(case__key=any_text(keys), way=Way.CORRECTED_CLAIM)
        .order_by()
        .values_list("case__key")
        .annotate(last=Max("sent_on"))
    )
    return {key: Acts(appealed.get(key), corrected.get(key)) for key in {*appealed, *corrected}}


def heard_of() -> QuerySet[Appeal]:
    """Appeals in flight whose case rests on another decision now, or is closed; oldest first.

    Not those of which people were told as they stand now: `heard_as`.
    """
    return (
        Appeal.objects.in_flight()
        .annotate(
            now=Coalesce(
                KeyTextTransform("decision", "case__details"), Value(""), output_field=TEXT
            ),
            heard=Choice(
                When(
                    case__status=CaseStatus.CLOSED,
                    then=Concat(Value(CLOSED), "now", output_field=TEXT),
                ),
                default="now",
            ),
        )
        .filter(Q(case__status=CaseStatus.CLOSED) | ~Q(now=F("decision")))
        .exclude(heard=F("told_of"))
        .select_related("case__owner")
        .order_by("pk")
    )


def asked_by(appeal: Appeal) -> Asked:
    """What a sent appeal contested."""
    sent_on = appeal.submitted_on or date.max
    return Asked(appeal.decision, appeal.amount_denied, appeal.amount_disputed, sent_on)


def standing_of(case: Case) -> Standing:
    """How a case's denial stands by the newest facts."""
    details = DenialDetails.from_json(case.details)
    is_closed = case.status == CaseStatus.CLOSED
    return Standing(
        details.decision,
        details.denied_amount,
        details.paid_on,
        case.disposition if is_closed else None,
    )


def heard_as(case: Case) -> str:
    """How it is remembered that people were told of a case's present decision."""
    decision = str(case.details.get("decision", ""))
    return f"{CLOSED}{decision}" if case.status == CaseStatus.CLOSED else decision


def newest_trace(case: Case) -> str:
    """The remittance of the payer's newest decision on a case."""
    newest = _newest(case)
    return newest.trace if newest else str(case.details.get("trace", ""))


def answering(appeal: Appeal) -> tuple[str, date | None]:
    """The remittance by which the payer decided again since the appeal was sent, and its day."""
    newest = _newest(appeal.case)
    if not appeal.told_of or newest is None:
        return "", None
    return newest.trace, newest.paid_on


def _newest(case: Case) -> DecisionDetails | None:
    """The decision of the latest day; a case that took others in holds those of several claims."""
    decisions = DenialDetails.from_json(case.details).decisions
    return max(reversed(decisions), key=lambda each: each.paid_on or date.min, default=None)


def last_step(appeal: Appeal) -> LastStep | None:
    """What was done last to an appeal, as the audit chain has it; None: nothing is on record.

    A proof of filing that was taken in by itself, when the appeal was begun, is part of that.
    """
    steps = list(
        AuditEvent.objects.filter(chain=f"case:{appeal.case_id}", verb__startswith=EVENT)
        .annotate(facts=Cast("body", JSONField()))
        .filter(facts__appeal=str(appeal.public_id))
        .order_by("-seq")
        .values_list("verb", "actor_id", "txid")[:3]
    )
    if not steps:
        return None
    verb, by_id, txid = steps[0]
    is_begun = [(each[0], each[2]) for each in steps] == [(EDITED, txid), (OPENED, txid)]
    return LastStep(OPENED if is_begun else verb, by_id)


def of_case(case: Case) -> QuerySet[Appeal]:
    """A case's appeals, newest first, with what the page shows of each."""
    return case_appeals(case).select_related("letter", "submission").order_by("-pk")


def case_appeals(case: Case) -> AppealQuerySet:
    """A case's appeals."""
    return Appeal.objects.filter(case=case)
