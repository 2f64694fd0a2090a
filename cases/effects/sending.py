"""A journal as the command that posts it."""

from cases.effects.models import Journal
from integrations.ports.commands import JournalLineCommand, PostJournal


def command_of(journal: Journal) -> PostJournal:
    """What the ledger is told: the voucher as it was booked, under its own number."""
    lines = journal.lines.select_related("account").order_by("position")
    return PostJournal(
        entity=journal.entity.key,
        journal=journal.reference,
        posting_on=journal.posting_on,
        original_on=journal.original_on,
        currency=journal.currency,
        description=journal.text,
        lines=tuple(
            JournalLineCommand(line.account.code, line.debit, line.credit) for line in lines
        ),
    )
