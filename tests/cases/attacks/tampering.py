"""Other ways than deciding: bending rows, Set-up, and verbs that lead round a decision."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving, delegating, posting
from cases.approvals.models import (
    ApprovalAct,
    ApprovalLimit,
    ApprovalRequest,
    Delegation,
    PolicyVersion,
)
from cases.approvals.saying import Scope, Verdict
from cases.approvals.vocabulary import Act
from cases.effects.models import Effect
from cases.work.models import Case
from integrations.outbox.models import OutboxMessage
from tests.cases.attacks.cast import Cast, Hand
from tests.cases.attacks.doors import API, WHY, answer_of, stopped
from tests.factories.approvers import decided_by_sql

Attempt = Callable[[Cast, ApprovalRequest], str]

BENT = (
    "amount = amount + 0.01",
    "amount = amount + 0.01, tier_amount = tier_amount + 0.01",
    "tier_amount = tier_amount + 1",
    "currency = 'EUR'",
    "sealed = sealed || ' ', digest = encode(sha256(convert_to(sealed || ' ', 'UTF8')), 'hex')",
    "digest = repeat('0', 64)",
    "reference = reference || 'X'",
    "step = step + 1",
    "cycle = cycle + 1",
    "seats = '{role:coder}'",
    "requested_by_id = requested_by_id + 1",
    "policy_version_id = policy_version_id - 1",
    "state = 'approved', decided_at = now(), tell_at = NULL, due_at = NULL, version = version + 1",
    "state = 'withdrawn', decided_at = now(), tell_at = NULL, due_at = NULL, version = version + 1",
)
STATEMENTS = (
    "DELETE FROM cases_approvalrequest WHERE id = {id}",
    "DELETE FROM cases_approvalact WHERE request_id = {id}",
    "UPDATE cases_approvalact SET human = 'user:0' WHERE request_id = {id}",
    "UPDATE cases_approvalact SET person_id = person_id + 1 WHERE request_id = {id}",
    "UPDATE cases_case SET amount_at_risk = amount_at_risk + 0.01 WHERE id = {case}",
    "UPDATE cases_policyversion SET content = content || '{\"steps\": []}'",
    "UPDATE cases_policy SET current_id = NULL",
    "UPDATE cases_approvallimit SET max_amount = 999999999",
    "DELETE FROM cases_approvallimit",
    "UPDATE cases_delegation SET ends_on = '2999-12-31', revoked_at = NULL",
    "UPDATE accounts_user SET staff_number = '' WHERE staff_number <> ''",
    "DELETE FROM accounts_membership",
    "UPDATE cases_effect SET amount = amount + 0.01",
    "DELETE FROM cases_effect",
    "UPDATE cases_journal SET total = total + 0.01",
    "UPDATE cases_journalline SET debit = debit * 2, credit = credit * 2",
    "UPDATE integrations_outboxmessage SET payload = payload || ' '",
    "UPDATE integrations_outboxmessage SET total = 1, payload = replace(payload, 'payer-', 'my-')",
    "UPDATE integrations_outboxmessage SET total = total + 0.01",
    "UPDATE integrations_outboxmessage SET event_key = gen_random_uuid()",
    "DELETE FROM integrations_outboxmessage",
    "DELETE FROM audit_event",
    "UPDATE audit_event SET actor_id = actor_id + 1",
)
EFFECT = """
INSERT INTO cases_effect (case_id, kind, event, version, event_key, amount, currency,
    request_reference, digest, reason, made_by_id, decided_at)
SELECT case_id, matter, 'made up', 99, gen_random_uuid(), amount + {more}, currency, {named},
    digest, 'By SQL alone', requested_by_id, now()
FROM cases_approvalrequest WHERE id = {id}
"""
MADE_UP = (
    EFFECT.replace("{more}", "0.01").replace("{named}", "reference"),
    EFFECT.replace("{more}", "0").replace("{named}", "'AP-000000'"),
)


def by_sql(statement: str) -> Attempt:
    """One statement of somebody who is at the database."""

    def attempt(cast: Cast, approval: ApprovalRequest) -> str:
        keys = {"{id}": approval.pk, "{case}": approval.case_id}
        words = statement
        for place, key in keys.items():
            words = words.replace(place, str(key))
        return stopped(lambda: connection.cursor().execute(words))

    return attempt


def by_orm(work: Callable[[ApprovalRequest], Any]) -> Attempt:
    """One line of Python past every service."""
    return lambda cast, approval: stopped(lambda: work(approval))


def saved(approval: ApprovalRequest) -> None:
    """A cent more, saved as any model is."""
    held = ApprovalRequest.objects.get(pk=approval.pk)
    held.amount += Decimal("0.01")
    held.save()


def saved_with_history(approval: ApprovalRequest) -> None:
    """A cent more, with all that a change of ours leaves behind."""
    held = ApprovalRequest.objects.get(pk=approval.pk)
    held.amount, held.version = held.amount + Decimal("0.01"), held.version + 1
    save_because(held, by=system_actor("tests"), reason="A cent more", fields=["amount", "version"])


BY_ORM: tuple[Callable[[ApprovalRequest], Any], ...] = (
    saved,
    saved_with_history,
    lambda held: ApprovalRequest.objects.filter(pk=held.pk).update(verdict="Approved"),
    lambda held: ApprovalRequest.objects.get(pk=held.pk).delete(),
    lambda held: held.acts.all().delete(),
    lambda held: ApprovalAct.objects.filter(request=held).update(act="prepare"),
    lambda held: PolicyVersion.objects.filter(pk=held.policy_version_id).update(content={}),
    lambda held: ApprovalLimit.objects.update(max_amount=1),
    lambda held: Delegation.objects.update(revoked_at=None),
    lambda held: Case.objects.filter(pk=held.case_id).update(amount_at_risk=1),
    lambda held: Effect.objects.update(amount=1),
    lambda held: OutboxMessage.objects.update(payload="{}"),
)


def answered(work: Callable[[], Any]) -> str:
    """The code of a refusal by our own code."""
    try:
        with transaction.atomic():
            work()
    except DomainError as refusal:
        return refusal.code
    return "done"


def carried_out_by_hand(cast: Cast, approval: ApprovalRequest) -> str:
    """Booked without a decision, with approvers made up."""
    decided = replace(
        approving.decided_of(approval, at=timezone.now()),
        preparers={cast.asker.user.pk},
        approvers={cast.spare.user.pk, cast.chief.user.pk},
    )

    def work() -> None:
        posting.carry_out(
            case=approval.case,
            decided=decided,
            digest=approval.digest,
            found=lambda _case: approval.digest,
            by=cast.asker.user,
            at=timezone.now(),
        )

    came: list[str] = []
    rule = stopped(lambda: came.append(answered(work)))
    return rule if rule != "done" else came[0]


def a_cent_more(cast: Cast, approval: ApprovalRequest) -> str:
    """The case is changed past every service, and approved at once; then all is undone."""
    came = []
    with transaction.atomic():
        case = Case.objects.get(pk=approval.case_id)
        case.amount_at_risk, case.version = case.amount_at_risk + Decimal("0.01"), case.version + 1
        fields = ["amount_at_risk", "version"]
        save_because(case, by=system_actor("tests"), reason="A cent more", fields=fields)
        verdict = Verdict(Act.APPROVE, WHY, approval.version, approval.digest)
        who = {"by": cast.spare.user, "at": timezone.now()}
        came.append(answered(lambda: approving.decide(approval=approval, verdict=verdict, **who)))
        came.append(stopped(lambda: decided_by_sql(approval, cast.spare.user, at=timezone.now())))
        transaction.set_rollback(True)
    return "done" if "done" in came else " ".join(came)


def lent_and_used(cast: Cast, approval: ApprovalRequest) -> str:
    """A maker lets somebody stand in, who tries at once."""
    today = house_day(timezone.now()).isoformat()
    given = {"taker": cast.pawn.user.pk, "starts_on": today, "ends_on": today, "reason": "Away"}
    made = cast.asker.page.post("/approvals/delegations/", given)
    assert made.status_code == 302
    held = Delegation.objects.get(giver=cast.asker.user, taker=cast.pawn.user, revoked_at=None)
    ticket = {
        "seen_version": approval.version,
        "seen_digest": approval.digest,
        "acting_for": cast.asker.user.pk,
    }
    answer = cast.pawn.page.post(f"/approvals/{approval.public_id}/approve/", ticket)
    cast.asker.page.post(f"/approvals/delegations/{held.pk}/end/", {"seen_version": 1})
    return answer_of(answer)


def took_a_voice(cast: Cast, approval: ApprovalRequest) -> str:
    """Somebody makes themselves another's delegate."""
    today = house_day(timezone.now())
    return answered(
        lambda: delegating.delegate(
            giver=cast.spare.user,
            taker=cast.pawn.user,
            scope=Scope(starts_on=today, ends_on=today),
            by=cast.pawn.user,
            reason="For me",
            at=timezone.now(),
        )
    )


def on_page(hand: str, path: str, **fields: Any) -> Attempt:
    """A form of the portal that leads round the decision."""

    def attempt(cast: Cast, approval: ApprovalRequest) -> str:
        who: Hand = getattr(cast, hand)
        address = path.format(approval=approval.public_id, case=approval.case.public_id)
        case = Case.objects.get(pk=approval.case_id)
        seen = {"seen_version": approval.version if "approvals" in path else case.version}
        given = {"reason": WHY, "seen_digest": approval.digest, "to": cast.pawn.user.pk}
        return answer_of(who.page.post(address, seen | given | fields))

    return attempt


def by_call(hand: str, verb: str) -> Attempt:
    """The same by the API."""

    def attempt(cast: Cast, approval: ApprovalRequest) -> str:
        cache.clear()
        who: Hand = getattr(cast, hand)
        given = {"reason": WHY, "version": approval.version, "to": cast.pawn.user.username}
        return answer_of(who.token.post(f"{API}{approval.public_id}/{verb}/", given, format="json"))

    return attempt


VERBS: tuple[Attempt, ...] = (
    lent_and_used,
    took_a_voice,
    *(on_page("spare", f"/approvals/{{approval}}/{verb}/") for verb in ("withdraw", "answer")),
    *(by_call("spare", verb) for verb in ("withdraw", "resubmit")),
    *(on_page(who, "/approvals/{approval}/forward/") for who in ("asker", "pawn", "chief")),
    *(by_call(who, "forward") for who in ("asker", "pawn", "spare")),
    *(on_page(who, "/cases/{case}/undo/") for who in ("asker", "chief")),
    on_page("asker", "/cases/{case}/resolve/", disposition="written_off"),
    on_page("asker", "/cases/{case}/ways/write_off/"),
)

MODELS = {
    "cases": (
        "case",
        "approvalrequest",
        "approvalact",
        "approvallimit",
        "delegation",
        "policy",
        "policyversion",
        "effect",
        "journal",
        "journalline",
        "ledgerdifference",
    ),
    "integrations": ("outboxmessage", "attempt"),
    "audit": ("auditevent",),
}


def in_set_up(address: str, given: dict[str, Any]) -> Attempt:
    """What a superuser sends to Set-up."""

    def attempt(cast: Cast, approval: ApprovalRequest) -> str:
        given_ids = {"approvalrequest": approval.pk, "case": approval.case_id}
        key = next((pk for name, pk in given_ids.items() if f"/{name}/" in address), 1)
        return answer_of(
            cast.root.page.post(address.format(pk=key), given | {"_selected_action": key})
        )

    return attempt


def set_up() -> Iterator[Attempt]:
    """Adding, changing, deleting, and every list's actions, of every table that money rests on."""
    bent = {"amount": "1.00", "amount_at_risk": "1.00", "state": "approved", "status": "resolved"}
    reason = {"change_reason": "For a test"}
    for app, models in MODELS.items():
        for model in models:
            for part in ("add/", "{pk}/change/"):
                yield in_set_up(f"/admin/{app}/{model}/{part}", bent | reason)
            yield in_set_up(f"/admin/{app}/{model}/{{pk}}/delete/", {"post": "yes"} | reason)
            for action in ("delete_selected", "approve", "replay"):
                given = {"action": action, "post": "yes", "index": "0"} | reason
                yield in_set_up(f"/admin/{app}/{model}/", given)


ROUND_ABOUT: dict[str, tuple[Attempt, ...]] = {
    "bent by SQL": tuple(
        by_sql(f"UPDATE cases_approvalrequest SET {each} WHERE id = {{id}}") for each in BENT
    ),
    "written by SQL": tuple(map(by_sql, STATEMENTS)),
    "made up": (*map(by_sql, MADE_UP), carried_out_by_hand),
    "past the services": (*map(by_orm, BY_ORM), a_cent_more),
    "another verb": VERBS,
    "Set-up": tuple(set_up()),
}
