"""Proving the record."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

HASHED = """
SELECT e.chain, e.seq, e.previous_hash, e.hash, portal_audit_text(e)
FROM audit_auditevent e ORDER BY e.chain, e.seq, e.id
"""
HEADS = "SELECT chain, seq, hash FROM audit_chainhead"
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Tampering:
    """One place where a chain does not hold."""

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


@dataclass(slots=True)
class Walk:
    """Where one chain's walk stands."""

    chain: str
    seq: int = 0
    hash: bytes = b""


def rows() -> Iterator[tuple[str, int, bytes, bytes, str]]:
    """Every event in chain order, streamed."""
    with connection.cursor() as cursor:
        cursor.execute(HASHED)
        while batch := cursor.fetchmany(BATCH):
            for chain, seq, previous, digest, text in batch:
                yield chain, seq, bytes(previous), bytes(digest), text


def faults(walk: Walk, seq: int, previous: bytes, digest: bytes, text: str) -> Iterator[str]:
    """What is wrong with an event, given the one before it."""
    if seq != walk.seq + 1:
        yield f"follows event {walk.seq}: one was deleted, inserted or moved"
    elif previous != walk.hash:
        yield "does not name the event before it: one of the two was changed or moved"
    if hashlib.sha256(previous + text.encode()).digest() != digest:
        yield "does not match its own hash: it was edited"


def verify() -> Verification:
    """Walk every chain: each event's own hash, its place, and the head that ends it.

    A whole chain removed together with its head is not seen here: signed checkpoints are for that.
    """
    found = Verification()
    with connection.cursor() as cursor:
        cursor.execute(HEADS)
        heads = {chain: (seq, bytes(digest)) for chain, seq, digest in cursor.fetchall()}
    walk = Walk(chain="")
    for chain, seq, previous, digest, text in rows():
        if chain != walk.chain:
            end(walk, heads, found)
            walk = Walk(chain=chain)
        found.events += 1
        found.findings += [Tampering(chain, seq, f) for f in faults(walk, seq, previous, digest, text)]
        walk.seq, walk.hash = seq, digest
    end(walk, heads, found)
    found.findings += [Tampering(chain, seq, "all of it is gone") for chain, (seq, _) in heads.items()]
    return found


def end(walk: Walk, heads: dict[str, tuple[int, bytes]], found: Verification) -> None:
    """Compare a chain's last event with its head."""
    if not walk.chain:
        return
    found.chains += 1
    seq, digest = heads.pop(walk.chain, (0, b""))
    if (seq, digest) != (walk.seq, walk.hash):
        found.findings.append(
            Tampering(walk.chain, walk.seq, f"the head says event {seq}: the tail was cut or added")
        )
