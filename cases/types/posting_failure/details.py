"""What a posting failure knows: what was sent, what the partner said, and what it holds."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cases.work.details import Details


@dataclass(frozen=True, slots=True)
class PostingFailureDetails(Details):
    """What was asked of a ledger and does not stand there as asked; amounts in `currency`.

    `event_key` is ours, 32 hexadecimal digits, or what an entry that is not ours stands under.
    `words` are the partner's own. `ours` is what was sent, `theirs` what the newest reconciliation
    found, None where it found no difference. `posting_on` is None for what is no journal.
    `decision` changes with what the partner says: what a person settled stays settled until then.
    """

    decision: str
    event_key: str
    cause: str
    words: str
    destination: str
    document: str
    posting_on: date | None
    currency: str
    ours: Decimal
    theirs: Decimal | None
    reference: str
