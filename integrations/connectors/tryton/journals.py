"""Journals are moves: entered as a draft, posted in a second step, numbered then.

A draft that Tryton refuses to post is taken away again: a refusal leaves nothing.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal

from billing_portal.kernel.pure.money import ZERO
from integrations.connectors.tryton.keys import key_in, marked, under
from integrations.connectors.tryton.rest import Books, Record
from integrations.ports.commands import (
    CommandKind,
    EntryFact,
    EntryLine,
    PostJournal,
    Receipt,
    ReceiptState,
    Refused,
    TargetFailure,
)

MOVE = "account.move"
FIELDS = (
    "number",
    "state",
    "date",
    "description",
    "create_date",
    "company.currency.code",
    "lines.debit",
    "lines.credit",
    "lines.account.code",
)
STATES = {"draft": ReceiptState.DRAFT, "posted": ReceiptState.CONFIRMED}


def post(command: PostJournal, *, key: str, books: Books) -> Receipt:
    """Enter and post a journal, or post its draft. Raises TargetFailure."""
    held = moves(key, books)
    if any(is_posted(move) for move in held):
        return receipt(held)
    draft = held[0] if held else enter(command, key=key, books=books)
    if not says(draft, command):
        raise Refused("draft_differs", "The draft under our key is not what was decided.")
    try:
        return receipt([books.act(MOVE, draft["id"], "post", FIELDS)])
    except Refused:
        with suppress(TargetFailure):  # a draft that stays is finished or refused by the next try
            books.delete(MOVE, draft["id"])
        raise


def find(key: str, *, books: Books) -> Receipt | None:
    """What stands under our key. Raises NotReached, Throttled."""
    held = moves(key, books)
    return receipt(held) if held else None


def entries(since: datetime, *, books: Books) -> Iterator[EntryFact]:
    """Every move of the company since then. Raises NotReached, Throttled."""
    domain = [["company", "=", books.company], ["create_date", ">=", since]]
    return map(entry, books.pages(MOVE, domain, FIELDS))


def moves(key: str, books: Books) -> list[Record]:
    """The moves under our key: one, if all went well."""
    ours = [["company", "=", books.company], *under(key, "description")]
    return books.search(MOVE, ours, FIELDS)


def enter(command: PostJournal, *, key: str, books: Books) -> Record:
    """A draft of a journal. Raises TargetFailure."""
    values = {
        "company": books.company,
        "journal": journal(books),
        "period": period(command, books),
        "date": command.posting_on,
        "description": marked(key, command.description),
        "lines": [["create", lines(command, books)]],
    }
    return books.create(MOVE, values, FIELDS)


def journal(books: Books) -> int:
    """The journal of the settings. Raises Refused when Tryton has none of this code."""
    code = books.option("journal")
    found = books.search("account.journal", [["code", "=", code]], ["code"])
    if not found:
        raise Refused("unknown_journal", f"There is no journal {code}.")
    return int(found[0]["id"])


def period(command: PostJournal, books: Books) -> int:
    """The open period of the posting day. Raises Refused: none, a closed one, other money."""
    domain = [
        ["company", "=", books.company],
        ["type", "=", "standard"],
        ["start_date", "<=", command.posting_on],
        ["end_date", ">=", command.posting_on],
    ]
    found = books.search("account.period", domain, ["name", "state", "company.currency.code"])
    if not found:
        raise Refused("no_period", f"There is no period for {command.posting_on}.")
    if found[0]["state"] != "open":
        raise Refused("period_closed", f"The period {found[0]['name']} is closed.")
    kept_in = found[0]["company"]["currency"]["code"]
    if kept_in != command.currency:
        raise Refused("other_currency", f"The books are kept in {kept_in}.")
    return int(found[0]["id"])


def lines(command: PostJournal, books: Books) -> list[Record]:
    """The lines, to Tryton's numbers of their accounts. Raises Refused for an unknown one."""
    codes = sorted({line.account for line in command.lines})
    domain = [["company", "=", books.company], ["code", "in", codes]]
    known = {each["code"]: each["id"] for each in books.search("account.account", domain, ["code"])}
    if missing := [code for code in codes if code not in known]:
        raise Refused("unknown_account", f"There is no account {', '.join(missing)}.")
    return [
        {
            "account": known[line.account],
            "debit": line.debit,
            "credit": line.credit,
            "description": line.text,
        }
        for line in command.lines
    ]


def says(move: Record, command: PostJournal) -> bool:
    """Whether a move is the journal, line by line."""
    theirs = sorted((line.account, line.debit, line.credit) for line in lines_of(move))
    ours = sorted((line.account, line.debit, line.credit) for line in command.lines)
    return (theirs, move["date"]) == (ours, command.posting_on)


def receipt(held: Sequence[Record]) -> Receipt:
    """What the moves under one key come to: the posted ones, or the draft.

    Two posted ones come to twice the amount, which whoever asked will not take for theirs.
    """
    posted = [move for move in held if is_posted(move)]
    if not posted:
        return Receipt(f"draft {held[0]['id']}", ReceiptState.DRAFT, total(held[0]))
    numbers = ", ".join(str(move["number"]) for move in posted)
    return Receipt(numbers, ReceiptState.CONFIRMED, sum(map(total, posted), start=ZERO))


def is_posted(move: Record) -> bool:
    """Whether it is in the books."""
    return STATES[move["state"]] is ReceiptState.CONFIRMED


def total(move: Record) -> Decimal:
    """What a move debits."""
    return sum((line.debit for line in lines_of(move)), start=ZERO)


def lines_of(move: Record) -> list[EntryLine]:
    """A move's lines."""
    return [
        EntryLine(str(line["account"]["code"]), line["debit"], line["credit"])
        for line in move["lines"]
    ]


def entry(move: Record) -> EntryFact:
    """A move as an entry."""
    return EntryFact(
        kind=CommandKind.POST_JOURNAL,
        key=key_in(move["description"]),
        reference=str(move["number"] or f"draft {move['id']}"),
        state=STATES[move["state"]],
        entered_at=move["create_date"],
        posted_on=move["date"],
        currency=move["company"]["currency"]["code"],
        total=total(move),
        lines=tuple(lines_of(move)),
    )
