"""The way of many rows into the database: COPY, in batches, one savepoint each.

Claims go into a temporary table, since which of them are new must be asked of the database. Their
lines, adjustments and remarks belong to new claims alone, whose keys are drawn beforehand: they go
straight into their tables, and the foreign keys are looked at when the transaction commits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from psycopg import sql

from integrations.canonical.apply.versions import claim_version
from integrations.ports.facts import (
    PartyFact,
    RemittanceFact,
    RemittedClaimFact,
    ServiceLineFact,
    places_of,
)

BATCH = 2_000
ANALYZE_FROM = 1_000

CREATE_CLAIM = """
CREATE TEMPORARY TABLE stage_claim (
    remitted_claim_id bigint, is_new boolean, digest text, ordinal integer, version text,
    patient_control_number text, payer_control_number text, status_code text,
    charge numeric(14, 2), paid numeric(14, 2), patient_responsibility numeric(14, 2),
    filing_indicator text, facility_code text, frequency_code text,
    service_from date, service_to date, received_on date, position integer,
    patient_key text, family_name text, given_name text, member_id text, group_number text,
    provider_identifier text, provider_name text, facility_identifier text
) ON COMMIT DROP
"""
CREATE_WANTED = """
CREATE TEMPORARY TABLE stage_wanted (
    patient_control_number text, payer_control_number text, version text, charge numeric(14, 2),
    service_from date, service_to date,
    patient_id bigint, provider_id bigint, coverage_id bigint, facility_id bigint
) ON COMMIT DROP
"""

CLAIM = "COPY stage_claim FROM STDIN"
LINE = """
COPY integrations_serviceline (remitted_claim_id, ordinal, procedure, modifiers, revenue_code,
    charge, paid, allowed, units, service_from, service_to, control_number) FROM STDIN
"""
ADJUSTMENT = """
COPY integrations_adjustment (remitted_claim_id, line_ordinal, ordinal, "group", carc, amount,
    quantity) FROM STDIN
"""
REMARK = """
COPY integrations_remark (remitted_claim_id, line_ordinal, ordinal, place, code) FROM STDIN
"""
PROVIDER_ADJUSTMENT = """
COPY integrations_provideradjustment (remittance_id, ordinal, provider_identifier,
    fiscal_period_end, reason, reference, amount) FROM STDIN
"""
KEYS = """
SELECT nextval(pg_get_serial_sequence('integrations_remittedclaim', 'id'))
FROM generate_series(1, %s)
"""

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """One claim of a transaction, its digest, and its number among equal members, from 1.

    `is_new` is false for one that is held: staged only to look at whose it is today.
    """

    fact: RemittedClaimFact
    digest: str
    ordinal: int
    is_new: bool = True


def execute(statement: str | sql.Composable, parameters: Any = None) -> int:
    """Run one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def fetch(statement: str | sql.Composable, parameters: Any = None) -> list[Row]:
    """Run one query; returns its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def copy(statement: str, rows: Iterable[Row]) -> None:
    """Stream rows into a table. The database's refusals are raised as Django's."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(statement) as stream,
    ):
        for row in rows:
            stream.write_row(row)


def load(members: Sequence[Member], *, header: RemittanceFact) -> Iterator[Member]:
    """Write a batch of claims with all that hangs on them; yields those the database refuses.

    A batch it refuses is split until the one claim is found that it cannot keep, so that this one
    costs no other. Nothing that `unfit` lets through is known to be refused.
    """
    if not members:
        return
    try:
        with transaction.atomic():
            write(members, header=header)
    except (DataError, IntegrityError):
        if len(members) == 1:
            yield members[0]
            return
        half = len(members) // 2
        yield from load(members[:half], header=header)
        yield from load(members[half:], header=header)


def write(members: Sequence[Member], *, header: RemittanceFact) -> None:
    """Draw keys and stream the rows of a batch."""
    keyed = [
        (key, member) for (key,), member in zip(fetch(KEYS, [len(members)]), members, strict=True)
    ]
    copy(CLAIM, (claim_row(key, member, header) for key, member in keyed))
    new = [(key, member.fact) for key, member in keyed if member.is_new]
    copy(LINE, (row for key, fact in new for row in line_rows(key, fact)))
    copy(ADJUSTMENT, (row for key, fact in new for row in adjustment_rows(key, fact)))
    copy(REMARK, (row for key, fact in new for row in remark_rows(key, fact)))


def claim_row(key: int, member: Member, header: RemittanceFact) -> Row:
    """One row of `stage_claim`."""
    fact = member.fact
    patient, member_id = fact.patient, member_id_of(fact)
    provider = fact.rendering if fact.rendering and fact.rendering.identifier else None
    return (
        key,
        member.is_new,
        member.digest,
        member.ordinal,
        claim_version(header, fact, digest=member.digest, ordinal=member.ordinal),
        fact.patient_control_number,
        fact.payer_control_number,
        fact.status_code,
        fact.charge,
        fact.paid,
        fact.patient_responsibility,
        fact.filing_indicator,
        fact.facility_code,
        fact.frequency_code,
        fact.service_from,
        fact.service_to,
        fact.received_on,
        fact.position,
        patient_key(patient, member_id),
        patient.name if patient else "",
        patient.given if patient else "",
        member_id,
        fact.group_number,
        provider.identifier if provider else None,
        full_name(provider) if provider else "",
        fact.provider_identifier or None,
    )


def member_id_of(fact: RemittedClaimFact) -> str:
    """The number the payer knows the member by."""
    for party in (fact.patient, fact.subscriber):
        if party is not None and party.identifier:
            return party.identifier
    return ""


def patient_key(patient: PartyFact | None, member_id: str) -> str | None:
    """A remittance's only key for a patient: member id and name as sent. None: nobody is named."""
    names = (member_id, patient.name if patient else "", patient.given if patient else "")
    return "|".join(names) if any(names) else None


def full_name(party: PartyFact) -> str:
    """A clinician's or organisation's name on one line."""
    return " ".join(filter(None, (party.given, party.name))) or party.identifier


def line_rows(key: int, fact: RemittedClaimFact) -> Iterator[Row]:
    """Service lines."""
    for line in fact.lines:
        yield (
            key,
            line.ordinal,
            line.procedure,
            ":".join(line.modifiers),
            line.revenue_code,
            line.charge,
            line.paid,
            line.allowed,
            line.units,
            line.service_from,
            line.service_to,
            line.control_number,
        )


def adjustment_rows(key: int, fact: RemittedClaimFact) -> Iterator[Row]:
    """Adjustments of the claim (line 0) and of its lines."""
    for place in places_of(fact):
        for ordinal, cas in enumerate(place.adjustments, start=1):
            yield (
                key,
                line_ordinal(place),
                ordinal,
                cas.group,
                cas.carc,
                cas.amount,
                cas.quantity,
            )


def remark_rows(key: int, fact: RemittedClaimFact) -> Iterator[Row]:
    """Remarks of the claim (line 0) and of its lines."""
    for place in places_of(fact):
        for ordinal, remark in enumerate(place.remarks, start=1):
            yield (key, line_ordinal(place), ordinal, remark.place.value, remark.code)


def line_ordinal(place: RemittedClaimFact | ServiceLineFact) -> int:
    """0 for the claim itself."""
    return place.ordinal if isinstance(place, ServiceLineFact) else 0


def open_stage() -> None:
    """Make the stage's tables; one left by an earlier transaction of a dry run goes first."""
    execute("DROP TABLE IF EXISTS stage_claim, stage_wanted")
    execute(CREATE_CLAIM)
    execute(CREATE_WANTED)


def analyze(rows: int) -> None:
    """Tell the planner how much is staged; for a few rows it costs more than it saves."""
    if rows >= ANALYZE_FROM:
        execute("ANALYZE stage_claim")
