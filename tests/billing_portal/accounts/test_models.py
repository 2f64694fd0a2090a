"""Users and what they may."""

import threading

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from billing_portal.access.actor import ActorMissing, acting, system_actor
from billing_portal.access.services import join
from billing_portal.accounts.models import User, UserKind
from tests.factories.people import ApiTokenFactory, GroupFactory, PersonFactory


def refused(name):
    return pytest.raises(IntegrityError, match=name)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "robot"}, "user_kind"),
        ({"theme": "pink"}, "user_theme"),
        ({"keyboard_mode": "maybe"}, "user_keyboard_mode"),
        ({"kind": UserKind.SERVICE, "is_staff": True}, "user_only_people_administer"),
        ({"kind": UserKind.SYSTEM, "is_superuser": True}, "user_only_people_administer"),
        ({"kind": UserKind.SYSTEM, "password": "pbkdf2_sha256$x"}, "user_systems_never_sign_in"),
    ],
)
def test_the_database_refuses(fields, constraint, db):
    with refused(constraint), transaction.atomic():
        PersonFactory(**fields)


@pytest.mark.parametrize("name", ["anna", "Anna", "ANNA"])
def test_two_names_differ_by_more_than_capitals(name, db):
    PersonFactory(username="anna")

    with refused("accounts_user_username_key|user_username_any_case"), transaction.atomic():
        PersonFactory(username=name)


def test_two_addresses_differ_and_many_have_none(db):
    PersonFactory(email="anna@example.org")
    PersonFactory()
    PersonFactory()

    with refused("user_email_any_case"), transaction.atomic():
        PersonFactory(email="Anna@Example.org")


def test_a_time_zone_is_one_that_exists(db):
    person = PersonFactory(time_zone="Atlantis/Capital", password="!")

    with pytest.raises(ValidationError, match="not a time zone"):
        person.full_clean()


def test_making_somebody_is_somebodys_doing(db):
    with pytest.raises(ActorMissing):
        User.objects.create_user("anna", "secret")
    assert not User.objects.filter(username="anna").exists()

    with acting(by=system_actor("tests"), reason="Joined the team"):
        anna = User.objects.create_user("anna", "secret")
    assert anna.check_password("secret")


def test_without_a_password_nobody_signs_in(db, for_a_test):
    assert not User.objects.create_user("anna").has_usable_password()


def test_the_command_line_can_make_the_first_administrator(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "Long-enough-1")

    call_command("createsuperuser", "--noinput", username="root", email="root@example.org")

    root = User.objects.get(username="root")
    assert (root.is_staff, root.is_superuser) == (True, True)
    assert root.history.get().history_user == User.objects.system("installation")


class TestSystems:
    def test_one_is_made_when_first_asked_for_and_is_then_the_same(self, db):
        made = system_actor("never-asked-before")

        assert made.kind == UserKind.SYSTEM
        assert not made.has_usable_password()
        assert system_actor("never-asked-before") == made
        assert made.history.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_asked_for_at_once_by_many_it_is_made_once(self):
        start = threading.Barrier(6)
        made = []

        def ask():
            start.wait()
            try:
                made.append(system_actor("never-asked-before").pk)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=ask) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(made) == 6
        assert len(set(made)) == 1


class TestPermissions:
    @pytest.fixture
    def group(self, db):
        group = GroupFactory()
        group.permissions.add(Permission.objects.get(codename="reveal_patient"))
        return group

    def test_come_from_roles(self, group, by):
        person = PersonFactory()
        assert not person.has_perm("cases.reveal_patient")

        join(user=person, group=group, by=by, reason="For a test")

        person = User.objects.get(pk=person.pk)
        assert person.has_perm("cases.reveal_patient")
        assert person.has_module_perms("cases")
        assert not person.has_module_perms("integrations")
        assert person.get_all_permissions() == {"cases.reveal_patient"}

    def test_end_with_the_account(self, group, by):
        person = PersonFactory(is_active=False)
        join(user=person, group=group, by=by, reason="For a test")

        assert not person.has_perm("cases.reveal_patient")
        assert not person.has_module_perms("cases")
        assert person.get_all_permissions() == set()

    @pytest.mark.parametrize(
        ("permission", "is_held"),
        [
            ("cases.change_routingrule", True),
            ("accounts.view_user", True),
            ("cases.reveal_patient", False),
            ("cases.work_queue", False),
            ("integrations.send_message", False),
            ("integrations.download_message", False),
        ],
    )
    def test_a_superuser_sets_up_and_no_more(self, permission, is_held, db):
        root = PersonFactory(is_staff=True, is_superuser=True)

        assert root.has_perm(permission) is is_held

    def test_cost_one_query(self, db, django_assert_num_queries):
        person = PersonFactory()

        with django_assert_num_queries(1):
            for _ in range(3):
                person.has_perm("cases.reveal_patient")


@pytest.mark.parametrize(
    ("full_name", "initials"),
    [("Anna Lee", "AL"), ("Anna Maria Lee-Wong", "AW"), ("Anna", "A"), ("", "P")],
)
def test_initials(full_name, initials):
    assert User(username="person", full_name=full_name).initials == initials


@pytest.mark.parametrize("fields", [{"expires_at": "2001-01-01T00:00Z"}, {"digest": "clear text"}])
def test_a_token_is_digested_and_ends_later_than_it_begins(fields, db):
    with refused("apitoken_"), transaction.atomic():
        ApiTokenFactory(**fields)


def test_a_role_that_is_held_is_not_deleted(db, by):
    group = GroupFactory()
    join(user=PersonFactory(), group=group, by=by, reason="For a test")

    with pytest.raises(Exception, match="protected"):
        Group.objects.get(pk=group.pk).delete()
