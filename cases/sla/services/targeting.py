"""The only writer of targets."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import delete_because
from billing_portal.kernel.models.versions import write_version
from cases.sla.models import Target

Key = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One target as it is to stand."""

    queue_id: int
    case_type: str
    clock: str
    amount: int
    unit: str
    counts_in: str
    pauses_for_payer: bool
    pauses_for_info: bool
    pauses_when_deferred: bool
    pause_cap: int

    @property
    def key(self) -> Key:
        """There is one for a queue, case type and clock."""
        return self.queue_id, self.case_type, self.clock


@transaction.atomic
def replace_targets(*, wanted: Sequence[TargetRow], by: User, reason: str) -> int:
    """Let the targets be these; each that changes gets its next version and history.

    Clocks that run keep the terms they started with. Locks the targets. Returns how many changed.
    """
    rows = Target.objects.select_for_update(of=("self",)).order_by("pk")
    held: dict[Key, Target] = {(row.queue_id, row.case_type, row.clock): row for row in rows}
    changed = 0
    for row in wanted:
        old = held.pop(row.key, None)
        changed += write_version(old, asdict(row), model=Target, by=by, reason=reason)
    for gone in held.values():
        delete_because(gone, by=by, reason=reason)
    return changed + len(held)
