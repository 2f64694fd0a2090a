"""The ground the other tests stand on."""

import os
import time

import pytest
from django.contrib.auth.models import Group
from django.db import ProgrammingError, connection, transaction

from billing_portal.embedded.home import CHECKOUT
from tests.cluster import KEPT, LATELY, forget_oldest, read_by


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


def test_templates_are_kept_while_a_run_may_need_them(tmp_path):
    now = time.time()
    ages = {"a": 1, "b": 2, "c": 3, "old": LATELY + 60}
    for name, age in ages.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "ready").touch()
        os.utime(tmp_path / name / "ready", (now - age, now - age))
    (tmp_path / "half built").mkdir()

    forget_oldest(tmp_path)

    assert len(ages) > KEPT
    assert {folder.name for folder in tmp_path.iterdir()} == {"a", "b", "c"}


def test_the_template_is_built_anew_for_what_a_migration_reads_and_for_nothing_else():
    read = {str(path.relative_to(CHECKOUT)) for path in read_by()}

    assert {
        "cases/migrations/0002_guards.py",
        "cases/approvals/models/requests.py",
        "cases/approvals/vocabulary.py",
        "billing_portal/kernel/models/guards.py",
        "billing_portal/access/roles.py",
    } <= read
    assert not read & {"cases/actions/approving.py", "cases/web/urls.py", "cases/tasks.py"}
