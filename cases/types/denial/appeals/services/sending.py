"""Sending an appeal, what the payer answers, and how it ends."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from cases.evidence.models import Attachment
from cases.types.denial.appeals.lifecycle import AppealVerb, Outcome
from cases.types.denial.appeals.models import Appeal, Method, Packet, Submission
from cases.types.denial.appeals.services.changing import SYSTEM, change
from cases.types.denial.appeals.terms import Decided, Sent


class SubmissionRefused(DomainError):
    """It cannot have been sent so."""

    code = "submission_refused"


class OutcomeRefused(DomainError):
    """An outcome has evidence, and an amount that fits it."""

    code = "outcome_refused"


def keep_packet(
    *, appeal: Appeal, attachment: Attachment, pages: int, manifest: Mapping[str, Any], by: User
) -> Packet:
    """Note what was built for an appeal; the attachment holds the bytes."""
    return Packet.objects.create(
        appeal=appeal,
        attachment=attachment,
        sha256=attachment.sha256,
        pages=pages,
        manifest=dict(manifest),
        built_by=by,
    )


@transaction.atomic
def submit(
    *, appeal: Appeal, sent: Sent, by: User, today: date, seen_version: int | None
) -> Appeal:
    """Record that the attested packet was sent. Raises SubmissionRefused for a day to come.

    The packet's digest is kept with it; neither can be changed afterwards.
    """
    _require_past(sent.on, today)
    reason = f"Sent by {Method(sent.method).label.lower()} on {sent.on}"
    reason += f", confirmation {sent.confirmation}" if sent.confirmation else ""
    changed = change(
        appeal=appeal,
        verb=AppealVerb.SUBMIT,
        by=by,
        reason=reason,
        seen_version=seen_version,
        submitted_on=sent.on,
    )
    packet = changed.packet
    assert packet is not None  # the database demands one of what is ready
    Submission.objects.create(
        appeal=changed,
        packet=packet,
        packet_sha256=packet.sha256,
        method=sent.method,
        sent_on=sent.on,
        confirmation=sent.confirmation.strip(),
        submitted_by=by,
    )
    return changed


@transaction.atomic
def decide(
    *,
    appeal: Appeal,
    decided: Decided,
    by: User,
    reason: str,
    today: date,
    seen_version: int | None,
) -> Appeal:
    """Record how the payer decided, with its evidence. Raises OutcomeRefused, SubmissionRefused."""
    _require_past(decided.on, today)
    _require_evidence(appeal, decided)
    return change(
        appeal=appeal,
        verb=AppealVerb.DECIDE,
        by=by,
        reason=reason,
        seen_version=seen_version,
        outcome=decided.outcome,
        decided_on=decided.on,
        outcome_evidence=decided.letter,
        outcome_trace=decided.trace,
        amount_overturned=_overturned(appeal, decided),
    )


@transaction.atomic
def withdraw(
    *, appeal: Appeal, by: User, reason: str, today: date, seen_version: int | None
) -> Appeal:
    """Give an appeal up."""
    return change(
        appeal=appeal,
        verb=AppealVerb.WITHDRAW,
        by=by,
        reason=reason,
        seen_version=seen_version,
        outcome=Outcome.WITHDRAWN,
        decided_on=today,
    )


def _require_past(on: date, today: date) -> None:
    if on > today:
        message = "This day is still to come."
        raise SubmissionRefused(message)


def _require_evidence(appeal: Appeal, decided: Decided) -> None:
    if decided.outcome == Outcome.WITHDRAWN:
        message = "The payer does not withdraw our appeal; withdraw it instead."
        raise OutcomeRefused(message)
    if decided.letter is None and not decided.trace:
        message = "Attach the payer’s decision to the case first, then choose it here."
        raise OutcomeRefused(message)
    if decided.letter is not None and decided.letter.case_id != appeal.case_id:
        message = "This file is of another case."
        raise OutcomeRefused(message)


def _overturned(appeal: Appeal, decided: Decided) -> Decimal:
    disputed: Decimal = appeal.amount_disputed
    if decided.outcome == Outcome.OVERTURNED_FULL:
        return disputed
    if decided.outcome != Outcome.OVERTURNED_PARTIAL:
        return Decimal("0.00")
    given = decided.overturned
    if given is None or not Decimal(0) < given < disputed:
        message = f"Say how much the payer gave: less than {money(disputed, appeal.currency)}."
        raise OutcomeRefused(message)
    return given


def noted(
    *,
    appeal: Appeal,
    verb: AppealVerb,
    by: User,
    reason: str,
    seen_version: int | None,
    **said: Any,
) -> Appeal:
    """Note a step of the payer: acknowledged, taken up, or asking for more."""
    return change(appeal=appeal, verb=verb, by=by, reason=reason, seen_version=seen_version, **said)


@transaction.atomic
def hear(*, appeal: Appeal, decision: str) -> None:
    """Note that people were told of a later decision, so that they are told once."""
    locked = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    locked.told_of = decision
    by = system_actor(SYSTEM)
    save_because(locked, by=by, reason="A later decision was seen", fields=["told_of"])
