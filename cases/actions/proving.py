"""Proving each night that nobody could move money alone, and telling when somebody could."""

from datetime import datetime

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.access.roles import SEE_AUDIT
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from cases.approvals.apart import Danger, dangers
from cases.notices.services import Message, notify_many
from cases.notices.vocabulary import MessageKind

ACTOR = "approvals"
CHAIN = "config:duties"
PROVED = "Looked at everybody's effective rights"
WHY = "You answer for who may do what."


@transaction.atomic
def prove_apart(*, at: datetime) -> list[Danger]:
    """Look at everybody's effective rights, record what was found, and tell those who answer.

    The record names accounts and paths, also when there is nothing; people are told of each once.
    """
    found = dangers(at=at)
    audit.record(
        chain=CHAIN,
        verb="duties.proved",
        subject="duties",
        by=system_actor(ACTOR),
        reason=PROVED,
        found=[{"accounts": list(each.accounts), "path": each.path} for each in found],
    )
    codename = SEE_AUDIT.partition(".")[2]
    people = User.objects.filter(groups__permissions__codename=codename, is_active=True)
    answering = list(people.distinct().order_by("pk").values_list("pk", flat=True))
    notify_many(
        drafts=[
            Message(
                user_id=person,
                kind=MessageKind.APPROVAL,
                key=f"alone:{each.key}",
                text=f"{each.name} could move money alone: {each.path}.",
                why=WHY,
                url_name="cases:alone",
            )
            for each in found
            for person in answering
        ]
    )
    return found
