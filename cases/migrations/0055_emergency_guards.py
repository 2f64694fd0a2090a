"""What the database itself refuses of emergencies and of voided cases; where emergencies wait.

Nobody is let in without an approved request of their own, nor for longer than was approved; what
was opened only ever ends earlier. A third human reviews it when it is over, and no emergency that
was open ends unreviewed. A case is void only by an approved request, and never if anything was
booked for it.
"""

import json
from importlib import import_module
from pathlib import Path

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly

FOLDER = "types/emergency_access/reference"
TYPE = Path(__file__).resolve().parent.parent / FOLDER
reference = import_module("cases.migrations.0003_reference")
in_step = import_module("cases.migrations.0049_rules_in_step")
TOUCH_HOURS, REVIEW_DAYS = 1, 2

GRANT = """
CREATE FUNCTION cases_judge_emergency() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.user_id, NEW.permission_id, NEW.thing_id, NEW.reference, NEW.begins_at)
           IS DISTINCT FROM
           (OLD.user_id, OLD.permission_id, OLD.thing_id, OLD.reference, OLD.begins_at)
           OR NEW.ends_at > OLD.ends_at THEN
            PERFORM cases_refuse('emergencygrant_only_ends', 'an emergency only ends earlier');
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (
            SELECT FROM cases_approvalrequest AS r
            WHERE r.reference = NEW.reference AND r.matter = 'break_glass'
              AND r.state = 'approved' AND r.requested_by_id = NEW.user_id
              AND NEW.ends_at - NEW.begins_at
                  <= make_interval(hours => (r.sealed::jsonb #>> '{facts,hours}')::integer)) THEN
        PERFORM cases_refuse('emergencygrant_approved', 'nobody approved this emergency');
    END IF;
    RETURN NEW;
END $guard$
"""
REVIEW = """
CREATE FUNCTION cases_judge_emergency_review() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF EXISTS (SELECT FROM cases_approvalrequest AS r
               JOIN cases_approvalact AS a ON a.request_id = r.id
               WHERE r.case_id = NEW.case_id AND r.matter = 'break_glass'
                 AND cases_human(NEW.reviewed_by_id) IN (a.human, a.for_human)) THEN
        PERFORM cases_refuse('emergencyreview_third', 'who asked or decided does not review it');
    END IF;
    IF NOT EXISTS (SELECT FROM cases_approvalrequest AS r
                   JOIN access_emergencygrant AS g ON g.reference = r.reference
                   WHERE r.case_id = NEW.case_id AND g.ends_at <= NEW.reviewed_at) THEN
        PERFORM cases_refuse('emergencyreview_when_over', 'it is reviewed when it is over');
    END IF;
    RETURN NEW;
END $guard$
"""
CASE = """
CREATE FUNCTION cases_judge_ending() RETURNS trigger LANGUAGE plpgsql AS $guard$
BEGIN
    IF NEW.status = 'voided' AND (
            EXISTS (SELECT FROM cases_effect AS e WHERE e.case_id = NEW.id)
            OR NOT EXISTS (SELECT FROM cases_approvalrequest AS r
                           WHERE r.case_id = NEW.id AND r.matter = 'void_case'
                             AND r.state = 'approved')) THEN
        PERFORM cases_refuse('case_void_as_approved', 'two people void a case, nothing booked');
    END IF;
    IF NEW.case_type = 'emergency_access' AND EXISTS (
            SELECT FROM cases_approvalrequest AS r
            JOIN access_emergencygrant AS g ON g.reference = r.reference
            WHERE r.case_id = NEW.id)
       AND NOT EXISTS (SELECT FROM cases_emergencyreview AS v WHERE v.case_id = NEW.id) THEN
        PERFORM cases_refuse('case_emergency_is_reviewed', 'nobody has reviewed this emergency');
    END IF;
    RETURN NULL;
END $guard$
"""
FUNCTIONS = {
    "cases_judge_emergency()": GRANT,
    "cases_judge_emergency_review()": REVIEW,
    "cases_judge_ending()": CASE,
}
TRIGGERS = {
    "approved ON access_emergencygrant": (
        "CREATE TRIGGER approved BEFORE INSERT OR UPDATE ON access_emergencygrant"
        " FOR EACH ROW EXECUTE FUNCTION cases_judge_emergency()"
    ),
    "judged ON cases_emergencyreview": (
        "CREATE TRIGGER judged BEFORE INSERT ON cases_emergencyreview"
        " FOR EACH ROW EXECUTE FUNCTION cases_judge_emergency_review()"
    ),
    "ending ON cases_case": (
        "CREATE CONSTRAINT TRIGGER ending AFTER UPDATE ON cases_case"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " WHEN (NEW.status <> OLD.status AND (NEW.status = 'voided'"
        " OR NEW.case_type = 'emergency_access' AND NEW.status IN ('resolved', 'closed', 'merged')))"
        " EXECUTE FUNCTION cases_judge_ending()"
    ),
}


def seed(apps, schema_editor):
    """A desk for emergencies, its two business days, and the way there."""
    [row] = reference.rows_of(f"{FOLDER}/queues.csv")
    last = apps.get_model("cases.Queue").objects.count()
    [queue] = reference.seed(apps, schema_editor, "cases.Queue", [row | {"position": last + 1}])
    targets = [
        {"queue": queue, "clock": "first_touch", "unit": "business_hours", "amount": TOUCH_HOURS},
        {"queue": queue, "clock": "resolve", "unit": "business_days", "amount": REVIEW_DAYS},
    ]
    reference.seed(apps, schema_editor, "cases.Target", targets)
    held = set(apps.get_model("cases.RoutingRule").objects.values_list("key", flat=True))
    routes = json.loads((TYPE / "rules.json").read_text(encoding="utf-8"))
    wanted = [rule | {"queue": queue} for rule in routes if rule["key"] not in held]
    reference.seed(apps, schema_editor, "cases.RoutingRule", wanted)
    in_step.put_in_step(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("cases", "0054_emergencies"), ("access", "0003_emergencies")]

    operations = [
        AppendOnly("cases", "EmergencyReview"),
        *(
            migrations.RunSQL(function, f"DROP FUNCTION {name}")
            for name, function in FUNCTIONS.items()
        ),
        *(
            migrations.RunSQL(trigger, f"DROP TRIGGER {name}") for name, trigger in TRIGGERS.items()
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
