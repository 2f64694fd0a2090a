"""Grants: made and taken with a reason, read once, worth nothing to the inactive."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, Permission
from django.db import IntegrityError, connection, transaction
from guardian.shortcuts import assign_perm

from billing_portal.access.grants import grant, grants_model, may, revoke, scope_ids
from billing_portal.access.services import join, leave
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.work.models import Queue, QueueGroupObjectPermission
from tests.factories.cases import QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import GroupFactory, PersonFactory, granted

VIEW = "cases.view_queue"


def anew(person):
    """The person as the next request has them."""
    return User.objects.get(pk=person.pk)


@pytest.fixture
def queue(db):
    return QueueFactory()


@pytest.fixture
def group(db):
    return GroupFactory()


@pytest.fixture
def person(group, by):
    person = PersonFactory()
    join(user=person, group=group, by=by, reason="For a test")
    return person


def give(group, queue, by, codename="view_queue"):
    grant(group=group, codename=codename, on=queue, by=by, reason="Team change")


def take(group, queue, by, codename="view_queue"):
    revoke(group=group, codename=codename, on=queue, by=by, reason="Team change")


def test_a_group_s_grant_is_its_members(queue, group, person, by):
    give(group, queue, by)

    assert scope_ids(anew(person), VIEW) == {queue.pk}
    assert scope_ids(anew(person), "cases.work_queue") == frozenset()
    assert scope_ids(PersonFactory(), VIEW) == frozenset()


def test_grants_of_several_groups_add_up(queue, group, person, by):
    other, second = GroupFactory(), QueueFactory()
    join(user=person, group=other, by=by, reason="For a test")
    give(group, queue, by)
    give(other, queue, by)
    give(other, second, by)

    assert scope_ids(anew(person), VIEW) == {queue.pk, second.pk}


def test_what_is_taken_is_gone_with_the_next_request(queue, group, person, by):
    give(group, queue, by)
    take(group, queue, by)

    assert scope_ids(anew(person), VIEW) == frozenset()


def test_leaving_the_group_ends_it(queue, group, person, by):
    give(group, queue, by)
    leave(user=person, group=group, by=by, reason="Other team")

    assert scope_ids(anew(person), VIEW) == frozenset()


@pytest.mark.parametrize("who", ["anonymous", "inactive", "superuser"])
def test_is_worth_nothing_to(who, queue, group, by):
    give(group, queue, by)
    nobody = {
        "anonymous": AnonymousUser,
        "inactive": lambda: PersonFactory(is_active=False),
        "superuser": lambda: PersonFactory(is_superuser=True, is_staff=True),
    }[who]()
    if who == "inactive":
        join(user=nobody, group=group, by=by, reason="For a test")

    assert scope_ids(nobody, VIEW) == frozenset()
    assert not may(nobody, "cases.reveal_patient")
    assert not may(nobody, "cases.change_queue")


def test_is_read_once_for_a_request(queue, group, person, by, django_assert_num_queries):
    give(group, queue, by)
    person = anew(person)

    with django_assert_num_queries(1):
        assert scope_ids(person, VIEW) == scope_ids(person, VIEW)


def test_is_on_record_both_ways(queue, group, by):
    for _ in range(2):
        give(group, queue, by)
    for _ in range(2):
        take(group, queue, by)

    events = AuditEvent.objects.filter(chain="config:queue", subject=f"queue:{queue.pk}")
    assert list(events.order_by("seq").values_list("verb", "reason")) == [
        ("grant.made", "Team change"),
        ("grant.taken", "Team change"),
    ]
    rows = QueueGroupObjectPermission.history.filter(content_object_id=queue.pk)
    assert list(rows.order_by("history_id").values_list("history_type", flat=True)) == ["+", "-"]


def test_facilities_are_granted_alike(by):
    facility = FacilityFactory()
    person = granted(facilities=[facility])

    assert scope_ids(person, "integrations.view_facility") == {facility.pk}


def test_a_permission_of_another_model_is_not_granted(queue, group, by):
    with pytest.raises(Permission.DoesNotExist):
        give(group, queue, by, codename="view_facility")


def test_none_is_made_past_the_one_way(queue, group, person):
    with pytest.raises(Exception, match="Nobody is named"), transaction.atomic():
        assign_perm("cases.view_queue", group, queue)
    with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        assign_perm("cases.view_queue", person, queue)
    with pytest.raises(IntegrityError, match="is refused"), transaction.atomic():
        assign_perm("accounts.view_user", group, person)


def test_it_dies_with_its_thing_and_no_later_one_inherits_it(queue, group, person, by, for_a_test):
    give(group, queue, by)
    key = queue.pk
    queue.delete()
    again = QueueFactory(pk=key)

    assert not grants_model(Queue).objects.filter(content_object_id=again.pk).exists()
    assert scope_ids(anew(person), VIEW) == frozenset()


def test_it_dies_with_its_group(queue, group, by, for_a_test):
    give(group, queue, by)

    Group.objects.get(pk=group.pk).delete()

    assert not grants_model(Queue).objects.filter(group_id=group.pk).exists()


def test_the_database_keeps_no_grant_without_its_thing(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
            " AND conrelid = 'cases_queuegroupobjectpermission'::regclass"
            " AND confrelid = 'cases_queue'::regclass"
        )
        assert cursor.fetchone() == (1,)
