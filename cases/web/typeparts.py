"""What the page of a case shows of its type alone: one function and one template a type."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse

from billing_portal.accounts.models import User
from cases.effects.models import Effect
from cases.types.deposit_variance.vocabulary import KEY as DEPOSIT_VARIANCE
from cases.types.emergency_access.vocabulary import KEY as EMERGENCY_ACCESS
from cases.types.invoice_exception.detect import KEY as INVOICE_EXCEPTION
from cases.types.payment_variance.vocabulary import KEY as PAYMENT_VARIANCE
from cases.types.posting_failure.actions import message_of
from cases.types.posting_failure.vocabulary import KEY as POSTING_FAILURE
from cases.types.refund.detect import KEY as REFUND
from cases.types.small_balance.vocabulary import KEY as SMALL_BALANCE
from cases.web.balancepage import small_balances
from cases.web.caseparts import decimal_of
from cases.web.creditpage import credit
from cases.web.emergencypage import emergency_access
from cases.web.invoicepage import invoice_part
from cases.web.presenters import shown_money, shown_time
from cases.web.verbmenu import button, reversal_of
from cases.work.models import Case
from cases.work.visibility import may_work


@dataclass(frozen=True, slots=True)
class Part:
    """A template, and what it shows."""

    template: str
    shown: Mapping[str, Any]


def part_of(case: Case, *, reader: User) -> Part | None:
    """What the type of a case shows; None: nothing of its own."""
    if case.case_type not in PARTS:
        return None
    return Part(f"cases/types/{case.case_type}.html", PARTS[case.case_type](case, reader))


def posting_failure(case: Case, reader: User) -> Mapping[str, Any]:
    """What was sent, what the ledger says, and the way to send it again."""
    details, message = case.details, message_of(case)
    effect = effect_of(details["event_key"]) if message else None
    is_waiting = message is not None and message.waits_for_a_person
    theirs = details["theirs"]
    return {
        "details": details,
        "ours": shown_money(decimal_of(details["ours"]), case.currency),
        "theirs": None if theirs is None else shown_money(decimal_of(theirs), case.currency),
        "state": message.get_state_display() if message else "",
        "tries": tries_of(message),
        "journal": getattr(effect, "journal", None),
        "lines": lines_of(effect, case),
        "source": source_of(effect, reader),
        "reverse": reversal_of(effect.case, reader=reader) if effect else None,
        "replay": button("replay", case, has_key=False)
        if is_waiting and may_work(reader, queue_id=case.queue_id)
        else None,
    }


def payment_variance(case: Case, _reader: User) -> Mapping[str, Any]:
    """The lines beside what the contract allows for them."""

    def shown(text: str) -> str:
        return shown_money(decimal_of(text), case.currency)

    amounts = ("charge", "withheld", "allowed", "short")
    return {
        "short": shown(case.details["short"]),
        "lines": [
            (line["code"], *(shown(line[name]) for name in amounts), line["citation"])
            for line in case.details["lines"]
        ],
    }


def deposit_variance(case: Case, _reader: User) -> Mapping[str, Any]:
    """What the remittance says beside what the bank received."""
    remitted, deposited = (decimal_of(case.details[name]) for name in ("remitted", "deposited"))
    return {
        "details": case.details,
        "remitted": shown_money(remitted, case.currency),
        "deposited": shown_money(deposited, case.currency),
        "apart": shown_money(abs(remitted - deposited), case.currency),
    }


def effect_of(event_key: str) -> Effect | None:
    """The effect that is known under a key."""
    held = Effect.objects.filter(event_key=UUID(event_key)).select_related("case", "journal")
    return held.first()


def tries_of(message: Any) -> list[tuple[str, str, str]]:
    """When it was tried, what came of it, in which words; the newest first."""
    if message is None:
        return []
    return [
        (
            shown_time(each.at),
            f"{each.get_act_display()}: {each.get_answer_display()}",
            each.words,
        )
        for each in message.tries.order_by("-pk")[:10]
    ]


def lines_of(effect: Effect | None, case: Case) -> list[tuple[str, str, str]]:
    """The sides of a journal: account, debit, credit."""
    journal = getattr(effect, "journal", None)
    if journal is None:
        return []
    return [
        (
            str(line.account),
            shown_money(line.debit, case.currency) if line.debit else "",
            shown_money(line.credit, case.currency) if line.credit else "",
        )
        for line in journal.lines.select_related("account").order_by("position")
    ]


def source_of(effect: Effect | None, reader: User) -> tuple[str, str, str] | None:
    """The case that was decided, its address if the reader may see it, and its request."""
    if effect is None:
        return None
    is_seen = Case.objects.visible_to(reader).filter(pk=effect.case_id).exists()
    url = reverse("cases:case", args=[effect.case.public_id]) if is_seen else ""
    return effect.case.reference, url, effect.request_reference


def invoice_exception(case: Case, reader: User) -> Mapping[str, Any]:
    """What holds the invoice, and its lines beside their orders."""
    return {"invoice": invoice_part(case, reader=reader)}


PARTS: dict[str, Callable[[Case, User], Mapping[str, Any]]] = {
    DEPOSIT_VARIANCE: deposit_variance,
    PAYMENT_VARIANCE: payment_variance,
    POSTING_FAILURE: posting_failure,
    REFUND: credit,
    INVOICE_EXCEPTION: invoice_exception,
    SMALL_BALANCE: small_balances,
    EMERGENCY_ACCESS: emergency_access,
}
