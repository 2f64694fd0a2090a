"""A statement's accounts on their way from a message to the records."""

from collections.abc import Iterator

from integrations.canonical.apply import ledgers
from integrations.canonical.apply.transactions import Applied, Context, Effect
from integrations.inbox.runs import LIFE, Aside, Part, aside_of, sign_of_life
from integrations.ports.ledgers import LedgerFact
from integrations.ports.protocols import AccountRead, Event, LedgerClosed


def feed_in(part: Part, header: LedgerFact, context: Context, events: Iterator[Event]) -> Applied:
    """Give a statement's accounts to the records, up to its end; what does not tie is set aside.

    A statement all of whose accounts are held as it says is a duplicate.
    """
    application = ledgers.Application(header, context)
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign_of_life()
        if isinstance(event, AccountRead):
            application.add(event.account)
        elif isinstance(event, LedgerClosed):
            return close(part, application, event)
        elif aside := aside_of(event):
            part.asides.append(aside)
    raise AssertionError("A connector closes every statement that it opens.")


def close(part: Part, application: ledgers.Application, closed: LedgerClosed) -> Applied:
    """What a statement came to."""
    added = application.close()
    for refused in application.refused:
        fact = refused.fact
        part.asides.append(Aside(fact.position, 0, fact.number, refused.code, refused.reason))
    kept = application.seen - len(application.refused)
    part.totals.claims = kept
    part.totals.unbalanced_transactions += closed.is_truncated
    return Applied(
        effect=Effect.DUPLICATE if kept and not added else Effect.APPLIED,
        remittance_id=None,
        claims=kept,
        added=added,
        refused=(),
    )
