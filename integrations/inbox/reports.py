"""A report's claims on their way from a message to the records."""

from collections.abc import Iterator

from integrations.canonical.apply import acknowledgements
from integrations.canonical.apply.transactions import Applied, Context, Effect
from integrations.inbox.runs import LIFE, Part, aside_of, sign_of_life
from integrations.ports.protocols import AcknowledgementRead, Event, ReportClosed


def feed_in(part: Part, context: Context, events: Iterator[Event]) -> Applied:
    """Give a report's acknowledgements to the records, up to its end.

    A report all of which is held already is a duplicate.
    """
    application = acknowledgements.Application(context)
    for count, event in enumerate(events):
        if count % LIFE == 0:
            sign_of_life()
        if isinstance(event, AcknowledgementRead):
            application.add(event.acknowledgement)
        elif isinstance(event, ReportClosed):
            added = application.close()
            part.totals.claims = application.seen
            part.totals.unbalanced_transactions += not event.is_balanced or event.is_truncated
            is_held = application.seen > 0 and not added
            return Applied(
                effect=Effect.DUPLICATE if is_held else Effect.APPLIED,
                remittance_id=None,
                claims=application.seen,
                added=added,
                refused=(),
            )
        elif aside := aside_of(event):
            part.asides.append(aside)
    raise AssertionError("A connector closes every report that it opens.")
