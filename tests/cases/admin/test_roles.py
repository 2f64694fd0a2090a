"""Roles in the set-up pages: what they mean, who holds them, and the page of grants."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.work.models import Queue
from cases.work.visibility import VIEW_FACILITY, VIEW_QUEUE, WORK_QUEUE
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(house: House, settings) -> Client:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person("user_admin", username="keeper", is_staff=True))
    return client


def test_grants_are_ticked_and_saved_with_a_reason(house, client):
    nurse = Group.objects.get(name="appeals_nurse")
    user = house.person("appeals_nurse")
    page = reverse("admin:auth_group_grants", args=[nurse.pk])
    ticked = {
        f"view_queue:{house.auth.pk}": "on",
        f"work_queue:{house.auth.pk}": "on",
        f"view_facility:{house.north.pk}": "on",
    }

    client.post(page, {**ticked, "reason": "Helps out"})

    user = User.objects.get(pk=user.pk)
    assert scope_ids(user, VIEW_QUEUE) == scope_ids(user, WORK_QUEUE) == {house.auth.pk}
    assert scope_ids(user, VIEW_FACILITY) == {house.north.pk}
    assert AuditEvent.objects.filter(verb="grant.made", reason="Helps out").count() == 3

    client.post(page, {"reason": "Back to appeals"})
    assert scope_ids(User.objects.get(pk=user.pk), VIEW_QUEUE) == frozenset()


def test_grants_need_a_reason(house, client):
    nurse = Group.objects.get(name="appeals_nurse")
    page = reverse("admin:auth_group_grants", args=[nurse.pk])

    answer = client.post(page, {f"view_queue:{house.auth.pk}": "on"})

    assert answer.status_code == 200
    assert not AuditEvent.objects.filter(verb="grant.made", actor__username="keeper").exists()


def test_whoever_may_not_change_roles_may_not_grant(house, settings):
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person("rules_steward", is_staff=True))
    page = reverse("admin:auth_group_grants", args=[Group.objects.get(name="coder").pk])

    assert client.get(page).status_code == 403


def test_a_role_is_read_in_words_and_not_edited(house, client):
    coder = Group.objects.get(name="coder")
    page = reverse("admin:auth_group_change", args=[coder.pk])

    holder = house.person("coder", username="holder", full_name="Holly Holder")
    shown = client.get(page).content.decode()

    assert "Works coding and bundling denials." in shown
    assert "Coder" in shown
    assert str(holder) in shown
    assert client.post(page, {"name": "king"}).status_code == 403
    assert Group.objects.filter(pk=coder.pk, name="coder").exists()


def test_roles_are_listed_by_their_names_in_words_with_how_many_hold_them(house, client):
    house.person("coder")
    house.person("coder")

    listed = client.get(reverse("admin:auth_group_changelist")).content.decode()

    assert "Authorization specialist" in listed
    assert '<td class="field-holders">2</td>' in listed


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_of_grants_costs_the_same_queries_for_any_number_of_queues(
    rows, house, client, django_assert_max_num_queries
):
    with house.acting():
        for number in range(rows):
            Queue.objects.create(key=f"more-{number}", name=f"More {number}")
    page = reverse("admin:auth_group_grants", args=[Group.objects.get(name="coder").pk])

    with django_assert_max_num_queries(12):
        assert client.get(page).status_code == 200
