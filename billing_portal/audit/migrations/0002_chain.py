"""The chain: numbering, stamping and hashing in the database; heads out of the application's reach."""

from django.db import migrations

from billing_portal.kernel.models.guards import AppendOnly, app_role, quote

TEXT = """
CREATE FUNCTION portal_audit_text(e audit_auditevent) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT concat_ws(E'\\x1f', e.chain, e.seq::text,
                     to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                     e.txid::text, e.actor_id::text, e.verb, e.subject, e.reason,
                     e.correlation_id, e.body)
$$
"""

# The head's row is the chain's lock. The function runs as its owner, since the application's role
# may not write heads.
LINK = """
CREATE FUNCTION portal_audit_link() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    head audit_chainhead;
BEGIN
    INSERT INTO audit_chainhead (chain, seq, hash) VALUES (NEW.chain, 0, '')
        ON CONFLICT (chain) DO NOTHING;
    SELECT * INTO head FROM audit_chainhead WHERE chain = NEW.chain FOR UPDATE;
    NEW.seq := head.seq + 1;
    NEW.at := clock_timestamp();
    NEW.txid := pg_current_xact_id();
    NEW.previous_hash := head.hash;
    NEW.hash := sha256(head.hash || convert_to(portal_audit_text(NEW), 'UTF8'));
    UPDATE audit_chainhead SET seq = NEW.seq, hash = NEW.hash WHERE chain = NEW.chain;
    RETURN NEW;
END $$
"""


def keep_heads(apps, schema_editor):
    """Only the trigger writes heads."""
    schema_editor.execute(
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_chainhead FROM {quote(app_role())}"
    )


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("kernel", "0001_guards")]

    operations = [
        migrations.RunSQL(TEXT, "DROP FUNCTION portal_audit_text(audit_auditevent)"),
        migrations.RunSQL(LINK, "DROP FUNCTION portal_audit_link()"),
        migrations.RunSQL(
            "CREATE TRIGGER chain_link BEFORE INSERT ON audit_auditevent"
            " FOR EACH ROW EXECUTE FUNCTION portal_audit_link()",
            "DROP TRIGGER chain_link ON audit_auditevent",
        ),
        AppendOnly("audit", "AuditEvent"),
        migrations.RunPython(keep_heads, migrations.RunPython.noop),
    ]
