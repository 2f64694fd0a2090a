"""People who ask for approval and decide: every role sees a case's queue and site."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import grant
from billing_portal.access.services import join, sync_roles
from billing_portal.accounts.models import User
from cases.actions import approving
from cases.approvals.models import ApprovalRequest
from cases.approvals.services import Verdict
from cases.approvals.vocabulary import MONEYLESS, Act, Matter
from cases.effects.kinds import EffectKind
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from tests.factories.approvals import ask_for
from tests.factories.base import REASON
from tests.factories.cases import OPENED
from tests.factories.people import PersonFactory

HOUR = timedelta(hours=1)
ROLES = (
    "denial_specialist",
    "team_lead",
    "queue_supervisor",
    "rc_manager",
    "rc_director",
    "controller",
    "treasury",
    "cfo",
    "compliance_officer",
    "ap_supervisor",
)
Somebody = Callable[..., User]
INSERT = """
INSERT INTO cases_approvalact (request_id, cycle, step, act, person_id, human, for_person_id,
    for_human, seats, digest, reason, at)
VALUES (%s, %s, %s, %s, %s, '', %s, '', '{}', %s, 'By SQL alone', %s)
"""


def carrying_out(plan: Any = lambda _decided: ()) -> dict[str, EffectKind]:
    """Effects for every matter of money, which book nothing unless a plan is given."""
    return {
        matter.value: EffectKind(matter.value, matter.label, plan, Disposition.WRITTEN_OFF)
        for matter in set(Matter) - MONEYLESS
    }


def approvers(case: Case) -> Somebody:
    """Makes people who hold roles, see the case and may work it."""
    sync_roles()
    by = system_actor("tests")
    for role in ROLES:
        group = Group.objects.get(name=role)
        grant(group=group, codename="view_facility", on=case.facility, by=by, reason=REASON)
        for codename in ("view_queue", "work_queue"):
            grant(group=group, codename=codename, on=case.queue, by=by, reason=REASON)

    def make(*roles: str, **fields: Any) -> User:
        person = PersonFactory(**fields)
        for role in roles:
            join(user=person, group=Group.objects.get(name=role), by=by, reason=REASON)
        return User.objects.get(pk=person.pk)

    return make


def asked(case: Case, by: User, amount: str = "480.00", **fields: Any) -> ApprovalRequest:
    """Somebody asks for approval, by default to write $480 off."""
    return approving.request(
        case=case,
        ask=ask_for(amount, **fields),
        by=by,
        reason="Uneconomic",
        at=OPENED,
        seen_version=case.version,
    )


def decided(
    approval: ApprovalRequest,
    by: User,
    act: Act = Act.APPROVE,
    *,
    at: Any = OPENED + HOUR,
    **fields: Any,
) -> ApprovalRequest:
    """Somebody decides on a request as it is, seen afresh."""
    seen = ApprovalRequest.objects.get(pk=approval.pk)
    why = fields.pop("reason", "Looked at it")
    verdict = Verdict(act, why, seen.version, seen.digest, **fields)
    return approving.decide(approval=seen, verdict=verdict, by=by, at=at)


def decided_by_sql(
    approval: ApprovalRequest,
    person: User,
    *,
    act: Act = Act.APPROVE,
    speaker: User | None = None,
    **changed: Any,
) -> None:
    """Write a decision without any of the house's code."""
    given = {
        "cycle": approval.cycle,
        "step": approval.step,
        "digest": approval.digest,
        "at": OPENED + HOUR,
    } | changed
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            INSERT,
            [
                approval.pk,
                given["cycle"],
                given["step"],
                act,
                person.pk,
                speaker.pk if speaker else None,
                given["digest"],
                given["at"],
            ],
        )
