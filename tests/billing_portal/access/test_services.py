"""Roles given and taken."""

import threading

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connections

from billing_portal.access.actor import system_actor
from billing_portal.access.roles import BY_KEY, ROLES
from billing_portal.access.services import RolesClash, join, leave, sync_roles
from billing_portal.accounts.models import Membership, User, UserKind
from billing_portal.audit.models import AuditEvent
from tests.factories.people import PersonFactory


def role(key):
    return Group.objects.get(name=key)


def held(person):
    return set(person.groups.values_list("name", flat=True))


def is_let_in(person):
    return User.objects.get(pk=person.pk).is_staff


def events(chain):
    return AuditEvent.objects.filter(chain=chain).order_by("seq")


@pytest.fixture
def person(db):
    return PersonFactory()


class TestSync:
    def test_migrate_has_made_the_groups_what_the_roles_say(self, db):
        for each in ROLES:
            permissions = role(each.key).permissions.values_list(
                "content_type__app_label", "codename"
            )
            assert {f"{label}.{name}" for label, name in permissions} == each.permissions

    def test_again_asks_thrice_and_changes_and_records_nothing(self, db, django_assert_num_queries):
        before = AuditEvent.objects.count()

        with django_assert_num_queries(3 + len(("SAVEPOINT", "RELEASE"))):
            sync_roles()

        assert AuditEvent.objects.count() == before

    def test_puts_right_what_was_changed_by_hand_and_says_so(self, db):
        auditor = role("auditor")
        auditor.permissions.set([Permission.objects.get(codename="reveal_patient")])

        call_command("sync_roles")

        assert not auditor.permissions.filter(codename="reveal_patient").exists()
        event = events("config:group").last()
        assert event.verb == "role.synced"
        assert '"taken":["cases.reveal_patient"]' in event.body

    def test_a_permission_that_no_model_declares_is_a_mistake(self, db, monkeypatch):
        odd = BY_KEY["auditor"].__class__("auditor", "A", "B.", frozenset({"cases.fly"}))
        monkeypatch.setattr("billing_portal.access.services.ROLES", (odd,))

        with pytest.raises(KeyError, match=r"cases\.fly"):
            sync_roles()


class TestJoining:
    def test_is_on_record_with_its_reason(self, person, by):
        join(user=person, group=role("coder"), by=by, reason="New on the team")

        assert held(person) == {"coder"}
        event = events(f"user:{person.pk}").get()
        assert (event.verb, event.reason, event.body) == (
            "role.given",
            "New on the team",
            '{"role":"coder"}',
        )
        assert Membership.history.latest().history_change_reason == "New on the team"

    def test_twice_is_once(self, person, by):
        for _ in range(2):
            join(user=person, group=role("coder"), by=by, reason="r")

        assert events(f"user:{person.pk}").count() == 1

    def test_a_role_that_another_excludes_is_refused_and_changes_nothing(self, person, by):
        join(user=person, group=role("payment_poster"), by=by, reason="r")

        with pytest.raises(RolesClash, match="Payment poster") as refused:
            join(user=person, group=role("treasury"), by=by, reason="r")

        assert refused.value.fields == {"roles": ["payment_poster"]}
        assert held(person) == {"payment_poster"}
        assert events(f"user:{person.pk}").count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_that_exclude_each_other_are_not_both_given(self):
        by, person = system_actor("tests"), PersonFactory()
        start = threading.Barrier(2)
        refused = []

        def give(key):
            start.wait()
            try:
                join(user=person, group=role(key), by=by, reason="r")
            except RolesClash:
                refused.append(key)
            finally:
                connections.close_all()

        threads = [threading.Thread(target=give, args=[key]) for key in ("auditor", "coder")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(refused) == 1
        assert len(held(person)) == 1


class TestSetUp:
    def test_opens_with_a_role_that_enters_it_and_closes_with_the_last(self, person, by):
        for key in ("coder", "rules_steward", "integration_engineer"):
            join(user=person, group=role(key), by=by, reason="r")
        assert is_let_in(person)

        leave(user=person, group=role("rules_steward"), by=by, reason="r")
        assert is_let_in(person)

        leave(user=person, group=role("integration_engineer"), by=by, reason="Other team")
        assert not is_let_in(person)
        assert person.history.latest().history_change_reason == "Other team"

    def test_stays_shut_for_the_others(self, person, by):
        join(user=person, group=role("coder"), by=by, reason="r")

        assert not is_let_in(person)
        assert person.history.count() == 1

    def test_stays_open_for_a_superuser(self, by):
        root = PersonFactory(is_superuser=True, is_staff=True)
        join(user=root, group=role("coder"), by=by, reason="r")

        leave(user=root, group=role("coder"), by=by, reason="r")

        assert is_let_in(root)

    def test_is_not_for_services(self, by):
        service = PersonFactory(kind=UserKind.SERVICE)

        join(user=service, group=role("integration_engineer"), by=by, reason="r")

        assert not is_let_in(service)


class TestLeaving:
    def test_is_on_record_with_its_reason(self, person, by):
        join(user=person, group=role("coder"), by=by, reason="r")

        leave(user=person, group=role("coder"), by=by, reason="Other team")

        assert held(person) == set()
        assert [event.verb for event in events(f"user:{person.pk}")] == ["role.given", "role.taken"]
        assert Membership.history.latest().history_type == "-"

    def test_what_is_not_held_is_nothing(self, person, by):
        leave(user=person, group=role("coder"), by=by, reason="r")

        assert not events(f"user:{person.pk}").exists()

    def test_ends_its_permissions_with_the_next_request(self, person, by):
        join(user=person, group=role("coder"), by=by, reason="r")
        assert User.objects.get(pk=person.pk).has_perm("cases.reveal_patient")

        leave(user=person, group=role("coder"), by=by, reason="r")

        assert not User.objects.get(pk=person.pk).has_perm("cases.reveal_patient")
