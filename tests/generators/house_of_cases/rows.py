"""All rows of the drawn lives: patients, claims, cases, and what hangs on them.

Each table is written by one statement, its history by another, from the same expressions.
"""

from datetime import datetime

from psycopg import sql

from billing_portal.audit.models import AuditEvent, ChainHead
from cases.detection.models import Detected
from cases.routing.models import RoutingDecision
from cases.work.models import Case, CountDelta, Lease, Note, OpenCase, QueueCount, StepMark
from integrations.canonical.models import Claim, Patient
from tests.generators.house_of_cases.loading import Loader
from tests.generators.house_of_cases.people import House

GIVEN = (
    "Ada Ben Cleo Dan Eva Finn Gia Hugo Ida Jon Kira Leo Mia Noah Olga Paul Quin Rosa Sam Tess Uma"
    " Vera Will Xena Yara Zoe Anna Boris Clara David"
)
FIRST = "Al Ber Cor Dan El Far Gar Hol Is Jor Kel Lam Mor Nor Os Par Quil Ros Sal Tor"
MIDDLE = "a be ci do en fa gi ho in ja ke li mo na or pe ri so ta un"
LAST = "ber den field gard house ington land man ner ov quist rick son ton vale well wick"
WAVE = """
CREATE TEMP TABLE wave AS
SELECT e.*, told.hash AS new_hash FROM (
    SELECT {columns}, step.n AS step_n, step.ends_chain
    FROM step JOIN life USING (n) {linked} WHERE step.seq = {seq}) AS e
CROSS JOIN LATERAL (SELECT sha256(e.previous_hash || convert_to(
    portal_audit_text(ROW({names})::audit_event), 'UTF8')) AS hash) AS told
"""
BODY = """format('{"from":"%s","to":"%s","version":%s}', was, status, version)"""
COUNTS = """
SELECT queue_id, facility_id, bucket, count(*) AS cases, sum(amount_at_risk) AS amount
FROM cases_case CROSS JOIN LATERAL cases_buckets(status, owner_id) AS bucket
GROUP BY queue_id, facility_id, bucket
"""
OF_CASE = {"case_id": "id"}
TABLES = (
    "integrations_patient",
    "integrations_historicalpatient",
    "integrations_claim",
    "integrations_historicalclaim",
    "cases_case",
    "cases_historicalcase",
    "cases_note",
    "cases_stepmark",
    "cases_lease",
    "cases_routingdecision",
    "cases_detected",
    "cases_queuecount",
    "cases_opencase",
    "cases_rank",
    "audit_event",
)


def made_by(house: House, at: datetime) -> dict[str, str]:
    """What history says of rows that a message brought."""
    return {
        "date": literal(at),
        "user_id": str(house.detection),
        "type": "'+'",
        "change_reason": "'Read from a message'",
    }


def literal(value: object) -> str:
    """A value as SQL."""
    return sql.Literal(value).as_string(None)


def pick(words: str, draw: int, *, skew: int = 1) -> str:
    """One of some words for the case number `n`; the first are the commonest."""
    names = words.split()
    chosen = f"floor(power(pg_temp.draw(n, {draw}), {skew}) * {len(names)})::int"
    return f"({literal(names)}::text[])[1 + {chosen}]"


def write_patients(loader: Loader, house: House, at: datetime) -> None:
    """One patient for every two cases."""
    base = loader.newest(Patient)
    values = {
        "id": f"{base} + n",
        "source_id": str(house.source),
        "external_id": f"'patient ' || {base} + n",
        "family_name": " || ".join(
            (pick(FIRST, 20, skew=3), pick(MIDDLE, 21, skew=2), pick(LAST, 22, skew=2))
        ),
        "given_name": pick(GIVEN, 23, skew=2),
        "member_id": f"'M' || lpad(({base} + n)::text, 9, '0')",
        "born_on": "date '1930-01-01' + floor(pg_temp.draw(n, 24) * 32000)::int",
    }
    loader.insert(Patient, values, "life WHERE n <= greatest(1, (SELECT max(n) FROM life) / 2)")
    loader.remember(Patient, {}, f"integrations_patient AS t WHERE id > {base}", made_by(house, at))


def write_claims(loader: Loader, house: House, at: datetime, patients: int) -> None:
    """One claim per case."""
    base = loader.newest(Claim)
    half = "greatest(1, (SELECT max(n) FROM life) / 2)"
    values = {
        "id": "claim_id",
        "public_id": "md5('claim:' || public_id)::uuid",
        "source_id": str(house.source),
        "payer_identifier": "'P' || payer_id",
        "payee_identifier": "'F' || facility_id",
        "patient_control_number": "'AV' || lpad(claim_id::text, 9, '0')",
        "payer_control_number": "lpad((pg_temp.draw(n, 30) * 1e12)::bigint::text, 12, '0')",
        "payer_id": "payer_id",
        "facility_id": "facility_id",
        "patient_id": f"{patients} + 1 + (n % {half})",
        "charge": "round(amount * 1.3, 2)",
        "service_from": "times[1]::date - 30",
        "service_to": "times[1]::date - 30",
    }
    loader.insert(Claim, values, "life")
    loader.remember(Claim, {}, f"integrations_claim AS t WHERE id > {base}", made_by(house, at))


def write_cases(loader: Loader) -> None:
    """The cases as they stand, and every version of them."""
    pool = "SELECT queue_id, count(*)::int AS size FROM code GROUP BY queue_id"
    values = {
        "id": "life.case_id",
        "created_at": "life.times[1]",
        "public_id": "life.public_id",
        "reference": "'DN-' || 100000 + life.case_id",
        "case_type": "'denial'",
        "key": "'denial:' || life.claim_id",
        "queue_id": "life.queue_id",
        "facility_id": "life.facility_id",
        "payer_id": "life.payer_id",
        "claim_id": "life.claim_id",
        "title": "left(code.details ->> 'words', 60)",
        "code": "code.code",
        "category": "code.category",
        "owner_id": "step.owner_id",
        "status": "step.status",
        "disposition": "step.disposition",
        "amount_at_risk": "life.amount",
        "opened_at": "life.times[1]",
        "first_touch_due_at": "life.first_touch_due_at",
        "resolve_due_at": "life.resolve_due_at",
        "first_touched_at": "step.first_touched_at",
        "deferred_until": "step.deferred_until",
        "resolved_at": "step.resolved_at",
        "closed_at": "step.closed_at",
        "details": "code.details || jsonb_build_object('denied_amount', life.amount::text,"
        " 'charge', round(life.amount * 1.3, 2)::text, 'trace', 'T' || life.claim_id,"
        " 'paid_on', life.times[1]::date::text)",
        "version": "step.version",
    }
    loader.insert(
        Case,
        values,
        f"life JOIN step ON step.n = life.n AND step.ends_row JOIN ({pool}) AS pool USING"
        " (queue_id) JOIN code ON code.queue_id = life.queue_id"
        " AND code.place = life.code_draw % pool.size ORDER BY life.n",
    )
    changing = ("owner_id", "status", "disposition", "first_touched_at", "deferred_until")
    changing += ("resolved_at", "closed_at", "version")
    loader.remember(
        Case,
        {name: f"step.{name}" for name in changing},
        "step JOIN cases_case AS t ON t.id = step.case_id WHERE NOT step.is_note"
        " ORDER BY step.seq, step.n",
        {
            "date": "step.at",
            "user_id": "step.by_id",
            "type": "CASE step.version WHEN 1 THEN '+' ELSE '~' END",
            "change_reason": "step.reason",
        },
    )


def write_traces(loader: Loader, house: House) -> None:
    """What detection, routing and people left on the cases."""
    loader.insert(
        RoutingDecision,
        {
            "case_id": "case_id",
            "rule_id": "rule.id",
            "rule_version": "rule.version",
            "queue_id": "life.queue_id",
            "facts": "jsonb_build_object('amount', amount::text, 'case_type', 'denial')",
            "decided_at": "times[1]",
        },
        "life LEFT JOIN (SELECT DISTINCT ON (queue_id) id, version, queue_id FROM cases_routingrule"
        " ORDER BY queue_id, position) AS rule USING (queue_id) ORDER BY n",
    )
    loader.insert(
        Detected,
        {
            "case_id": "case_id",
            "outcome": "'opened'",
            "correlation_id": "md5('message:' || n / 500)",
            "detected_at": "times[1]",
        },
        "life ORDER BY n",
    )
    loader.insert(
        Note,
        {
            "case_id": "case_id",
            "author_id": "by_id",
            "kind": "'call'",
            "text": "'Called: they ask for the record of the visit once more.'",
            "payer_reference": "'R' || n",
            "written_at": "at",
        },
        "step WHERE is_note ORDER BY n",
    )


def write_work(loader: Loader, at: datetime) -> None:
    """The first step of a case ticked by whoever called, and who has a case open right now."""
    loader.insert(
        StepMark,
        {
            "case_id": "case_id",
            "cycle": "1",
            "step": "'first_action'",
            "is_done": "true",
            "marked_by_id": "by_id",
            "marked_at": "at",
        },
        "step WHERE is_note ORDER BY n",
    )
    loader.insert(
        Lease,
        {
            "case_id": "case_id",
            "holder_id": "owner_id",
            "until": f"{literal(at)}::timestamptz + interval '20 minutes'",
        },
        "(SELECT DISTINCT ON (owner_id) * FROM step WHERE status = 'in_work' AND ends_row"
        " ORDER BY owner_id, n DESC) AS newest",
    )


def write_chains(loader: Loader) -> int:
    """One audit event per act, linked as the insert trigger links them; how many."""
    names = [
        str(name)
        for (name,) in loader.rows(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'audit_event'::regclass"
            " AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        )
    ]
    count = 0
    for seq in range(1, loader.value("SELECT max(seq) FROM step") + 1):
        count += write_wave(loader, names, seq)
    loader.run("DROP TABLE previous_wave")
    return count


def write_wave(loader: Loader, names: list[str], seq: int) -> int:
    """The events of one place in all chains."""
    values = {
        "id": "nextval(pg_get_serial_sequence('audit_event', 'id'))",
        "chain": "'case:' || life.case_id",
        "seq": "step.seq::bigint",
        "at": "step.at",
        "txid": "pg_current_xact_id()",
        "verb": "CASE WHEN is_note THEN 'case.noted' ELSE 'case.' || step.verb END",
        "subject": "'case:' || life.public_id",
        "reason": "step.reason",
        "correlation_id": "''",
        "body": "CASE WHEN is_note THEN '{}' ELSE " + BODY + " END",
        "previous_hash": "''::bytea" if seq == 1 else "previous_wave.new_hash",
        "hash": "''::bytea",
        "actor_id": "step.by_id",
    }
    loader.run(
        sql.SQL(WAVE).format(
            columns=sql.SQL(", ").join(
                sql.SQL("{} AS {}").format(sql.SQL(values[name]), sql.Identifier(name))
                for name in names
            ),
            linked=sql.SQL("" if seq == 1 else "JOIN previous_wave ON step_n = step.n"),
            seq=sql.Literal(seq),
            names=sql.SQL(", ").join(sql.Identifier("e", name) for name in names),
        )
    )
    columns = {name: "new_hash" if name == "hash" else name for name in names}
    count = loader.insert(AuditEvent, columns, "wave")
    heads = {"chain": "chain", "seq": "seq", "hash": "new_hash"}
    loader.insert(ChainHead, heads, "wave WHERE ends_chain")
    loader.run("DROP TABLE IF EXISTS previous_wave")
    loader.run("ALTER TABLE wave RENAME TO previous_wave")
    return count


def write_counts(loader: Loader) -> None:
    """The queues' totals, from the cases as they stand."""
    loader.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(CountDelta._meta.db_table)))
    loader.run(sql.SQL("DELETE FROM {}").format(sql.Identifier(QueueCount._meta.db_table)))
    columns = ("queue_id", "facility_id", "bucket", "cases", "amount")
    loader.insert(QueueCount, {name: name for name in columns}, f"({COUNTS}) AS counted")


def write_open_cases(loader: Loader) -> None:
    """The narrow row of each open case."""
    loader.insert(
        OpenCase,
        {field.column: OF_CASE.get(field.column, field.column) for field in OpenCase._meta.fields},
        "cases_case WHERE resolved_at IS NULL AND closed_at IS NULL ORDER BY id",
    )


def write_ranks(loader: Loader) -> None:
    """Where each open case stands, by the function that ranks them in life."""
    loader.run("ANALYZE cases_case, integrations_claim, integrations_facility")
    loader.run(
        "INSERT INTO cases_rank (case_id, queue_id, facility_id, owner_id, patient_id, status,"
        " is_claimable, is_returned, band, score, due_at, expected, likelihood, likelihood_from,"
        " cost, basis)"
        " SELECT case_id, queue_id, facility_id, owner_id, patient_id, status, is_claimable, false,"
        " band, score, due_at, expected, likelihood, likelihood_from, cost, basis"
        " FROM cases_ranked(ARRAY(SELECT case_id FROM life JOIN cases_case AS c ON c.id = case_id"
        " WHERE c.closed_at IS NULL AND c.resolved_at IS NULL), now())"
    )
