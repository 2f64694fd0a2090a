"""The chain: numbering, stamping and hashing in the database; heads out of the application's reach."""

from django.db import migrations

from billing_portal.kernel.models.guards import (
    AppendOnly,
    give_privileges,
    refuse,
    take_privileges,
)

# What is hashed after the previous hash: each field as its length in bytes, a colon and its text, so
# that no two events share one text. `audit.queries.Link.told` says the same in Python.
TEXT = """
CREATE FUNCTION portal_audit_text(e audit_event) RETURNS text LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN concat(
        octet_length(e.chain), ':', e.chain,
        octet_length(e.seq::text), ':', e.seq,
        26, ':', to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        octet_length(e.txid::text), ':', e.txid,
        octet_length(e.actor_id::text), ':', e.actor_id,
        octet_length(e.verb), ':', e.verb,
        octet_length(e.subject), ':', e.subject,
        octet_length(e.reason), ':', e.reason,
        octet_length(e.correlation_id), ':', e.correlation_id,
        octet_length(e.body), ':', e.body
    );
END $$
"""

# Writing the head's row is taking the chain's lock. The function runs as its owner, since the
# application's role may not write heads.
LINK = """
CREATE FUNCTION portal_audit_link() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO public.audit_chain_head AS head (chain, seq, hash) VALUES (NEW.chain, 1, '')
        ON CONFLICT (chain) DO UPDATE SET seq = head.seq + 1
        RETURNING head.seq, head.hash INTO NEW.seq, NEW.previous_hash;
    NEW.at := clock_timestamp();
    NEW.txid := pg_current_xact_id();
    NEW.hash := sha256(NEW.previous_hash || convert_to(public.portal_audit_text(NEW), 'UTF8'));
    UPDATE public.audit_chain_head SET hash = NEW.hash WHERE chain = NEW.chain;
    RETURN NEW;
END $$
"""

# Not even the owner writes a head by hand: a statement has trigger depth 1, one inside another 2.
KEEP_HEADS = """
CREATE FUNCTION portal_keep_heads() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '% of % is refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""

HEADS = "audit_chain_head"


def keep_heads(apps, schema_editor):
    """Only the trigger writes heads, and nothing removes them."""
    refuse(schema_editor, HEADS, name="never_removed", of="DELETE", each="ROW")
    refuse(schema_editor, HEADS, name="never_truncated", of="TRUNCATE", each="STATEMENT")
    take_privileges(schema_editor, HEADS, "INSERT, UPDATE, DELETE, TRUNCATE")


def let_heads_go(apps, schema_editor):
    """The reverse."""
    for trigger in ("never_removed", "never_truncated"):
        schema_editor.execute(f"DROP TRIGGER {trigger} ON {HEADS}")
    give_privileges(schema_editor, HEADS, "INSERT, UPDATE, DELETE")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("kernel", "0001_guards")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE audit_event ADD CONSTRAINT auditevent_body"
            " CHECK (jsonb_typeof(body::jsonb) = 'object')",
            "ALTER TABLE audit_event DROP CONSTRAINT auditevent_body",
        ),
        # Heads are updated with every event: leave room on their pages.
        migrations.RunSQL(
            "ALTER TABLE audit_chain_head SET (fillfactor = 50)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(TEXT, "DROP FUNCTION portal_audit_text(audit_event)"),
        migrations.RunSQL(LINK, "DROP FUNCTION portal_audit_link()"),
        migrations.RunSQL(KEEP_HEADS, "DROP FUNCTION portal_keep_heads()"),
        migrations.RunSQL(
            "CREATE TRIGGER chain_link BEFORE INSERT ON audit_event"
            " FOR EACH ROW EXECUTE FUNCTION portal_audit_link()",
            "DROP TRIGGER chain_link ON audit_event",
        ),
        migrations.RunSQL(
            "CREATE TRIGGER heads_kept BEFORE INSERT OR UPDATE ON audit_chain_head"
            " FOR EACH ROW EXECUTE FUNCTION portal_keep_heads()",
            "DROP TRIGGER heads_kept ON audit_chain_head",
        ),
        AppendOnly("audit", "AuditEvent"),
        migrations.RunPython(keep_heads, let_heads_go),
    ]
