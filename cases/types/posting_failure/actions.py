"""What people and the night do about what was not posted: send it again, compare."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import reconciling
from cases.actions.opening import Written, open_many
from cases.effects.models.journals import KEY as OURS
from cases.types.posting_failure.detect import findings
from cases.types.posting_failure.vocabulary import KEY, Cause
from cases.work import services as work
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from cases.work.visibility import require_work
from integrations.outbox import services as outbox
from integrations.outbox.models import OutboxMessage


class NothingToReplay(DomainError):
    """The case is about nothing that we sent."""

    code = "nothing_to_replay"


@transaction.atomic
def replay(*, case: Case, by: User, reason: str, at: datetime, seen_version: int) -> Case:
    """Send again what was not posted, under the key it had: it is never posted twice.

    The case closes by itself when the ledger confirms it. Locks the case, then the message. Raises
    CaseNotFound, MayNotWork, StaleVersion, TextMissing, NothingToReplay, MessageNotWaiting.
    """
    locked = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    require_work(by, locked)
    work.require_version(locked, work.Wanted(locked.pk, reason, seen_version=seen_version), by=by)
    message = message_of(locked)
    if message is None:
        raise NothingToReplay("Nothing that we sent stands behind this case.")
    work.note(case=locked, by=by, text=f"Sent again: {reason}" if reason.strip() else "")
    outbox.replay(message=message, by=by, reason=reason.strip(), at=at)
    return locked


def message_of(case: Case) -> OutboxMessage | None:
    """The message that a posting failure is about; None for what is not ours."""
    key = case.details.get("event_key", "") if case.case_type == KEY else ""
    if not OURS.fullmatch(key):
        return None
    found = OutboxMessage.objects.filter(event_key=UUID(key)).select_related("destination")
    return found.first()


def reconcile(*, at: datetime) -> list[Written]:
    """Compare our effects with every ledger; let the cases be as the comparison says.

    The ledgers are asked outside of any transaction. What differed and agrees now is closed; what
    nobody settled is compared however old it is.
    """
    before = Case.objects.filter(
        case_type=KEY, code=Cause.DIFFERENCE.upper(), status__in=sorted(OPEN)
    )
    known = dict(before.values_list("details__event_key", "opened_at"))
    oldest = min(known.values(), default=None)
    keys = {each.key for each in reconciling.differences(at=at, oldest=oldest)} | set(known)
    return open_many(findings=findings(dict.fromkeys(keys, current_id())), at=at)
