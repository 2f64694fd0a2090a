"""Applying a statement of patient accounts: what is new goes in, what contradicts waits.

The caller holds the database transaction. A statement is the account's whole ledger as of its day,
so statements in any order, seen once or often, end in the same records: an older one says nothing
new, a newer one holds all that an older one held.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql

from integrations.canonical.apply.parties import Authorship, with_history
from integrations.canonical.apply.staging import execute
from integrations.canonical.apply.transactions import Context
from integrations.canonical.crosswalks import facility_for, payer_for, unassigned
from integrations.canonical.locks import lock
from integrations.canonical.models import LedgerEntry, Patient, PatientAccount
from integrations.feed import services as feed
from integrations.feed.models import Record
from integrations.ports.ledgers import AccountFact, EntryFact, LedgerFact, unfit

BATCH = 500
GUARANTORS = """
INSERT INTO integrations_patient
    (source_id, external_id, family_name, given_name, member_id, source_version)
SELECT %(source)s::bigint, key, family_name, given_name, '', ''
FROM jsonb_to_recordset(%(rows)s) AS said (key text, family_name text, given_name text)
ORDER BY key ON CONFLICT (source_id, external_id) DO NOTHING RETURNING *
"""
RENAMED = """
UPDATE integrations_patient AS held
SET family_name = said.family_name, given_name = said.given_name
FROM jsonb_to_recordset(%(rows)s) AS said (key text, family_name text, given_name text)
WHERE held.source_id = %(source)s AND held.external_id = said.key
  AND (held.family_name, held.given_name) <> (said.family_name, said.given_name)
RETURNING held.*
"""
NEW_ACCOUNTS = """
INSERT INTO integrations_patientaccount
    (source_id, number, facility_id, guarantor_id, guarantor_state, guarantor_changed_on, balance,
     currency, stated_on, source_version)
SELECT %(source)s::bigint, said.number, said.facility, person.id, said.state, said.changed_on,
       said.balance, %(currency)s, %(stated_on)s::date, %(version)s
FROM jsonb_to_recordset(%(rows)s) AS said (number text, facility bigint, guarantor text,
    state text, changed_on date, balance numeric(14, 2))
LEFT JOIN integrations_patient AS person
  ON person.source_id = %(source)s AND person.external_id = said.guarantor
ORDER BY said.number ON CONFLICT (source_id, number) DO NOTHING RETURNING *
"""
RESTATED = """
UPDATE integrations_patientaccount AS held
SET facility_id = said.facility, guarantor_state = said.state, balance = said.balance,
    guarantor_changed_on = said.changed_on, stated_on = %(stated_on)s::date,
    source_version = %(version)s,
    guarantor_id = (SELECT person.id FROM integrations_patient AS person
                    WHERE person.source_id = held.source_id AND person.external_id = said.guarantor)
FROM jsonb_to_recordset(%(rows)s) AS said (number text, facility bigint, guarantor text,
    state text, changed_on date, balance numeric(14, 2))
WHERE held.source_id = %(source)s AND held.number = said.number
  AND held.source_version COLLATE "C" < %(version)s
RETURNING held.*
"""
CHANGED = sql.SQL("SELECT id, NULL::bigint FROM unnest(%(ids)s::bigint[]) AS id")
OLDER_KNOWS_MORE = "An older statement lists an entry that the newer one does not."
OTHERWISE = "Entry {}: it was stated otherwise before."
NOT_LISTED = "Entry {} was stated before and is not listed any more."
SAME_VERSION = "The same statement came with another content."
OTHER_CURRENCY = "The account is held in another currency."


@dataclass(frozen=True, slots=True)
class Refused:
    """One account that cannot be kept, and why: a code, and words for the person who mends it."""

    fact: AccountFact
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """What is held of an account; `entries` maps each entry's number to its digest."""

    pk: int
    version: str
    currency: str
    balance: str
    entries: Mapping[str, str]


class Application:
    """One statement on its way in: fed with accounts, closed once."""

    def __init__(self, header: LedgerFact, context: Context) -> None:
        """Lock the source's ledgers, so that two workers do not write one account at once."""
        lock(f"ledger {context.source.pk}")
        self.header, self.context = header, context
        self.currency = header.currency or context.source.currency
        self.seen = self.added = 0
        self.refused: list[Refused] = []
        self.waiting: dict[str, AccountFact] = {}
        self.payers: dict[str, int] = {}
        self.facilities: dict[str, int] = {}

    def add(self, fact: AccountFact) -> None:
        """Take one account, or say why it cannot be kept, which costs no other."""
        self.seen += 1
        code, reason = unfit(fact)
        if not code and fact.number in self.waiting:
            code, reason = "account_twice", "The account stands twice in one statement."
        if code:
            self.refused.append(Refused(fact, code, reason))
            return
        self.waiting[fact.number] = fact
        if len(self.waiting) >= BATCH:
            self.flush()

    def close(self) -> int:
        """Write what waits; returns how many accounts changed."""
        self.flush()
        return self.added

    def flush(self) -> None:
        """Write the waiting batch, and tell the feed."""
        held = held_accounts(source=self.context.source.pk, numbers=list(self.waiting))
        fresh = []
        for number, fact in self.waiting.items():
            known = held.get(number)
            if known and (reason := self.contradiction(fact, known)):
                self.refused.append(Refused(fact, "ledger_contradiction", reason))
            elif known is None or known.version < self.header.version:
                fresh.append(fact)
        self.write(fresh, held)
        self.waiting = {}

    def contradiction(self, fact: AccountFact, held: HeldAccount) -> str:
        """Why a statement cannot be true beside what is held; empty when it can."""
        said = {entry.number: entry.digest() for entry in fact.entries}
        if held.currency != self.currency:
            return OTHER_CURRENCY
        for number in sorted(said.keys() & held.entries.keys()):
            if said[number] != held.entries[number]:
                return OTHERWISE.format(number)
        if self.header.version > held.version:
            gone = sorted(held.entries.keys() - said.keys())
            return NOT_LISTED.format(gone[0]) if gone else ""
        if said.keys() - held.entries.keys():
            return OLDER_KNOWS_MORE
        is_same = said == held.entries and f"{fact.balance:.2f}" == held.balance
        return SAME_VERSION if self.header.version == held.version and not is_same else ""

    def write(self, facts: Sequence[AccountFact], held: Mapping[str, HeldAccount]) -> None:
        """Accounts with history, the entries that are not held yet, and the feed."""
        if not facts:
            return
        self.keep_accounts(facts)
        keys = keys_of(source=self.context.source.pk, facts=facts)
        LedgerEntry.objects.bulk_create(
            self.entry(entry, keys[fact.number])
            for fact in facts
            for entry in fact.entries
            if fact.number not in held or entry.number not in held[fact.number].entries
        )
        feed.append(
            record=Record.ACCOUNT,
            query=CHANGED,
            correlation_id=self.context.correlation_id,
            ids=sorted(keys.values()),
        )
        self.added += len(facts)

    def keep_accounts(self, facts: Sequence[AccountFact]) -> None:
        """Insert the guarantors and accounts that are new, bring the others up to date."""
        people = {
            fact.guarantor.key: {
                "key": fact.guarantor.key,
                "family_name": fact.guarantor.family_name,
                "given_name": fact.guarantor.given_name,
            }
            for fact in facts
            if fact.guarantor.key
        }
        given = {**self.authorship.parameters(), "source": self.context.source.pk}
        rows = {**given, "rows": json.dumps(list(people.values()))}
        execute(with_history(Patient, GUARANTORS, kind="+"), rows)
        execute(with_history(Patient, RENAMED, kind="~"), rows)
        stated = {
            "currency": self.currency,
            "stated_on": self.header.stated_on,
            "version": self.header.version,
        }
        rows = given | stated | {"rows": json.dumps([self.account(fact) for fact in facts])}
        # The new ones first: they have this version already, so the second statement leaves them.
        execute(with_history(PatientAccount, NEW_ACCOUNTS, kind="+"), rows)
        execute(with_history(PatientAccount, RESTATED, kind="~"), rows)

    def account(self, fact: AccountFact) -> dict[str, Any]:
        """An account's row as JSON."""
        guarantor = fact.guarantor
        return {
            "number": fact.number,
            "facility": self.facility(fact.facility),
            "guarantor": guarantor.key or None,
            "state": guarantor.state,
            "changed_on": guarantor.changed_on.isoformat() if guarantor.changed_on else None,
            "balance": f"{fact.balance:.2f}",
        }

    def entry(self, fact: EntryFact, account: int) -> LedgerEntry:
        """An entry as a record."""
        return LedgerEntry(
            account_id=account,
            number=fact.number,
            digest=fact.digest(),
            kind=fact.kind.value,
            amount=fact.amount,
            posted_on=fact.posted_on,
            posted_by=fact.posted_by,
            payer_id=self.payer(fact) if fact.payer else None,
            rank=fact.rank,
            tender=fact.tender.value,
            claim_number=fact.claim,
            line=fact.line,
            reverses=fact.reverses,
            is_applied=fact.is_applied,
        )

    def payer(self, fact: EntryFact) -> int:
        """Whom today's crosswalk makes of a payer's identifier; asked once each."""
        if fact.payer not in self.payers:
            self.payers[fact.payer] = payer_for(
                source=self.context.source,
                name=fact.payer_name,
                identifiers=[fact.payer],
                by=self.context.by,
            ).pk
        return self.payers[fact.payer]

    def facility(self, identifier: str) -> int:
        """Where today's crosswalk puts a facility's identifier; asked once each."""
        if identifier not in self.facilities:
            known = facility_for(source=self.context.source, identifiers=[identifier])
            self.facilities[identifier] = known or unassigned(by=self.context.by).pk
        return self.facilities[identifier]

    @property
    def authorship(self) -> Authorship:
        """What its history rows say."""
        name = self.context.source.name
        return Authorship(
            by=self.context.by.pk, reason=f"ledger {self.header.number[:200]} from {name}"
        )


def held_accounts(*, source: int, numbers: Sequence[str]) -> dict[str, HeldAccount]:
    """What is held of accounts, by their numbers. Two queries."""
    rows = PatientAccount.objects.filter(source=source, number__in=numbers)
    accounts = {account.pk: account for account in rows}
    entries: dict[int, dict[str, str]] = {pk: {} for pk in accounts}
    for pk, number, digest in LedgerEntry.objects.filter(account__in=accounts).values_list(
        "account_id", "number", "digest"
    ):
        entries[pk][number] = digest
    return {
        account.number: HeldAccount(
            pk, account.source_version, account.currency, f"{account.balance:.2f}", entries[pk]
        )
        for pk, account in accounts.items()
    }


def keys_of(*, source: int, facts: Sequence[AccountFact]) -> dict[str, int]:
    """The keys of accounts that were just written, by their numbers."""
    rows = PatientAccount.objects.filter(source=source, number__in=[fact.number for fact in facts])
    return dict(rows.values_list("number", "pk"))
