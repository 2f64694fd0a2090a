"""Drawing each case's life: a temporary table with one row per case, all by its number and a seed.

Newest cases have the highest numbers; the longer ago a case was opened, the rarer is it still open.
"""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from itertools import accumulate

from psycopg import sql
from psycopg.types.json import Jsonb

from cases.types.denial.details import DenialDetails
from cases.types.denial.models import AdjustmentCode
from tests.generators.house_of_cases.fates import OVER, STILL_OPEN, Stand, stands
from tests.generators.house_of_cases.loading import Loader
from tests.generators.house_of_cases.people import House
from tests.house import DETAILS

# Shares of the queues; all others have one part each.
QUEUES = {
    "authorization": 14,
    "coding": 12,
    "eligibility-registration": 10,
    "denials-technical": 9,
    "documentation": 8,
    "claim-edits": 7,
    "cob": 6,
    "timely-filing": 5,
    "clinical-appeals": 5,
    "contract": 4,
    "billing": 4,
    "no-response": 3,
}
GONE = ("corrected_claim_paid", "paid_on_reprocess", "appeal_overturned_full", "written_off")

DRAW = """
CREATE FUNCTION pg_temp.draw(n bigint, k integer) RETURNS double precision LANGUAGE sql IMMUTABLE
RETURN (hashint8extended(n, {seed} + k) & 9007199254740991)::float8 / 9007199254740992.0
"""
CODES = """
CREATE TEMP TABLE code (
    queue_id bigint, place integer, code text, category text, details jsonb,
    PRIMARY KEY (queue_id, place))
"""
LIVES = """
CREATE TEMP TABLE life AS
WITH drawn AS (
    SELECT n, 1 - (n - pg_temp.draw(n, 0)) / {size}::float8 AS ago,
           ({queues})[width_bucket(pg_temp.draw(n, 1), {queue_shares})] AS queue_id
    FROM generate_series(1, {size}::bigint) AS n),
placed AS (
    SELECT n, queue_id, {at}::timestamptz - ago * {year} AS opened_at,
           CASE WHEN pg_temp.draw(n, 2) < exp(-ago / 0.2014)
                THEN ({open_fates})[width_bucket(pg_temp.draw(n, 3), {open_shares})]
                ELSE ({over_fates})[width_bucket(pg_temp.draw(n, 3), {over_shares})] END AS fate
    FROM drawn),
timed AS (
    SELECT *, opened_at
           + pg_temp.draw(n, 4) * least({day} * 3, 0.3 * ({at} - opened_at)) AS touched_at
    FROM placed),
acted AS (
    SELECT *, touched_at
           + pg_temp.draw(n, 5) * least({day} * 20, 0.5 * ({at} - touched_at)) AS acted_at
    FROM timed)
SELECT n, {cases} + n AS case_id, {claims} + n AS claim_id, queue_id, fate,
       ARRAY[opened_at, touched_at, acted_at,
             acted_at + pg_temp.draw(n, 6) * least({day} * 10, 0.5 * ({at} - acted_at))] AS times,
       md5({seed} || ':' || n)::uuid AS public_id,
       ({facilities})[1 + floor(power(pg_temp.draw(n, 7), 2) * {facility_count})::int]
           AS facility_id,
       ({payers})[1 + floor(power(pg_temp.draw(n, 8), 2) * {payer_count})::int] AS payer_id,
       ({staff})[1 + floor(pg_temp.draw(n, 9) * {staff_count})::int] AS owner_id,
       ({gone})[1 + floor(pg_temp.draw(n, 10) * {gone_count})::int] AS disposition,
       round(exp(6.1 + 1.4 * sqrt(-2 * ln(1 - pg_temp.draw(n, 11)))
                 * cos(2 * pi() * pg_temp.draw(n, 12)))::numeric, 2) AS amount,
       CASE WHEN fate IN ('new', 'reopened')
            THEN greatest(opened_at + {day} / 6, {at} + {day} * (4 * pg_temp.draw(n, 13) - 1))
            ELSE opened_at + {day} * 2 END AS first_touch_due_at,
       CASE WHEN fate = ANY ({open_fates})
            THEN greatest(opened_at + {day}, {at} + {day} * (56 * pg_temp.draw(n, 14) - 12))
            ELSE opened_at + {day} * (2 + 28 * pg_temp.draw(n, 14)) END AS resolve_due_at,
       {at} + {day} * (0.2 + 14 * pg_temp.draw(n, 15)) AS deferred_until,
       floor(pg_temp.draw(n, 16) * 1000)::int AS code_draw
FROM acted
"""
STEPS = """
CREATE TEMP TABLE step AS
SELECT life.n, life.case_id, stand.*, life.times[stand.seq] AS at,
       CASE stand.by WHEN 'owner' THEN life.owner_id WHEN 'lead' THEN {lead}
                     ELSE {detection} END AS by_id,
       CASE WHEN stand.is_owned THEN life.owner_id END AS owner_id,
       life.times[stand.touched] AS first_touched_at,
       CASE WHEN stand.resolved IS NOT NULL THEN life.disposition END AS disposition,
       life.times[stand.resolved] AS resolved_at, life.times[stand.closed] AS closed_at,
       CASE WHEN stand.is_deferred THEN life.deferred_until END AS deferred_until
FROM life JOIN stand USING (fate)
"""


def draw_lives(
    loader: Loader, house: House, *, size: int, seed: int, at: datetime, cases: int, claims: int
) -> None:
    """The temporary tables `life` and `step`: what all rows are made from."""
    loader.run(sql.SQL(DRAW).format(seed=sql.Literal(seed * 1_000)))
    tell_codes(loader, house)
    tell_stands(loader)
    shares = {key: QUEUES.get(key, 1) for key in house.queues}
    values = {
        "size": size,
        "seed": str(seed),
        "at": at,
        "cases": cases,
        "claims": claims,
        "queues": [house.queues[key] for key in shares],
        "queue_shares": lower_bounds(list(shares.values())),
        "open_fates": list(STILL_OPEN),
        "open_shares": lower_bounds([share for share, _acts in STILL_OPEN.values()]),
        "over_fates": list(OVER),
        "over_shares": lower_bounds([share for share, _acts in OVER.values()]),
        "facilities": [*house.facilities, house.hidden],
        "facility_count": len(house.facilities) + 1,
        "payers": house.payers,
        "payer_count": len(house.payers),
        "staff": house.staff,
        "staff_count": len(house.staff),
        "gone": list(GONE),
        "gone_count": len(GONE),
    }
    literals = {name: literal(value) for name, value in values.items()}
    spans = {"day": sql.SQL("interval '1 day'"), "year": sql.SQL("interval '365 days'")}
    loader.run(sql.SQL(LIVES).format(**literals, **spans))
    loader.run("CREATE INDEX ON life (n)")
    loader.run("ANALYZE life")
    loader.run(
        sql.SQL(STEPS).format(lead=sql.Literal(house.lead), detection=sql.Literal(house.detection))
    )
    loader.run("ANALYZE step")


def literal(value: object) -> sql.Composable:
    """A value as SQL; an array with the type of its members."""
    kinds = {int: "bigint[]", float: "double precision[]", str: "text[]"}
    if isinstance(value, list):
        return sql.SQL("{}::" + kinds[type(value[0])]).format(sql.Literal(value))
    return sql.Literal(value)


def lower_bounds(shares: Sequence[float]) -> list[float]:
    """Where each share begins between 0 and 1."""
    whole = sum(shares)
    return [0.0, *(part / whole for part in accumulate(shares[:-1]))]


def tell_stands(loader: Loader) -> None:
    """The temporary table `stand`."""
    rows = [asdict(stand) for stand in stands()]
    kinds = {"bool": "boolean", "int": "integer", "int | None": "integer", "str": "text"}
    columns = [
        (field.name, kinds[getattr(field.type, "__name__", str(field.type))])
        for field in fields(Stand)
    ]
    loader.run(
        sql.SQL("CREATE TEMP TABLE stand AS SELECT * FROM jsonb_to_recordset({}) AS s ({})").format(
            sql.Literal(Jsonb(rows)),
            sql.SQL(", ".join(f'"{name}" {kind}' for name, kind in columns)),
        )
    )


def tell_codes(loader: Loader, house: House) -> None:
    """The temporary table `code`: for each queue the denial codes that lead there, or any."""
    known = list(AdjustmentCode.objects.filter(is_denial=True, valid_to=None).order_by("code"))
    loader.run(CODES)
    for key, queue_id in house.queues.items():
        codes = [row for row in known if row.queue_id == queue_id] or known[:1]
        for place, row in enumerate(codes):
            loader.run(
                "INSERT INTO code VALUES (%s, %s, %s, %s, %s)",
                [queue_id, place, f"CO-{row.code}", row.category, Jsonb(details_of(row, key))],
            )


def details_of(row: AdjustmentCode, queue: str) -> dict[str, object]:
    """What the details of every case of this code have in common."""
    told = DETAILS | {
        "carc": row.code,
        "category": str(row.category),
        "words": row.words,
        "first_action": row.first_action,
        "mapped_queue": queue,
        "appealable": str(row.appealable),
        "preventable_stage": row.preventable_stage,
    }
    return {field.name: told[field.name] for field in fields(DenialDetails)}
