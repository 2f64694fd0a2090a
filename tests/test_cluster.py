"""The ground the other tests stand on."""

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, transaction


def held():
    return Group.objects.filter(name="left behind").exists()


@pytest.mark.django_db
def test_tests_connect_as_the_application_which_makes_no_tables():
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (i int)")


@pytest.mark.django_db
def test_the_application_owns_no_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(_time):
    assert not held()
    with transaction.atomic():
        Group.objects.create(name="left behind")
    assert held()


@pytest.mark.django_db
def test_the_roles_stand():
    assert Group.objects.exists()
