"""Proving the record."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.db import connection, transaction

# Events and heads in one statement, so of one moment, however many are being written meanwhile.
EVENTS = """
SELECT chain, e.id, e.seq, e.at, e.txid::text, e.actor_id, e.verb, e.subject, e.reason,
       e.correlation_id, e.body, e.previous_hash, e.hash, head.seq, head.hash
FROM (SELECT * FROM audit_event WHERE %(every)s OR chain = ANY(%(chains)s)) AS e
FULL JOIN (SELECT * FROM audit_chain_head WHERE %(every)s OR chain = ANY(%(chains)s)) AS head
USING (chain)
ORDER BY chain, e.seq, e.id
"""
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Tampering:
    """One place where a chain does not hold; `seq` numbers the event, or the last one."""

    chain: str
    seq: int
    what: str


@dataclass(slots=True)
class Verification:
    """What a walk along every chain found."""

    chains: int = 0
    events: int = 0
    findings: list[Tampering] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether every chain holds."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Link:
    """One event as stored with its chain's head, or a head alone (`id` None)."""

    chain: str
    id: int | None
    seq: int
    at: datetime
    txid: str
    actor_id: int
    verb: str
    subject: str
    reason: str
    correlation_id: str
    body: str
    previous_hash: bytes
    hash: bytes
    head_seq: int | None
    head_hash: bytes | None

    def told(self) -> bytes:
        """What the insert trigger hashes after the previous hash: every field with its length."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")
        parts = (
            self.chain,
            str(self.seq),
            at,
            self.txid,
            str(self.actor_id),
            self.verb,
            self.subject,
            self.reason,
            self.correlation_id,
            self.body,
        )
        encoded = (part.encode() for part in parts)
        return b"".join(b"%d:%b" % (len(part), part) for part in encoded)


def links(chains: Iterable[str] | None) -> Iterator[Link]:
    """Events in the order of their chains, streamed."""
    wanted: dict[str, Any] = {"every": chains is None, "chains": list(chains or ())}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(EVENTS, wanted)
        while batch := cursor.fetchmany(BATCH):
            yield from (Link(*row) for row in batch)


def verify(chains: Iterable[str] | None = None) -> Verification:
    """Walk every chain, or some: each event's own hash, its place, and the head that ends it.

    Finds what was edited, deleted, moved, inserted or cut off. Not seen: a whole chain removed
    together with its head, and a tail written anew with its hashes and its head; whoever can do
    that owns the database, and signed checkpoints kept outside it are for them.
    """
    found = Verification()
    for chain, held in groupby(links(chains), key=lambda link: link.chain):
        found.chains += 1
        for seq, what in faults(held, found):
            found.findings.append(Tampering(chain, seq, what))
    return found


def faults(held: Iterable[Link], found: Verification) -> Iterator[tuple[int, str]]:
    """What is wrong along one chain, with the number of the event where it shows."""
    seq, digest = 0, b""
    head: tuple[Any, Any] = (None, None)
    for link in held:
        head = (link.head_seq, link.head_hash and bytes(link.head_hash))
        if link.id is None:
            break
        found.events += 1
        previous, own = bytes(link.previous_hash), bytes(link.hash)
        if link.seq != seq + 1:
            yield link.seq, f"follows event {seq}: one was deleted, inserted or moved"
        elif previous != digest:
            yield link.seq, "does not name the event before it: one of the two was changed or moved"
        if hashlib.sha256(previous + link.told()).digest() != own:
            yield link.seq, "does not match its own hash: it was edited or moved"
        seq, digest = link.seq, own
    if head != (seq, digest):
        yield seq, end_of(head[0])


def end_of(head_seq: int | None) -> str:
    """What it means that a chain's head is not its last event."""
    if head_seq is None:
        return "the chain has no head: it was removed"
    return f"the head says event {head_seq}: the tail was cut off or added to"
