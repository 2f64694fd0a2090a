"""Users, roles held and tokens never change without history; permissions come by roles alone."""

from django.db import migrations

from billing_portal.kernel.models.guards import Track, refuse

DIRECT = "accounts_user_user_permissions"


def refuse_direct_permissions(apps, schema_editor):
    """No permission is ever given to a person past the roles."""
    refuse(schema_editor, DIRECT, name="by_roles_alone", of="INSERT OR UPDATE", each="ROW")


def allow_direct_permissions(apps, schema_editor):
    """The reverse."""
    schema_editor.execute(f"DROP TRIGGER by_roles_alone ON {DIRECT}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("kernel", "0001_guards")]

    operations = [
        Track("accounts", "User"),
        Track("accounts", "Membership"),
        Track("accounts", "ApiToken"),
        migrations.RunPython(refuse_direct_permissions, allow_direct_permissions),
    ]
