"""Policies, requests and what was done with them, delegations, limits."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.db import connection

from billing_portal.access.actor import system_actor
from billing_portal.kernel.models.history import save_because
from cases.approvals.asking import Ask
from cases.approvals.models import (
    ApprovalAct,
    ApprovalLimit,
    ApprovalRequest,
    Delegation,
    Policy,
    PolicyVersion,
)
from cases.approvals.sealing import Sealed, canonical, digest, standing_of
from cases.approvals.vocabulary import Act, Matter, RequestState
from tests.factories.base import REASON, Made
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import GroupFactory, MembershipFactory, PersonFactory


def step_content(*roles: str, mode: str = "any", n: int = 1, people=()) -> dict[str, Any]:
    """One step as a policy's content."""
    key = "-".join([*roles, *people])
    return {
        "key": key,
        "label": key,
        "mode": mode,
        "n": n,
        "roles": list(roles),
        "people": list(people),
    }


def policy_content(*steps: Mapping[str, Any], **content: Any) -> dict[str, Any]:
    """A write-off of any amount, by a lead unless steps are given."""
    return {
        "label": "Test policy",
        "matter": Matter.WRITE_OFF.value,
        "currency": "USD",
        "from_amount": "0.01",
        "to_amount": None,
        "facility": None,
        "payer_class": None,
        "facts": {},
        "steps": list(steps) or [step_content("team_lead")],
        "remind_after": 1,
        "escalate_after": 2,
        "manager_after": 4,
        "escalate_to": "rc_director",
        "fresh_from": None,
        "bulk_up_to": None,
        "citation": "",
        **content,
    }


def content_digest(content: Mapping[str, Any]) -> str:
    """The SHA-256 of a content as the database writes it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT encode(sha256(convert_to(%s::jsonb::text, 'UTF8')), 'hex')",
            [json.dumps(content)],
        )
        return str(cursor.fetchone()[0])


def sealed_text(request: Any) -> str:
    """What a request of the factory seals."""
    return canonical(
        Sealed(
            matter=Matter(request.matter),
            case=str(request.case.public_id),
            case_version=request.case.version,
            standing=standing_of(request.case),
            amount=request.amount,
            currency=request.currency,
            payee=None,
            accounts=(),
            evidence=(),
            policy=str(request.policy_version),
        )
    )


class PolicyVersionFactory(Made):
    """The first version of a policy that asks a lead."""

    class Meta:
        model = PolicyVersion

    policy = factory.Sequence(lambda n: f"test-policy-{n}")
    number = 1
    content = factory.LazyFunction(policy_content)
    matter = factory.LazyAttribute(lambda version: version.content["matter"])
    digest = factory.LazyAttribute(lambda version: content_digest(version.content))


class PolicyFactory(Made):
    """A policy in force. Its facts are so rare that no other request falls under it."""

    class Meta:
        model = Policy

    key = factory.Sequence(lambda n: f"policy-in-force-{n}")
    matter = Matter.WRITE_OFF
    current = factory.SubFactory(
        PolicyVersionFactory,
        policy=factory.SelfAttribute("..key"),
        content=factory.Sequence(lambda n: policy_content(facts={"test": str(n)})),
    )


class ApprovalLimitFactory(Made):
    """Somebody may approve a lot."""

    class Meta:
        model = ApprovalLimit

    person = factory.SubFactory(PersonFactory)
    max_amount = Decimal("1000000.00")


class DelegationFactory(Made):
    """Somebody is away in the first week of March 2026."""

    class Meta:
        model = Delegation

    giver = factory.SubFactory(PersonFactory)
    taker = factory.SubFactory(PersonFactory)
    starts_on = date(2026, 3, 1)
    ends_on = date(2026, 3, 7)
    reason = "Away"


class ApprovalRequestFactory(Made):
    """Somebody asks to write a case's amount off; a lead may decide. Nobody was told."""

    class Meta:
        model = ApprovalRequest

    reference = factory.Sequence(lambda n: f"AP-T{n:06}")
    case = factory.SubFactory(CaseFactory)
    matter = Matter.WRITE_OFF
    amount = factory.SelfAttribute("case.amount_at_risk")
    currency = factory.SelfAttribute("case.currency")
    tier_amount = factory.SelfAttribute("amount")
    policy_version = factory.SubFactory(PolicyVersionFactory)
    sealed = factory.LazyAttribute(sealed_text)
    digest = factory.LazyAttribute(lambda request: digest(request.sealed))
    seats = factory.LazyAttribute(lambda request: request.policy_version.terms.steps[0].seats)
    reason = "Uneconomic"
    requested_by = factory.SubFactory(PersonFactory)
    requested_at = OPENED
    step_since = OPENED


class ApprovalActFactory(Made):
    """Somebody asked for it."""

    class Meta:
        model = ApprovalAct

    request = factory.SubFactory(ApprovalRequestFactory)
    cycle = factory.SelfAttribute("request.cycle")
    act = Act.REQUEST
    person = factory.SelfAttribute("request.requested_by")
    digest = factory.SelfAttribute("request.digest")
    reason = "Asked for it"
    at = OPENED


class ApprovedRequestFactory(ApprovalRequestFactory):
    """A lead approved it; nothing is carried out yet."""

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        made = super()._create(model_class, *args, **kwargs)
        leads = Group.objects.filter(name="team_lead").first() or GroupFactory(name="team_lead")
        lead = MembershipFactory(group=leads).user
        ApprovalActFactory(request=made, act=Act.APPROVE, step=0, person=lead)
        made.state, made.decided_at, made.version = RequestState.APPROVED, OPENED, 2
        fields = ["state", "decided_at", "version"]
        save_because(made, by=system_actor("tests"), reason=REASON, fields=fields)
        return made


def ask_for(amount: str = "480.00", matter: Matter = Matter.WRITE_OFF, **fields: Any) -> Ask:
    """What somebody asks for."""
    return Ask(matter=matter, amount=Decimal(amount), currency="USD", **fields)
