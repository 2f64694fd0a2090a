"""A batch as its pages show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from billing_portal.accounts.models import User
from cases.bulk.models import Batch, BatchStatus, BulkVerb, RowOutcome, Why
from cases.bulk.queries import Group, Preview
from cases.collaboration.models import Label
from cases.web.presenters import shown_day, shown_money, shown_time
from cases.web.verbmenu import FACES
from cases.work.lifecycle import Disposition
from cases.work.models import Case, Queue

TONES = {
    BatchStatus.DRAFT: "info",
    BatchStatus.RUNNING: "info",
    BatchStatus.DONE: "good",
    BatchStatus.STOPPED: "warn",
    BatchStatus.UNDOING: "info",
    BatchStatus.UNDONE: "warn",
}


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done to the selected cases, and the key that does it."""

    value: str
    label: str
    key: str

    @property
    def shown_key(self) -> str:
        """As it stands on the keyboard."""
        return self.key.upper()


ALIKE = {BulkVerb.LABEL: "labels"}
"""What is called otherwise on one case."""
BULK_VERBS = [
    Act(verb.value, FACES[ALIKE.get(verb, verb)].label, FACES[ALIKE.get(verb, verb)].key)
    for verb in (
        BulkVerb.ASSIGN,
        BulkVerb.DEFER,
        BulkVerb.TRANSFER,
        BulkVerb.WAIT_PAYER,
        BulkVerb.WAIT_INFO,
        BulkVerb.RELEASE,
        BulkVerb.RESOLVE,
        BulkVerb.COMMENT,
        BulkVerb.LABEL,
    )
]


@dataclass(frozen=True, slots=True)
class Left:
    """Cases that stay as they are, and why."""

    words: str
    cases: str


@dataclass(frozen=True, slots=True)
class BatchShown:
    """One batch in words."""

    title: str
    url: str
    what: str
    reason: str
    status: str
    tone: str
    cases: int
    amount: str
    made: str
    query: str


def shown(batch: Batch) -> BatchShown:
    """A batch as it stands."""
    status = BatchStatus(batch.status)
    return BatchShown(
        title=str(batch),
        url=reverse("cases:batch", args=[batch.public_id]),
        what=what_of(batch),
        reason=batch.reason,
        status=status.label,
        tone=TONES[status],
        cases=batch.cases,
        amount=shown_money(batch.amount, settings.BASE_CURRENCY),
        made=shown_time(batch.frozen_at),
        query=batch.query,
    )


NAMED: dict[str, type[Queue | Label]] = {"queue_id": Queue, "label_id": Label}


def what_of(batch: Batch) -> str:
    """What is done to each: "Assign to Maya Lopez"."""
    label, given = BulkVerb(batch.verb).label, batch.arguments
    if "owner_id" in given:
        return f"{label} to {User.objects.get(pk=given['owner_id'])}"
    for name, model in NAMED.items():
        if name in given:
            return f"{label}: {model.objects.get(pk=given[name])}"
    if "until" in given:
        return f"{label} until {shown_day(datetime.fromisoformat(given['until']))}"
    if "disposition" in given:
        return f"{label} as “{Disposition(given['disposition']).label}”"
    return label


def previewed(batch: Batch, found: Preview) -> dict[str, Any]:
    """What a batch will come to."""
    samples = Case.objects.visible_to(batch.by).filter(pk__in=found.samples).for_list()
    return {
        "will": found.cases,
        "worth": shown_money(found.amount, settings.BASE_CURRENCY),
        "left": [Left(why.label, f"{many:,}") for why, many in found.skipped.most_common()],
        "samples": [sample_of(case) for case in samples.order_by("pk")],
    }


def sample_of(case: Case) -> dict[str, str]:
    """One case of a preview."""
    return {
        "url": reverse("cases:case", args=[case.public_id]),
        "reference": case.reference,
        "title": case.title,
        "queue": case.queue.name,
        "owner": str(case.owner) if case.owner else "",
        "amount": shown_money(case.amount_at_risk, case.currency),
    }


def result_of(group: Group) -> dict[str, str]:
    """What became of some cases."""
    outcome = RowOutcome(group.outcome)
    return {
        "outcome": outcome.label,
        "why": "" if group.why is Why.NONE else group.why.label,
        "cases": f"{group.cases:,}",
        "amount": shown_money(group.amount, settings.BASE_CURRENCY),
    }
