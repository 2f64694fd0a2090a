"""What people say when a case was not theirs: written once, counted by rule and queue."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from billing_portal.accounts.models import User
from cases.routing.models import Misrouting, RoutingDecision
from cases.routing.vocabulary import NotOurs
from cases.work.models import Case


@transaction.atomic
def misrouted(
    *, case: Case, from_queue_id: int, cause: NotOurs, by: User, at: datetime
) -> Misrouting:
    """Note why a case that has just been moved was not the other queue's.

    The rule named is the one that had sent it there; none when a person had.
    """
    sent = RoutingDecision.objects.filter(case=case, queue=from_queue_id).order_by("-pk").first()
    return Misrouting.objects.create(
        case=case,
        from_queue_id=from_queue_id,
        to_queue_id=case.queue_id,
        cause=cause,
        rule_id=sent.rule_id if sent else None,
        rule_version=sent.rule_version if sent else None,
        said_by=by,
        said_at=at,
    )


def misroutings_by_rule(*, since: datetime) -> Mapping[tuple[int | None, str, int], int]:
    """How often since a time people moved what a rule had sent: by rule, cause and queue moved to.

    None stands for cases that no rule had sent.
    """
    rows = (
        Misrouting.objects.filter(said_at__gte=since)
        .order_by()
        .values_list("rule", "cause", "to_queue")
        .annotate(times=Count("pk"))
    )
    return {(rule, cause, queue): times for rule, cause, queue, times in rows}
