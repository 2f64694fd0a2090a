"""The one way to change an appeal's row: lock, check, write with history, record."""

from typing import Any

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from cases.types.denial.appeals.lifecycle import MOVES, AppealStatus, AppealVerb, after
from cases.types.denial.appeals.models import Appeal
from cases.work.models import Case
from cases.work.services import ReasonMissing, StaleVersion
from cases.work.visibility import require_work

SYSTEM = "appeals"
RECORDED = ("level", "outcome", "payer_reference", "outcome_trace")
VOIDED: dict[str, Any] = {"attestation": None, "packet": None}


def lock(*, appeal: Appeal, verb: AppealVerb, by: User, seen_version: int | None) -> Appeal:
    """An appeal, locked, to which this actor may do a verb as it stands.

    `seen_version` is the version the caller saw; only systems may give None. Raises CaseNotFound,
    MayNotWork, StaleVersion, AppealMoveRefused.
    """
    locked = Appeal.objects.select_for_update(of=("self",)).select_related("case").get(pk=appeal.pk)
    require_hand(by, locked.case)
    require_version(locked, seen_version, by=by)
    after(verb, AppealStatus(locked.status))
    return locked


@transaction.atomic
def change(
    *,
    appeal: Appeal,
    verb: AppealVerb,
    by: User,
    reason: str,
    seen_version: int | None,
    **columns: Any,
) -> Appeal:
    """Do one verb to an appeal and return it as it is now.

    Raises what `lock` raises, and ReasonMissing.
    """
    locked = lock(appeal=appeal, verb=verb, by=by, seen_version=seen_version)
    require_reason(reason)
    was = locked.status
    written = {
        "status": after(verb, AppealStatus(was)),
        **(VOIDED if MOVES[verb].voids else {}),
        **columns,
    }
    for name, value in written.items():
        setattr(locked, name, value)
    locked.version += 1
    save_because(locked, by=by, reason=reason.strip(), fields=[*written, "version"])
    facts = {name: written[name] for name in RECORDED if written.get(name)}
    record(
        locked.case,
        f"appeal.{verb.value}",
        by=by,
        reason=reason,
        appeal=locked.public_id,
        **{"from": was, "to": locked.status, "version": locked.version, **facts},
    )
    return locked


def require_hand(by: User, case: Case) -> None:
    """Raises CaseNotFound or MayNotWork unless this actor may change the case's appeals."""
    if by.is_person or by.username != f"system:{SYSTEM}":
        require_work(by, case)


def require_reason(reason: str) -> None:
    """Raises ReasonMissing."""
    if not reason.strip():
        message = "Say why: every change of an appeal has a reason."
        raise ReasonMissing(message)


def require_version(appeal: Appeal, seen: int | None, *, by: User) -> None:
    """Raises StaleVersion unless the caller saw the appeal as it is; a system need not."""
    if seen == appeal.version or (seen is None and not by.is_person):
        return
    before = appeal.history.filter(version=seen).order_by("pk").first() if seen else None
    message = "The appeal was changed after you opened it. Nothing of yours was saved."
    differences = (
        [
            {
                "label": "Status",
                "seen": AppealStatus(before.status).label,
                "current": AppealStatus(appeal.status).label,
                "yours": None,
            }
        ]
        if before is not None
        else []
    )
    raise StaleVersion(message, seen=seen, current=appeal.version, differences=differences)


def record(case: Case, verb: str, *, by: User, reason: str, **facts: Any) -> None:
    """What the case's audit chain keeps: states, keys and amounts, never the words of a letter."""
    audit.record(
        chain=f"case:{case.pk}",
        verb=verb,
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason.strip(),
        **facts,
    )
