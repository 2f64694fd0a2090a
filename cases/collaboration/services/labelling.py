"""Putting labels on a case and taking them off."""

from collections.abc import Collection, Sequence

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.collaboration.models import CaseLabel, Label
from cases.collaboration.queries import labels_for
from cases.collaboration.services.recording import record
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.visibility import require_work


class LabelRefused(DomainError):
    """This label is not for the cases of this queue's team."""

    code = "label_refused"


@transaction.atomic
def set_labels(*, case: Case, labels: Collection[Label], by: User) -> list[Label]:
    """Let a case carry these labels and no others of its team. Locks the case.

    What other teams put on stays. Recorded in the case's chain when something changed. Raises
    CaseNotFound, MayNotWork, LabelRefused.
    """
    require_work(by, case)
    offered = {label.pk: label for label in labels_for(case)}
    wanted = {label.pk: label for label in labels}
    foreign = [label.name for key, label in wanted.items() if key not in offered]
    if foreign:
        message = f"Not a label of this queue's team: {', '.join(foreign)}."
        raise LabelRefused(message)
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    held = set(
        CaseLabel.objects.filter(case=case, label__in=offered).values_list("label", flat=True)
    )
    put, taken = wanted.keys() - held, held - wanted.keys()
    CaseLabel.objects.bulk_create(
        CaseLabel(case=case, label=offered[key], put_by=by) for key in sorted(put)
    )
    CaseLabel.objects.filter(case=case, label__in=taken).delete()
    if put or taken:
        names = {
            "put": sorted(offered[key].key for key in put),
            "taken": sorted(offered[key].key for key in taken),
        }
        reason = _words({offered[key].name for key in put}, {offered[key].name for key in taken})
        record(case, "labelled", by=by, reason=reason, **names)
    return [offered[key] for key in wanted]


@transaction.atomic
def put_on_many(*, cases: Sequence[Case], label: Label, by: User) -> frozenset[int]:
    """Put one label on cases that are locked and judged already; returns those that lacked it.

    Set-wise, each recorded in its own chain.
    """
    ids = any_id(case.pk for case in cases)
    held = set(CaseLabel.objects.filter(label=label, case_id=ids).values_list("case", flat=True))
    lacking = [case for case in cases if case.pk not in held]
    CaseLabel.objects.bulk_create(CaseLabel(case=case, label=label, put_by=by) for case in lacking)
    _record_many(lacking, by=by, put=[label], taken=[])
    return frozenset(case.pk for case in lacking)


@transaction.atomic
def take_off_many(*, cases: Sequence[Case], label: Label, by: User) -> frozenset[int]:
    """Take off one label where `by` put it on; returns the cases that lose it.

    The cases are locked already. Set-wise, each recorded in its own chain.
    """
    theirs = CaseLabel.objects.filter(
        label=label, put_by=by, case_id=any_id(case.pk for case in cases)
    )
    lost = frozenset(theirs.values_list("case", flat=True))
    theirs.delete()
    _record_many([case for case in cases if case.pk in lost], by=by, put=[], taken=[label])
    return lost


def _record_many(
    cases: Sequence[Case], *, by: User, put: Sequence[Label], taken: Sequence[Label]
) -> None:
    facts = {"put": [each.key for each in put], "taken": [each.key for each in taken]}
    reason = _words({each.name for each in put}, {each.name for each in taken})
    audit.record_many(
        (
            audit.Event(
                chain=f"case:{case.pk}",
                verb="case.labelled",
                subject=f"case:{case.public_id}",
                reason=reason,
                facts=facts,
            )
            for case in cases
        ),
        by=by,
    )


def _words(put: Collection[str], taken: Collection[str]) -> str:
    """What was put on and what was taken off, by name."""
    said = (("Put on", put), ("Taken off", taken))
    return " ".join(f"{words}: {', '.join(sorted(names))}." for words, names in said if names)
