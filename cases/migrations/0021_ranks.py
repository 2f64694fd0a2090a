"""Ranks: the score as one function, and the trigger that keeps a rank beside every open case.

Weights start as the house's rules say; skills and capacities never change without history.
"""

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

SCORE = """
CREATE FUNCTION cases_score_terms(
    weight_urgency float8, weight_money float8, weight_age float8, weight_escalation float8,
    midpoint_days float8, slope_days float8,
    days_left float8, expected float8, age_days float8, is_escalated boolean
) RETURNS TABLE (urgency float8, money float8, age float8, escalation float8, score float8)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT urgency, money, age, escalation, urgency + money + age + escalation
    FROM (SELECT
        weight_urgency
            / (1 + exp(greatest(least((days_left - midpoint_days) / slope_days, 60), -60))) AS urgency,
        weight_money * log(1 + greatest(expected, 0)) / 5 AS money,
        weight_age * least(greatest(age_days, 0) / 60, 1) AS age,
        CASE WHEN is_escalated THEN weight_escalation ELSE 0 END AS escalation) AS terms
$$
"""
BASIS = """
CREATE FUNCTION cases_rank_basis(
    payer_id bigint, facility_id bigint, code text, category text, amount numeric,
    deadline_at timestamptz, resolve_due_at timestamptz
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT hashtextextended(concat_ws('|', coalesce(payer_id, 0), facility_id, code, category, amount,
        coalesce(extract(epoch FROM deadline_at), 0), extract(epoch FROM resolve_due_at)), 0)
$$
"""
# The first moment of the day from which no more than so many business days of the site are left.
GUARD = """
CREATE FUNCTION cases_guard_from(deadline_at timestamptz, facility bigint, days integer)
RETURNS timestamptz LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT c.id, c.hours,
               CASE WHEN c.facility_id IS NULL THEN f.time_zone ELSE c.time_zone END AS zone
        FROM integrations_facility AS f JOIN cases_calendar AS c
            ON c.facility_id = f.id OR c.key = 'house'
        WHERE f.id = facility ORDER BY c.facility_id NULLS LAST LIMIT 1)
    SELECT min(opened.day)::timestamp AT TIME ZONE min(opened.zone) FROM (
        SELECT each.day, held.zone
        FROM held CROSS JOIN LATERAL (
            SELECT (deadline_at AT TIME ZONE held.zone)::date - ago AS day
            FROM generate_series(1, 40) AS ago) AS each
        WHERE jsonb_array_length(
                coalesce(held.hours -> extract(isodow FROM each.day)::text, '[]')) > 0
          AND NOT EXISTS (SELECT FROM cases_holiday AS h
                          WHERE h.calendar_id = held.id AND h."on" = each.day)
        ORDER BY each.day DESC LIMIT days) AS opened
$$
"""
# How cases stand at a moment. The widest odds that are known come last; a case that is past its
# legal date is no longer guarded.
RANKED = """
CREATE FUNCTION cases_ranked(ids bigint[], moment timestamptz) RETURNS TABLE (
    case_id bigint, queue_id bigint, facility_id bigint, owner_id bigint, patient_id bigint,
    status text, is_claimable boolean, band smallint, score numeric, due_at timestamptz,
    expected numeric, likelihood numeric, likelihood_from text, cost numeric, basis bigint)
LANGUAGE sql STABLE AS $$
    SELECT c.id, c.queue_id, c.facility_id, c.owner_id, claim.patient_id, c.status,
           c.owner_id IS NULL AND c.status IN ('new', 'triaged', 'reopened'),
           CASE WHEN c.deadline_at IS NOT NULL AND worth.expected >= effort.cost
                     AND c.deadline_at < moment + make_interval(days => 3 * w.guard_days + 14)
                     AND c.deadline_on >= (moment AT TIME ZONE site.time_zone)::date
                     AND moment >= cases_guard_from(c.deadline_at, c.facility_id, w.guard_days)
                THEN 0 ELSE 2 END::smallint,
           round(terms.score::numeric, 1), worth.due_at, worth.expected, odds.rate, odds.known_from,
           effort.cost,
           cases_rank_basis(c.payer_id, c.facility_id, c.code, c.category, c.amount_at_risk,
                            c.deadline_at, c.resolve_due_at)
    FROM unnest(ids) AS asked (id)
    JOIN cases_case AS c ON c.id = asked.id
    JOIN integrations_facility AS site ON site.id = c.facility_id
    LEFT JOIN integrations_claim AS claim ON claim.id = c.claim_id
    CROSS JOIN (SELECT * FROM cases_weighting ORDER BY number DESC LIMIT 1) AS w
    LEFT JOIN cases_overturnrate AS by_payer ON by_payer.payer_id = c.payer_id
        AND by_payer.carc = split_part(c.code, '-', 2) AND by_payer.category = ''
        AND by_payer.carc <> ''
    LEFT JOIN cases_overturnrate AS by_reason ON by_reason.payer_id IS NULL
        AND by_reason.carc = split_part(c.code, '-', 2) AND by_reason.category = ''
        AND by_reason.carc <> ''
    LEFT JOIN cases_overturnrate AS by_category ON by_category.payer_id IS NULL
        AND by_category.carc = '' AND by_category.category = c.category
    CROSS JOIN LATERAL (SELECT
        coalesce(by_payer.rate, by_reason.rate, by_category.rate,
                 (w.likelihoods ->> c.category)::numeric, w.default_likelihood) AS rate,
        CASE WHEN by_payer.id IS NOT NULL THEN 'payer and reason'
             WHEN by_reason.id IS NOT NULL THEN 'reason'
             WHEN by_category.id IS NOT NULL THEN 'category'
             ELSE 'weights' END AS known_from) AS odds
    CROSS JOIN LATERAL (SELECT round(c.amount_at_risk * odds.rate, 2) AS expected,
        coalesce(c.deadline_at, c.resolve_due_at) AS due_at) AS worth
    CROSS JOIN LATERAL (SELECT round(coalesce((w.minutes ->> c.category)::numeric,
        w.default_minutes) * w.cost_per_minute, 2) AS cost) AS effort
    CROSS JOIN LATERAL cases_score_terms(
        w.urgency, w.money, w.age, w.escalation, w.midpoint_days, w.slope_days,
        extract(epoch FROM worth.due_at - moment) / 86400, worth.expected,
        extract(epoch FROM moment - c.opened_at) / 86400, c.resolve_due_at < moment) AS terms
$$
"""
# Hash and merge joins are off because a statement's rows may be one or ten thousand, while a plan
# is kept: rank by rank through the key costs the same a row for both.
KEEP = """
CREATE FUNCTION cases_keep_ranks() RETURNS trigger LANGUAGE plpgsql
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    stale bigint[];
    gone bigint[];
    moved boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(e.id) INTO stale FROM entered AS e
        WHERE e.status NOT IN ('resolved', 'closed', 'merged', 'voided');
    ELSE
        SELECT array_agg(e.id) FILTER (WHERE is_open AND r.basis IS DISTINCT FROM is_basis),
               array_agg(e.id) FILTER (WHERE NOT is_open AND r.case_id IS NOT NULL),
               coalesce(bool_or(is_open AND (r.queue_id, r.status, r.owner_id)
                   IS DISTINCT FROM (e.queue_id, e.status, e.owner_id)), false)
        INTO stale, gone, moved
        FROM entered AS e LEFT JOIN cases_rank AS r ON r.case_id = e.id
        CROSS JOIN LATERAL (SELECT
            e.status NOT IN ('resolved', 'closed', 'merged', 'voided') AS is_open,
            cases_rank_basis(e.payer_id, e.facility_id, e.code, e.category, e.amount_at_risk,
                             e.deadline_at, e.resolve_due_at) AS is_basis) AS now;
        IF moved THEN
            UPDATE cases_rank AS r SET queue_id = e.queue_id, facility_id = e.facility_id,
                owner_id = e.owner_id, status = e.status,
                is_claimable = e.owner_id IS NULL AND e.status IN ('new', 'triaged', 'reopened'),
                is_returned = CASE WHEN r.status = e.status THEN r.is_returned
                    ELSE r.status = 'deferred' AND e.status = 'assigned' END
            FROM entered AS e
            WHERE r.case_id = e.id AND (r.queue_id, r.status, r.owner_id)
                IS DISTINCT FROM (e.queue_id, e.status, e.owner_id);
        END IF;
        IF gone IS NOT NULL THEN
            DELETE FROM cases_rank WHERE case_id = ANY (gone);
        END IF;
    END IF;
    IF stale IS NOT NULL THEN
        INSERT INTO cases_rank AS held (case_id, queue_id, facility_id, owner_id, patient_id,
            status, is_claimable, is_returned, band, score, due_at, expected, likelihood,
            likelihood_from, cost, basis)
        SELECT case_id, queue_id, facility_id, owner_id, patient_id, status, is_claimable, false,
            band, score, due_at, expected, likelihood, likelihood_from, cost, basis
        FROM cases_ranked(stale, clock_timestamp()) ORDER BY case_id
        ON CONFLICT (case_id) DO UPDATE SET facility_id = EXCLUDED.facility_id,
            patient_id = EXCLUDED.patient_id, band = EXCLUDED.band, score = EXCLUDED.score,
            due_at = EXCLUDED.due_at, expected = EXCLUDED.expected,
            likelihood = EXCLUDED.likelihood, likelihood_from = EXCLUDED.likelihood_from,
            cost = EXCLUDED.cost, basis = EXCLUDED.basis;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = [
    "CREATE TRIGGER rank_insert AFTER INSERT ON cases_case REFERENCING NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_ranks()",
    "CREATE TRIGGER rank_update AFTER UPDATE ON cases_case REFERENCING NEW TABLE AS entered"
    " FOR EACH STATEMENT EXECUTE FUNCTION cases_keep_ranks()",
]
WEIGH = """
INSERT INTO cases_weighting (number, urgency, money, age, escalation, midpoint_days, slope_days,
    guard_days, cost_per_minute, default_minutes, minutes, default_likelihood, likelihoods, reason,
    weighed_by_id)
SELECT 1, 45, 35, 10, 10, 10, 4, 3, 1, 30, '{"MED_NECESSITY": 90, "AUTH": 45, "CODING": 40}', 0.5,
    '{}', 'Comes with the house', id
FROM accounts_user WHERE username = 'system:setup'
ON CONFLICT (number) DO NOTHING
"""
RANK = """
INSERT INTO cases_rank (case_id, queue_id, facility_id, owner_id, patient_id, status, is_claimable,
    is_returned, band, score, due_at, expected, likelihood, likelihood_from, cost, basis)
SELECT case_id, queue_id, facility_id, owner_id, patient_id, status, is_claimable, false, band,
    score, due_at, expected, likelihood, likelihood_from, cost, basis
FROM cases_ranked(
    ARRAY(SELECT id FROM cases_case
          WHERE status NOT IN ('resolved', 'closed', 'merged', 'voided')), now())
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_priority")]

    operations = [
        Track("cases", "Skill"),
        Track("cases", "Capacity"),
        AppendOnly("cases", "Skip"),
        AppendOnly("cases", "Weighting"),
        migrations.RunSQL(
            [SCORE, BASIS, GUARD, RANKED, KEEP, *TRIGGERS],
            [
                "DROP TRIGGER rank_insert ON cases_case",
                "DROP TRIGGER rank_update ON cases_case",
                "DROP FUNCTION cases_keep_ranks()",
                "DROP FUNCTION cases_ranked(bigint[], timestamptz)",
                "DROP FUNCTION cases_guard_from(timestamptz, bigint, integer)",
                "DROP FUNCTION cases_rank_basis(bigint, bigint, text, text, numeric, timestamptz,"
                " timestamptz)",
                "DROP FUNCTION cases_score_terms(float8, float8, float8, float8, float8, float8,"
                " float8, float8, float8, boolean)",
            ],
        ),
        migrations.RunSQL([WEIGH, RANK], "DELETE FROM cases_rank"),
    ]
