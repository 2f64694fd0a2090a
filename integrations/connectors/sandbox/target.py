"""The sandbox ERP as a target: commands in, receipts out, over HTTP like any other system."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from urllib.parse import urlencode

from integrations.calling import Answer, ask
from integrations.ports.commands import (
    Command,
    CommandKind,
    EntryFact,
    EntryLine,
    NotReached,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    TargetSettings,
    encode,
)


class SandboxTarget:
    """Posts to the sandbox ERP. It has idempotency keys, and confirms what it takes at once."""

    key: ClassVar[str] = "sandbox"
    label: ClassVar[str] = "Sandbox ERP"

    def send(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt:
        """Enter a command. Raises TargetFailure."""
        answer = ask(
            "POST",
            "commands",
            settings=settings,
            body=json.loads(encode(command)),
            headers={"Idempotency-Key": key, **let_in(settings)},
        )
        if answer.status == 422:
            raise Refused(str(answer.body["code"]), str(answer.body["words"]))
        return receipt(good(answer).body)

    def find(self, command: Command, *, key: str, settings: TargetSettings) -> Receipt | None:
        """The document of our key. Raises TargetFailure."""
        path = f"documents/{key}"
        body = good(ask("GET", path, settings=settings, headers=let_in(settings))).body
        try:
            held = body["document"]
        except (KeyError, TypeError):
            raise OutcomeUnknown("Its answer says nothing of a document.") from None
        return receipt(held) if held else None

    def entries(self, since: datetime, *, settings: TargetSettings) -> Iterator[EntryFact]:
        """All documents since then, a page at a time. Raises TargetFailure."""
        asked = {"since": since.astimezone(UTC).isoformat(timespec="milliseconds"), "after": 0}
        while True:
            path = f"entries?{urlencode(asked)}"
            page = good(ask("GET", path, settings=settings, headers=let_in(settings))).body
            yield from map(entry, page["entries"])
            if not page["entries"]:
                return
            asked["after"] = page["entries"][-1]["id"]


def let_in(settings: TargetSettings) -> dict[str, str]:
    """The secret, if there is one."""
    return {"Authorization": f"Bearer {settings.secret}"} if settings.secret else {}


def good(answer: Answer) -> Answer:
    """An answer that is none of an error. Raises NotReached: what refuses the call applies none."""
    if not answer.is_good:
        raise NotReached(f"It refused the call with status {answer.status}.")
    return answer


def receipt(said: Any) -> Receipt:
    """What it says of a document. Raises OutcomeUnknown when that cannot be read."""
    try:
        return Receipt(str(said["reference"]), ReceiptState(said["state"]), Decimal(said["total"]))
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise OutcomeUnknown("Its answer is no receipt.") from None


def entry(said: dict[str, Any]) -> EntryFact:
    """One document as it lists them."""
    return EntryFact(
        kind=CommandKind(said["kind"]),
        key=said["key"],
        reference=said["reference"],
        state=ReceiptState(said["state"]),
        entered_at=datetime.fromisoformat(said["entered_at"]),
        posted_on=date.fromisoformat(said["posted_on"]) if said["posted_on"] else None,
        currency=said["currency"],
        total=Decimal(said["total"]),
        lines=tuple(
            EntryLine(line["account"], Decimal(line["debit"]), Decimal(line["credit"]))
            for line in said["lines"]
        ),
    )
