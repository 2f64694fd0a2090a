"""What an approved emergency does: for some hours its asker works one queue of one site."""

from datetime import timedelta

from billing_portal.access import emergency
from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter
from cases.effects.kinds import Decided, EffectKind, nothing_booked
from cases.work.models import Queue
from integrations.canonical.models import Facility


def open_up(decided: Decided, by: User) -> None:
    """Open the queue and the site, from the decision on, for the hours that were sealed."""
    asked = ApprovalRequest.objects.select_related("requested_by").get(
        reference=decided.request_reference
    )
    queue = Queue.objects.get(key=decided.facts["queue"])
    facility = Facility.objects.get(key=decided.facts["facility"])
    emergency.begin(
        user=asked.requested_by,
        things=[(queue, "view_queue"), (queue, "work_queue"), (facility, "view_facility")],
        reference=asked.reference,
        by=by,
        reason=f"{asked}: {asked.reason}",
        begins_at=decided.decided_at,
        ends_at=decided.decided_at + timedelta(hours=int(decided.facts["hours"])),
    )


EFFECTS = (
    EffectKind(
        key=Matter.BREAK_GLASS,
        label=Matter.BREAK_GLASS.label,
        plan=nothing_booked,
        disposition=None,
        settle=open_up,
    ),
)
