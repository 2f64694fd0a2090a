"""What people say when a case was not theirs: written once, counted by rule and queue."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from billing_portal.accounts.models import User
from cases.routing.models import Misrouting, RoutingDecision
from cases.routing.vocabulary import NotOurs
from cases.work.models import Case
from cases.work.sets import any_id


@transaction.atomic
def misrouted(
    *, case: Case, from_queue_id: int, cause: NotOurs, by: User, at: datetime
) -> Misrouting:
    """Note why a case that has just been moved was not the other queue's.

    The rule named is the one that had sent it there; none when a person had.
    """
    [said] = misrouted_many(cases=[case], stood={case.pk: from_queue_id}, cause=cause, by=by, at=at)
    return said


@transaction.atomic
def misrouted_many(
    *, cases: Sequence[Case], stood: Mapping[int, int], cause: NotOurs, by: User, at: datetime
) -> list[Misrouting]:
    """Note of many cases what `misrouted` does of one; `stood` holds the queue of each before.

    Two statements for any number.
    """
    decisions = (
        RoutingDecision.objects.filter(case=any_id(case.pk for case in cases))
        .order_by("case", "queue", "-pk")
        .distinct("case", "queue")
    )
    sent = {(each.case_id, each.queue_id): each for each in decisions}
    said = []
    for case in cases:
        decision = sent.get((case.pk, stood[case.pk]))
        said.append(
            Misrouting(
                case=case,
                from_queue_id=stood[case.pk],
                to_queue_id=case.queue_id,
                cause=cause,
                rule_id=decision.rule_id if decision else None,
                rule_version=decision.rule_version if decision else None,
                said_by=by,
                said_at=at,
            )
        )
    return Misrouting.objects.bulk_create(said)


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
