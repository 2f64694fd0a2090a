"""Applying one transaction (ST to SE): what is new goes in, what is held is counted, nothing twice.

The caller holds the database transaction; everything here is part of it. The key of the payment is
looked up first and locked. What follows depends on what is held under it:

    nothing            its claims are staged and inserted
    an incomplete one  the members that are missing are staged and inserted
    a complete one     its content is compared: the same is a duplicate, another is an incident
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from psycopg import sql

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from integrations.canonical.apply import reversals
from integrations.canonical.apply.claims import keep_claims, move_claims
from integrations.canonical.apply.fitness import (
    unfit_claim,
    unfit_header,
    unfit_provider_adjustment,
)
from integrations.canonical.apply.parties import Authorship, keep_parties
from integrations.canonical.apply.remittances import (
    Held,
    Reading,
    find,
    insert,
    insert_claims,
    insert_provider_adjustments,
    insert_reading,
)
from integrations.canonical.apply.staging import BATCH, Member, analyze, load, open_stage
from integrations.canonical.apply.versions import payee_key, payer_key, transaction_digest
from integrations.canonical.crosswalks import Scope, scope_of
from integrations.canonical.models import Remittance, Source
from integrations.feed import services as feed
from integrations.feed.models import Record
from integrations.ports.facts import RemittanceFact, RemittedClaimFact
from integrations.ports.protocols import TransactionClosed

NEW_MEMBERS = sql.SQL(
    "SELECT remitted.id, remitted.claim_id FROM stage_claim AS staged"
    " JOIN integrations_remittedclaim AS remitted ON remitted.id = staged.remitted_claim_id"
)
MEMBERS = sql.SQL("SELECT id, claim_id FROM integrations_remittedclaim WHERE id = ANY(%(ids)s)")
CLAIMS = sql.SQL("SELECT id, id FROM unnest(%(ids)s::bigint[]) AS id")
PAYMENT = sql.SQL("SELECT %(remittance)s::bigint, NULL::bigint")
PROVIDER_ADJUSTMENTS = sql.SQL(
    "SELECT id, NULL::bigint FROM integrations_provideradjustment"
    " WHERE remittance_id = %(remittance)s"
)
DATABASE_REFUSES = "The database cannot keep what this claim says."


class TransactionRefused(DomainError):
    """The transaction as a whole cannot be kept; nothing of it was written."""

    code = "transaction_refused"


class Effect(StrEnum):
    """What became of a transaction."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    INCIDENT = "incident"


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf a transaction is applied.

    `sha256` is the message's digest, `received_by` and `received_at` say who handed it in and when.
    `rescopes`: claims that are held move to whom today's crosswalks say (a replay).
    """

    source: Source
    correlation_id: str
    by: User
    received_at: datetime
    sha256: str = ""
    rescopes: bool = False
    received_by: User | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """One claim that cannot be kept, and why. `was_staged`: `add` had taken it."""

    fact: RemittedClaimFact
    reason: str
    was_staged: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a transaction came to.

    `added`: adjudications written; `moved`: claims that changed payer or facility; `missing`:
    members that are held but were not read (an incident's).
    """

    effect: Effect
    remittance_id: int | None
    claims: int
    added: int
    refused: Sequence[Refused]
    moved: int = 0
    missing: int = 0

    @property
    def duplicates(self) -> int:
        """Claims that were held already."""
        return 0 if self.effect is Effect.INCIDENT else self.claims - self.added


class Application:
    """One transaction on its way in: opened with its header, fed with claims, closed once."""

    def __init__(self, header: RemittanceFact, context: Context) -> None:
        """Look up and lock the payment's key. Raises TransactionRefused."""
        if reason := unfit_header(header):
            raise TransactionRefused(reason)
        self.header, self.context = header, context
        self.currency = header.currency or context.source.currency
        self.held: Held | None = find(header)
        self.is_whole = self.held is not None and self.held.is_complete
        self.members = self.held.members() if self.held and not self.is_whole else Counter[str]()
        self.seen: Counter[str] = Counter()
        self.waiting: list[Member] = []
        self.staged = self.added = 0
        self.remittance_id: int | None = None
        self.refused: list[Refused] = []
        if not self.is_whole or context.rescopes:
            open_stage()

    def add(self, fact: RemittedClaimFact) -> bool:
        """Take one claim, or say that it cannot be kept, which costs no other."""
        if reason := unfit_claim(fact):
            self.refused.append(Refused(fact, reason))
            return False
        digest = fact.digest()
        self.seen[digest] += 1
        ordinal = self.seen[digest]
        is_new = not self.is_whole and ordinal > self.members[digest]
        if is_new or self.context.rescopes:
            self.waiting.append(Member(fact, digest, ordinal, is_new))
            if len(self.waiting) >= BATCH:
                self.flush()
        return True

    def flush(self) -> None:
        """Write the waiting batch into the stage."""
        bad = list(load(self.waiting, header=self.header))
        for member in bad:
            self.seen[member.digest] -= 1
            self.refused.append(Refused(member.fact, DATABASE_REFUSES, was_staged=True))
        kept = [member for member in self.waiting if not any(member is one for one in bad)]
        self.staged += len(kept)
        self.added += sum(member.is_new for member in kept)
        self.waiting = []

    def close(self, closed: TransactionClosed) -> Applied:
        """Decide, and write. After an incident the caller rolls back to where it opened this one.

        Raises TransactionRefused.
        """
        self.flush()
        for adjustment in closed.provider_adjustments:
            if reason := unfit_provider_adjustment(adjustment):
                raise TransactionRefused(reason)
        reading = self.reading(closed)
        if self.contradicts(reading):
            return self.applied(Effect.INCIDENT, missing=self.missing())
        if self.is_whole or not self.brings_news(reading):
            return self.applied(Effect.DUPLICATE, moved=self.move())
        self.write(closed, reading)
        return self.applied(Effect.APPLIED, moved=self.move())

    def reading(self, closed: TransactionClosed) -> Reading:
        """What this reading found."""
        quarantined = closed.claims_quarantined + len(self.refused)
        return Reading(
            digest=transaction_digest(
                self.header, self.seen.elements(), closed.provider_adjustments
            ),
            claims=self.seen.total(),
            quarantined=quarantined,
            paid=closed.paid_total,
            adjusted=closed.provider_adjustment_total,
            is_balanced=closed.is_balanced and not closed.is_truncated,
            is_complete=not closed.is_truncated and quarantined == 0,
        )

    def contradicts(self, reading: Reading) -> bool:
        """Whether it says of a held payment what cannot be true beside what is held.

        A whole reading must be what is held, or hold all of it and more; a part of what is held is
        no contradiction.
        """
        if self.held is None or reading.digest in self.held.digests:
            return False
        if reading.is_complete:
            return self.is_whole or self.missing() > 0
        return self.is_whole and bool(self.seen - self.held.members())

    def brings_news(self, reading: Reading) -> bool:
        """Whether it adds a member, or makes whole what was not."""
        if self.held is None or self.added:
            return True
        return reading.is_complete and reading.digest not in self.held.digests

    def missing(self) -> int:
        """How many held members were not read this time."""
        return (self.held.members() - self.seen).total() if self.held else 0

    def write(self, closed: TransactionClosed, reading: Reading) -> None:
        """Insert the payment if it is new, then all that is staged, and tell the feed."""
        self.keep()
        remittance = self.held.remittance if self.held else self.insert()
        self.remittance_id = remittance.pk
        insert_claims(remittance)
        insert_provider_adjustments(remittance, closed.provider_adjustments)
        insert_reading(remittance, reading, correlation_id=self.context.correlation_id)
        relinked = reversals.link()
        self.tell(Record.REMITTANCE, PAYMENT, remittance=remittance.pk)
        self.tell(Record.PROVIDER_ADJUSTMENT, PROVIDER_ADJUSTMENTS, remittance=remittance.pk)
        self.tell(Record.REMITTED_CLAIM, NEW_MEMBERS)
        self.tell(Record.REMITTED_CLAIM, MEMBERS, ids=sorted(relinked))

    def insert(self) -> Remittance:
        """The payment's own row."""
        return insert(
            self.header,
            source=self.context.source.pk,
            scope=self.scope,
            currency=self.currency,
            correlation_id=self.context.correlation_id,
        )

    def keep(self) -> None:
        """The staged claims and their parties."""
        analyze(self.staged)
        keep_parties(
            source=self.context.source.pk, payer=self.scope.payer_id, authorship=self.authorship
        )
        keep_claims(
            source=self.context.source.pk,
            scope=self.scope,
            keys=self.keys,
            authorship=self.authorship,
        )

    def move(self) -> int:
        """In a replay, give claims to whom today's crosswalks say; returns how many moved."""
        if not self.context.rescopes or not self.staged:
            return 0
        if self.remittance_id is None:
            self.keep()
        moved = move_claims(
            source=self.context.source.pk,
            scope=self.scope,
            keys=self.keys,
            authorship=self.authorship,
        )
        self.tell(Record.CLAIM, CLAIMS, ids=moved)
        return len(moved)

    def tell(self, record: Record, query: sql.SQL, **parameters: object) -> None:
        """Append to the feed."""
        feed.append(
            record=record,
            query=query,
            correlation_id=self.context.correlation_id,
            **parameters,
        )

    def applied(self, effect: Effect, *, moved: int = 0, missing: int = 0) -> Applied:
        """The result."""
        held = self.held.remittance.pk if self.held else None
        return Applied(
            effect=effect,
            remittance_id=self.remittance_id or held,
            claims=self.seen.total(),
            added=self.added,
            refused=tuple(self.refused),
            moved=moved,
            missing=missing,
        )

    @cached_property
    def scope(self) -> Scope:
        """Whose the transaction is, by today's crosswalks."""
        header = self.header
        return scope_of(
            source=self.context.source,
            payer_name=header.payer_name,
            payers=header.payer_identifiers or (payer_key(header),),
            payees=header.payee_identifiers or (payee_key(header),),
            by=self.context.by,
        )

    @property
    def keys(self) -> dict[str, str]:
        """What all of its claims share of their keys."""
        return {
            "payer_identifier": payer_key(self.header),
            "payee_identifier": payee_key(self.header),
            "currency": self.currency,
        }

    @property
    def authorship(self) -> Authorship:
        """What its history rows say."""
        name = self.context.source.name
        cause = "replay of 835 remittance" if self.context.rescopes else "835 remittance"
        return Authorship(
            by=self.context.by.pk,
            reason=f"{cause} {self.header.trace_number} from {name}",
        )
