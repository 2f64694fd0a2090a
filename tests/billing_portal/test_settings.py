"""How the portal speaks to its database."""

import pytest
from celery import current_app
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import connection

pytestmark = pytest.mark.django_db


def test_a_statement_that_is_asked_again_and_again_is_kept_prepared():
    for number in range(4):
        Group.objects.filter(name=f"prepared {number}").exists()

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE statement LIKE '%%\"auth_group\"%%name%%LIMIT 1'"
        )
        assert cursor.fetchone()[0] == 1


def test_bells_are_rung_at_the_broker_of_the_settings():
    assert current_app.conf.broker_url == settings.CELERY_BROKER_URL
