"""The database lets nothing be done that was not approved for exactly this.

At the end of the transaction every effect but a reversal, which takes one back as a whole, stands
on an approved request of its case and matter, with that request's digest, amount and currency.
"""

from django.db import migrations

APPROVED = """
CREATE FUNCTION cases_effect_approved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NEW.reverses_id IS NULL AND NOT EXISTS (
            SELECT FROM public.cases_approvalrequest AS r
            WHERE r.reference = NEW.request_reference AND r.state = 'approved'
              AND (r.case_id, r.matter, r.digest, r.amount, r.currency)
                  = (NEW.case_id, NEW.kind, NEW.digest, NEW.amount, NEW.currency)) THEN
        RAISE EXCEPTION 'refused: "%" was not approved for exactly this', NEW.event
            USING ERRCODE = 'integrity_constraint_violation',
                  CONSTRAINT = 'effect_of_what_was_approved';
    END IF;
    RETURN NULL;
END $$
"""
TRIGGER = (
    "CREATE CONSTRAINT TRIGGER effect_approved AFTER INSERT ON cases_effect"
    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_effect_approved()"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0057_reopenings")]

    operations = [
        migrations.RunSQL(APPROVED, "DROP FUNCTION cases_effect_approved()"),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER effect_approved ON cases_effect"),
    ]
