"""Users, their roles and their tokens never change without history."""

from django.db import migrations

from billing_portal.kernel.models.guards import Track


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("kernel", "0001_guards")]

    operations = [
        Track("accounts", "User"),
        Track("accounts", "Membership"),
        Track("accounts", "ApiToken"),
    ]
