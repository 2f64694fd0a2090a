"""What the database itself refuses of approvals, to everybody, whoever connects.

An act is judged when it is written: on a request that waits, with the digest it has now, of a case
that stands as it was sealed; by an active person who can take a seat of this step, for themselves
or for somebody who delegated to them; never by a human who made what is asked for or has decided
already, nor by one who stands in for such. A request is judged when it changes: what was sealed
changes only when it is asked again, and a step is passed only when enough humans have approved it.
"""

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

TRACKED = ["Policy", "ApprovalLimit", "Delegation", "ApprovalRequest"]
FACTS = ["PolicyVersion", "ApprovalAct"]

HUMAN = """
CREATE FUNCTION cases_human(account bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN btrim(u.staff_number) <> '' THEN 'staff:' || upper(btrim(u.staff_number))
                ELSE 'user:' || u.id END
    FROM accounts_user AS u WHERE u.id = account
$$
"""
SEATS = """
CREATE FUNCTION cases_seats_of(account bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(seat) FROM (
        SELECT 'role:' || g.name AS seat
        FROM accounts_membership AS m JOIN auth_group AS g ON g.id = m.group_id
        WHERE m.user_id = account
        UNION ALL
        SELECT 'person:' || u.username FROM accounts_user AS u WHERE u.id = account) AS held
$$
"""
SEATS_IN = """
CREATE FUNCTION cases_seats_in(step jsonb) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(array_agg(seat), '{}') FROM (
        SELECT 'role:' || role AS seat
        FROM jsonb_array_elements_text(coalesce(step -> 'roles', '[]')) AS role
        UNION ALL
        SELECT 'person:' || person
        FROM jsonb_array_elements_text(coalesce(step -> 'people', '[]')) AS person) AS named
$$
"""
# Who lets whom stand in, for a matter and an amount, on the day that the giver's clock shows.
STAND_INS = """
CREATE FUNCTION cases_stand_ins(taker bigint, matter text, amount numeric, moment timestamptz)
RETURNS TABLE (giver_id bigint, human text) LANGUAGE sql STABLE AS $$
    SELECT d.giver_id, cases_human(d.giver_id)
    FROM cases_delegation AS d JOIN accounts_user AS g ON g.id = d.giver_id
    WHERE d.taker_id = taker AND d.revoked_at IS NULL
      AND (moment AT TIME ZONE g.time_zone)::date BETWEEN d.starts_on AND d.ends_on
      AND (d.matters = '{}' OR matter = ANY(d.matters))
      AND (d.max_amount IS NULL OR amount <= d.max_amount)
$$
"""
ACT = """
CREATE FUNCTION cases_judge_act() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    asked cases_approvalrequest;
    present cases_case;
    speaker bigint := coalesce(NEW.for_person_id, NEW.person_id);
    humans text[];
BEGIN
    SELECT * INTO asked FROM cases_approvalrequest WHERE id = NEW.request_id FOR UPDATE;
    NEW.human := cases_human(NEW.person_id);
    NEW.for_human := coalesce(cases_human(NEW.for_person_id), '');
    NEW.seats := '{}';
    IF NEW.cycle <> asked.cycle OR NEW.digest <> asked.digest THEN
        PERFORM cases_refuse('approvalact_of_what_is_asked', 'this is not what is asked for now');
    END IF;
    IF NEW.act NOT IN ('approve', 'reject', 'return') THEN
        IF EXISTS (SELECT FROM cases_approvalact AS a
                   WHERE a.request_id = NEW.request_id AND a.cycle = NEW.cycle
                     AND a.act IN ('approve', 'reject', 'return')) THEN
            PERFORM cases_refuse('approvalact_makers_first', 'somebody has decided already');
        END IF;
        RETURN NEW;
    END IF;
    IF asked.state <> 'pending' OR NEW.step <> asked.step THEN
        PERFORM cases_refuse('approvalact_while_pending', 'the request does not wait for this');
    END IF;
    SELECT * INTO present FROM cases_case WHERE id = asked.case_id;
    IF (asked.sealed::jsonb #>> '{standing,amount_at_risk}')::numeric <> present.amount_at_risk
       OR asked.sealed::jsonb #>> '{standing,currency}' <> present.currency
       OR (asked.sealed::jsonb #>> '{standing,cycle}')::integer <> present.cycle THEN
        PERFORM cases_refuse('approvalact_of_an_unchanged_case', 'the case changed since');
    END IF;
    SELECT coalesce(array_agg(seat), '{}') INTO NEW.seats
        FROM unnest(asked.seats) AS seat WHERE seat = ANY(cases_seats_of(speaker));
    IF NEW.seats = '{}' OR EXISTS (SELECT FROM accounts_user AS u
            WHERE u.id IN (NEW.person_id, speaker) AND NOT (u.is_active AND u.kind = 'person')) THEN
        PERFORM cases_refuse('approvalact_by_who_may', 'this person has no seat in this step');
    END IF;
    SELECT array_agg(s.human) || NEW.human || NEW.for_human INTO humans
        FROM cases_stand_ins(NEW.person_id, asked.matter, asked.tier_amount, NEW.at) AS s;
    IF NEW.for_person_id IS NOT NULL AND NEW.for_person_id NOT IN (SELECT s.giver_id
            FROM cases_stand_ins(NEW.person_id, asked.matter, asked.tier_amount, NEW.at) AS s) THEN
        PERFORM cases_refuse('approvalact_delegated', 'nobody delegated this');
    END IF;
    IF cases_human(asked.requested_by_id) = ANY(humans) OR EXISTS (
            SELECT FROM cases_approvalact AS a
            WHERE a.request_id = NEW.request_id
              AND (a.act NOT IN ('approve', 'reject', 'return') OR a.cycle = NEW.cycle)
              AND (a.human = ANY(humans) OR a.for_human = ANY(array_remove(humans, ''))
                   OR cases_human(a.person_id) = ANY(humans))) THEN
        PERFORM cases_refuse('approvalact_segregated',
            'this human, or one they stand in for, made it or has decided on it');
    END IF;
    RETURN NEW;
END $guard$
"""
REFUSE = """
CREATE FUNCTION cases_refuse(broken text, why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'refused: %', why
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = broken;
END $$
"""
REQUEST = """
CREATE FUNCTION cases_judge_request() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.cycle, NEW.step) IS DISTINCT FROM ('pending', 1, 0) THEN
            PERFORM cases_refuse('approvalrequest_begins', 'a request begins by waiting');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.public_id, NEW.reference, NEW.case_id, NEW.matter, NEW.requested_by_id,
        NEW.requested_at) IS DISTINCT FROM
       (OLD.id, OLD.public_id, OLD.reference, OLD.case_id, OLD.matter, OLD.requested_by_id,
        OLD.requested_at) THEN
        PERFORM cases_refuse('approvalrequest_stays', 'whose and what it is never changes');
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
            ('pending', 'returned'), ('pending', 'approved'), ('pending', 'rejected'),
            ('pending', 'withdrawn'), ('pending', 'voided'), ('returned', 'pending'),
            ('returned', 'withdrawn'), ('returned', 'voided'), ('approved', 'voided')) THEN
        PERFORM cases_refuse('approvalrequest_moves', 'this does not follow');
    END IF;
    IF NEW.state = 'voided' AND OLD.settled_at IS NOT NULL THEN
        PERFORM cases_refuse('approvalrequest_moves', 'it was carried out');
    END IF;
    IF OLD.state = 'returned' AND NEW.state = 'pending' THEN
        IF (NEW.cycle, NEW.step) <> (OLD.cycle + 1, 0) THEN
            PERFORM cases_refuse('approvalrequest_asked_again', 'the chain begins anew');
        END IF;
    ELSIF (NEW.sealed, NEW.digest, NEW.amount, NEW.currency, NEW.tier_amount, NEW.links,
           NEW.linked, NEW.policy_version_id, NEW.reason, NEW.cycle) IS DISTINCT FROM
          (OLD.sealed, OLD.digest, OLD.amount, OLD.currency, OLD.tier_amount, OLD.links,
           OLD.linked, OLD.policy_version_id, OLD.reason, OLD.cycle) THEN
        PERFORM cases_refuse('approvalrequest_sealed', 'what was asked for is sealed');
    ELSIF NEW.step NOT IN (OLD.step, OLD.step + 1) THEN
        PERFORM cases_refuse('approvalrequest_one_step', 'steps are passed one by one');
    END IF;
    RETURN NEW;
END $guard$
"""
# At the end of the transaction: every step that was passed has enough approvals of this cycle, by
# humans who could take its seats; and who may decide now is who the policy names, or those above.
PASSED = """
CREATE FUNCTION cases_judge_passing() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    terms jsonb;
    named jsonb;
    passed integer;
    needed integer;
    approved integer;
    sitting text[];
    above text;
BEGIN
    SELECT content, 'role:' || (content ->> 'escalate_to') INTO terms, above
        FROM cases_policyversion WHERE id = NEW.policy_version_id;
    passed := CASE NEW.state WHEN 'approved' THEN jsonb_array_length(terms -> 'steps')
                             ELSE NEW.step END;
    FOR number IN 0 .. passed - 1 LOOP
        named := terms -> 'steps' -> number;
        sitting := cases_seats_in(named);
        needed := CASE named ->> 'mode'
            WHEN 'any' THEN 1
            WHEN 'n_of' THEN (named ->> 'n')::integer
            ELSE cardinality(sitting) END;
        SELECT CASE WHEN named ->> 'mode' = 'all' THEN least(
                   count(DISTINCT a.human),
                   count(DISTINCT seat) FILTER (WHERE seat = ANY(sitting))
                   + count(DISTINCT a.human) FILTER (WHERE seat = above AND above <> ALL(sitting)))
               ELSE count(DISTINCT a.human) END
            INTO approved
            FROM cases_approvalact AS a CROSS JOIN LATERAL unnest(a.seats) AS seat
            WHERE a.request_id = NEW.id AND a.cycle = NEW.cycle AND a.step = number
              AND a.act = 'approve' AND a.digest = NEW.digest;
        IF approved < needed THEN
            PERFORM cases_refuse('approvalrequest_approved_by_enough',
                format('step %s has %s of %s approvals', number + 1, approved, needed));
        END IF;
    END LOOP;
    sitting := cases_seats_in(terms -> 'steps' -> NEW.step::integer);
    IF NEW.is_escalated THEN
        sitting := sitting || above;
    END IF;
    IF NEW.state = 'pending' AND NOT NEW.seats <@ sitting THEN
        PERFORM cases_refuse('approvalrequest_seats', 'the policy does not name them');
    END IF;
    RETURN NULL;
END $guard$
"""
TRIGGERS = [
    "CREATE TRIGGER judged BEFORE INSERT ON cases_approvalact"
    " FOR EACH ROW EXECUTE FUNCTION cases_judge_act()",
    "CREATE TRIGGER judged BEFORE INSERT OR UPDATE ON cases_approvalrequest"
    " FOR EACH ROW EXECUTE FUNCTION cases_judge_request()",
    "CREATE CONSTRAINT TRIGGER passed AFTER INSERT OR UPDATE ON cases_approvalrequest"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_judge_passing()",
    "CREATE TRIGGER kept BEFORE DELETE ON cases_approvalrequest"
    " FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()",
]
FUNCTIONS = {
    "cases_refuse(text, text)": REFUSE,
    "cases_human(bigint)": HUMAN,
    "cases_seats_of(bigint)": SEATS,
    "cases_seats_in(jsonb)": SEATS_IN,
    "cases_stand_ins(bigint, text, numeric, timestamptz)": STAND_INS,
    "cases_judge_act()": ACT,
    "cases_judge_request()": REQUEST,
    "cases_judge_passing()": PASSED,
}
CHECKS = {
    ("cases_policyversion", "policyversion_digest"): (
        "digest = encode(sha256(convert_to(content::text, 'UTF8')), 'hex')"
    ),
    ("cases_policyversion", "policyversion_content_of_its_matter"): (
        "content ->> 'matter' = matter"
    ),
    ("cases_approvalrequest", "approvalrequest_digest"): (
        "digest = encode(sha256(convert_to(sealed, 'UTF8')), 'hex')"
    ),
    ("cases_approvalrequest", "approvalrequest_seal_says_the_same"): (
        "(sealed::jsonb ->> 'amount')::numeric = amount"
        " AND sealed::jsonb ->> 'currency' = currency AND sealed::jsonb ->> 'matter' = matter"
    ),
}
OF_THIS_POLICY = (
    "ALTER TABLE cases_policy ADD CONSTRAINT policy_current_is_its_own"
    " FOREIGN KEY (current_id, key) REFERENCES cases_policyversion (id, policy)"
    " DEFERRABLE INITIALLY DEFERRED"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0040_approvals"), ("kernel", "0001_guards")]

    operations = [
        *(Track("cases", model) for model in TRACKED),
        *(AppendOnly("cases", model) for model in FACTS),
        migrations.RunSQL(
            "CREATE SEQUENCE cases_approval_reference", "DROP SEQUENCE cases_approval_reference"
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({truth})",
                f"ALTER TABLE {table} DROP CONSTRAINT {name}",
            )
            for (table, name), truth in CHECKS.items()
        ),
        migrations.RunSQL(
            OF_THIS_POLICY, "ALTER TABLE cases_policy DROP CONSTRAINT policy_current_is_its_own"
        ),
        *(
            migrations.RunSQL(function, f"DROP FUNCTION {name}")
            for name, function in FUNCTIONS.items()
        ),
        migrations.RunSQL(
            TRIGGERS,
            [
                "DROP TRIGGER kept ON cases_approvalrequest",
                "DROP TRIGGER passed ON cases_approvalrequest",
                "DROP TRIGGER judged ON cases_approvalrequest",
                "DROP TRIGGER judged ON cases_approvalact",
            ],
        ),
    ]
