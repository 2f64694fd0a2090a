"""A reopening is used by the voucher it was approved for, and by nothing older or of another sum."""

from importlib import import_module

from django.db import migrations

reopenings = import_module("cases.migrations.0057_reopenings")
OPEN_DAY = """
CREATE OR REPLACE FUNCTION cases_journal_open_day() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    held text;
BEGIN
    SELECT p.state INTO held FROM public.cases_fiscalperiod p
        WHERE NEW.posting_on BETWEEN p.starts_on AND p.ends_on
        AND (p.entity_id = NEW.entity_id OR p.entity_id IS NULL)
        ORDER BY p.entity_id NULLS LAST LIMIT 1;
    IF held IS DISTINCT FROM 'open' AND NOT (held = 'closed' AND EXISTS (
            SELECT 1 FROM public.cases_effect e
            JOIN public.cases_journaltemplate t ON t.id = NEW.template_id
            JOIN public.cases_reopening r
            ON (r.case_id, r.template, r.amount, r.currency, r.posting_on)
             = (e.case_id, t.key, e.amount, e.currency, NEW.posting_on)
            WHERE e.id = NEW.effect_id AND e.reverses_id IS NULL AND NOT EXISTS (
                SELECT 1 FROM public.cases_journal j
                JOIN public.cases_effect o ON o.id = j.effect_id
                JOIN public.cases_journaltemplate u ON u.id = j.template_id
                WHERE (o.case_id, u.key, o.amount, o.currency, j.posting_on)
                    = (r.case_id, r.template, r.amount, r.currency, r.posting_on)
                AND o.reverses_id IS NULL AND j.recorded_at > r.recorded_at))) THEN
        RAISE EXCEPTION 'no fiscal period is open on %', NEW.posting_on
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0058_effects_are_approved")]

    operations = [migrations.RunSQL(OPEN_DAY, reopenings.OPEN_DAY)]
