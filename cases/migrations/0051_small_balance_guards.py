"""What the database itself refuses of small balances; the rule, the route and the policy of them.

An account is in one batch at a time, with the balance that it states, never above the rule's. A
batch is what it says: so many balances, of this total, and at least its share of them drawn, rounded
up. It is asked for and signed only when the whole sample was found right, for what its accounts
still owe, and never signed by somebody who looked at it.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, Track

TYPE = Path(__file__).resolve().parent.parent / "types/small_balance/reference"
reference = import_module("cases.migrations.0003_reference")
policies = import_module("cases.migrations.0042_approval_policies")
in_step = import_module("cases.migrations.0049_rules_in_step")
POLICY = "small-balance-1"
REASON = "A batch is signed by its rule, whatever it comes to."
CHANGED = """
INSERT INTO cases_historicalpolicy ({columns}, history_change_reason, history_type, history_user_id)
SELECT {columns}, %s, '~',
    (SELECT u.id FROM accounts_user AS u WHERE u.username = 'system:setup') AS by
FROM cases_policy WHERE id = %s
"""

# In a batch that is open; or written off, until the account's ledger shows just that taken off.
IN_A_BATCH = """
CREATE FUNCTION cases_in_a_small_balance_batch(account bigint, but bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM cases_smallbalance AS s
        JOIN cases_smallbalancebatch AS b ON b.id = s.batch_id
        JOIN cases_case AS c ON c.id = b.case_id
        WHERE s.account_id = account AND s.batch_id <> but
          AND CASE WHEN c.disposition = 'written_off' THEN NOT EXISTS (
                  SELECT FROM integrations_ledgerentry AS e WHERE e.account_id = account
                    AND e.amount = -s.amount AND e.received_at > b.drawn_at)
              ELSE c.status NOT IN ('resolved', 'closed', 'merged', 'voided') END)
$$
"""
BALANCE = """
CREATE FUNCTION cases_judge_small_balance() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    PERFORM FROM integrations_patientaccount WHERE id = NEW.account_id FOR UPDATE;
    IF NOT EXISTS (
            SELECT FROM cases_smallbalancebatch AS b JOIN cases_case AS c ON c.id = b.case_id
            JOIN integrations_patientaccount AS a ON a.id = NEW.account_id
            WHERE b.id = NEW.batch_id AND NEW.position BETWEEN 1 AND b.population
              AND NEW.amount = a.balance AND NEW.amount <= b.most
              AND a.currency = c.currency AND a.facility_id = c.facility_id) THEN
        PERFORM cases_refuse('smallbalance_is_small', 'this is no small balance of this site');
    END IF;
    IF cases_in_a_small_balance_batch(NEW.account_id, NEW.batch_id) THEN
        PERFORM cases_refuse('smallbalance_once_at_a_time', 'the account is in another batch');
    END IF;
    RETURN NEW;
END $guard$
"""
BATCH = """
CREATE FUNCTION cases_judge_small_balances() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    held integer;
    owed numeric;
    drawn integer;
BEGIN
    SELECT count(*), sum(amount), count(*) FILTER (WHERE is_sampled) INTO held, owed, drawn
        FROM cases_smallbalance WHERE batch_id = NEW.id;
    IF held = 0 OR held <> NEW.population OR owed <> NEW.total OR drawn < ceil(held * NEW.share)
       OR NOT EXISTS (SELECT FROM cases_smallbalancerule AS r
                      WHERE r.id = NEW.rule_id AND (r.most, r.share) = (NEW.most, NEW.share)) THEN
        PERFORM cases_refuse('smallbalancebatch_whole', 'the batch is not what it says');
    END IF;
    RETURN NULL;
END $guard$
"""
LOOK = """
CREATE FUNCTION cases_judge_sample_look() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NOT EXISTS (SELECT FROM cases_smallbalance WHERE id = NEW.balance_id AND is_sampled) THEN
        PERFORM cases_refuse('samplelook_of_the_sample', 'this balance was not drawn');
    END IF;
    RETURN NEW;
END $guard$
"""
REQUEST = """
CREATE FUNCTION cases_judge_small_balance_request() RETURNS trigger LANGUAGE plpgsql AS $guard$
DECLARE
    batch cases_smallbalancebatch;
BEGIN
    IF NEW.state NOT IN ('pending', 'approved')
       OR (TG_OP = 'UPDATE' AND OLD.state = NEW.state) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO batch FROM cases_smallbalancebatch WHERE case_id = NEW.case_id;
    IF batch.id IS NULL OR batch.total <> NEW.amount THEN
        PERFORM cases_refuse('approvalrequest_of_a_batch', 'no batch of this sum stands behind it');
    END IF;
    IF EXISTS (SELECT FROM cases_smallbalance AS s
               LEFT JOIN cases_samplelook AS l ON l.balance_id = s.id
               WHERE s.batch_id = batch.id AND s.is_sampled
                 AND l.outcome IS DISTINCT FROM 'right') THEN
        PERFORM cases_refuse('approvalrequest_sample_is_right', 'the sample was not found right');
    END IF;
    IF EXISTS (SELECT FROM cases_smallbalance AS s
               JOIN integrations_patientaccount AS a ON a.id = s.account_id
               WHERE s.batch_id = batch.id
                 AND (a.balance < s.amount OR cases_in_a_small_balance_batch(a.id, batch.id))) THEN
        PERFORM cases_refuse('approvalrequest_balances_stand', 'a balance is another by now');
    END IF;
    IF EXISTS (SELECT FROM cases_smallbalance AS s
               JOIN cases_samplelook AS l ON l.balance_id = s.id
               WHERE s.batch_id = batch.id AND NOT EXISTS (
                   SELECT FROM cases_approvalact AS a
                   WHERE a.request_id = NEW.id AND a.human = cases_human(l.looked_by_id)
                     AND a.act NOT IN ('approve', 'reject', 'return'))) THEN
        PERFORM cases_refuse('approvalrequest_names_lookers', 'who looked at it prepared it');
    END IF;
    RETURN NULL;
END $guard$
"""
FUNCTIONS = {
    "cases_in_a_small_balance_batch(bigint, bigint)": IN_A_BATCH,
    "cases_judge_small_balance()": BALANCE,
    "cases_judge_small_balances()": BATCH,
    "cases_judge_sample_look()": LOOK,
    "cases_judge_small_balance_request()": REQUEST,
}
TRIGGERS = {
    "small_balances ON cases_approvalrequest": (
        "CREATE CONSTRAINT TRIGGER small_balances AFTER INSERT OR UPDATE ON cases_approvalrequest"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.matter = 'small_balance')"
        " EXECUTE FUNCTION cases_judge_small_balance_request()"
    ),
    "judged ON cases_samplelook": (
        "CREATE TRIGGER judged BEFORE INSERT ON cases_samplelook"
        " FOR EACH ROW EXECUTE FUNCTION cases_judge_sample_look()"
    ),
    "whole ON cases_smallbalancebatch": (
        "CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON cases_smallbalancebatch"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION cases_judge_small_balances()"
    ),
    "judged ON cases_smallbalance": (
        "CREATE TRIGGER judged BEFORE INSERT ON cases_smallbalance"
        " FOR EACH ROW EXECUTE FUNCTION cases_judge_small_balance()"
    ),
}


def seed(apps, schema_editor):
    """What is small, by policy; and who works the batches."""
    rows = reference.rows_of("types/small_balance/reference/small_balances.csv")
    reference.seed(apps, schema_editor, "cases.SmallBalanceRule", rows)
    queues = {queue.key: queue for queue in apps.get_model("cases.Queue").objects.all()}
    routes = json.loads((TYPE / "rules.json").read_text(encoding="utf-8"))
    held = set(apps.get_model("cases.RoutingRule").objects.values_list("key", flat=True))
    wanted = [rule | {"queue": queues[rule["queue"]]} for rule in routes if rule["key"] not in held]
    reference.seed(apps, schema_editor, "cases.RoutingRule", wanted)
    in_step.put_in_step(apps, schema_editor)


def sign_batches(apps, schema_editor):
    """The policy is over each balance, which the rule caps: a batch of any sum is signed by it.

    A house that has written its own version keeps it.
    """
    policy = apps.get_model("cases.Policy").objects.select_related("current").get(key=POLICY)
    if policy.current.number != 1:
        return
    content = policy.current.content | {"to_amount": None, "citation": policies.SOURCE}
    schema_editor.execute(
        "INSERT INTO cases_policyversion (policy, number, matter, content, digest)"
        " SELECT %s, 2, %s, c, encode(sha256(convert_to(c::text, 'UTF8')), 'hex')"
        " FROM (SELECT %s::jsonb) AS given (c)",
        [POLICY, policy.matter, json.dumps(content)],
    )
    policies_held = apps.get_model("cases.Policy").objects.filter(pk=policy.pk)
    version = apps.get_model("cases.PolicyVersion").objects.get(policy=POLICY, number=2)
    policies_held.update(current=version, version=policy.version + 1)
    schema_editor.execute(CHANGED.format(columns=columns_of(apps, "Policy")), [REASON, policy.pk])


def columns_of(apps, name):
    """The columns that a model and its history share."""
    fields = apps.get_model("cases", f"Historical{name}")._meta.concrete_fields
    own = reference.OWN_COLUMNS
    return ", ".join(f'"{field.column}"' for field in fields if field.column not in own)


class Migration(migrations.Migration):
    dependencies = [("cases", "0050_small_balances")]

    operations = [
        Track("cases", "SmallBalanceRule"),
        AppendOnly("cases", "SmallBalanceBatch"),
        AppendOnly("cases", "SmallBalance"),
        AppendOnly("cases", "SampleLook"),
        *(
            migrations.RunSQL(function, f"DROP FUNCTION {name}")
            for name, function in FUNCTIONS.items()
        ),
        *(migrations.RunSQL(trigger, f"DROP TRIGGER {name}") for name, trigger in TRIGGERS.items()),
        migrations.RunPython(sign_batches, migrations.RunPython.noop),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
