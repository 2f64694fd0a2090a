"""People, the roles they hold, and tokens in the set-up pages."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from billing_portal.accounts.models import ApiToken, User
from billing_portal.audit.models import AuditEvent
from tests.house import House

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def keeper(house: House, settings) -> User:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    return house.person("user_admin", username="keeper", is_staff=True)


@pytest.fixture
def client(keeper) -> Client:
    client = Client()
    client.force_login(keeper)
    return client


def body(user: User | None = None, **changes) -> dict:
    values = {
        "username": user.username if user else "newcomer",
        "full_name": "New Comer",
        "email": "",
        "kind": "person",
        "time_zone": "America/Chicago",
        "roles": [group.pk for group in user.groups.all()] if user else [],
        "change_reason": "Joined the team",
        "seen_version": user.version if user else "",
    }
    return {**values, **changes}


def test_the_hash_of_a_password_is_never_shown(house, client):
    user = house.person("coder")

    page = client.get(f"{USERS}{user.pk}/change/").content.decode()

    assert user.password not in page
    assert 'name="password"' not in page
    assert "first_password" not in page


def test_a_person_is_made_with_roles_and_a_first_password(house, client):
    coder = Group.objects.get(name="coder")

    answer = client.post(f"{USERS}add/", body(roles=[coder.pk], first_password="Quiet-otter-47"))

    assert answer.status_code == 302, answer.context["errors"]
    made = User.objects.get(username="newcomer")
    assert list(made.groups.all()) == [coder]
    assert made.check_password("Quiet-otter-47")
    assert AuditEvent.objects.filter(chain=f"user:{made.pk}", verb="role.given").count() == 1


def test_accounts_of_one_employee_are_given_one_staff_number(house, client):
    user = house.person("coder")

    client.post(f"{USERS}{user.pk}/change/", body(user, staff_number="E-17", roles=[]))

    user.refresh_from_db()
    assert user.staff_number == "E-17"


def test_a_weak_first_password_is_refused(client):
    answer = client.post(f"{USERS}add/", body(first_password="12345"))

    assert "first_password" in answer.context["adminform"].form.errors
    assert not User.objects.filter(username="newcomer").exists()


def test_roles_are_given_and_taken_with_the_reason(house, client):
    user = house.person("coder")
    nurse = Group.objects.get(name="appeals_nurse")

    client.post(f"{USERS}{user.pk}/change/", body(user, roles=[nurse.pk], change_reason="Moved"))

    assert list(user.groups.all()) == [nurse]
    events = AuditEvent.objects.filter(chain=f"user:{user.pk}", reason="Moved")
    assert set(events.values_list("verb", flat=True)) >= {"role.given", "role.taken"}


def test_nobody_changes_their_own_roles(house, client, keeper):
    director = Group.objects.get(name="rc_director")
    roles = [*(group.pk for group in keeper.groups.all()), director.pk]

    answer = client.post(f"{USERS}{keeper.pk}/change/", body(keeper, roles=roles, is_staff="on"))

    assert answer.status_code == 200
    assert "Somebody else" in answer.context["adminform"].form.errors["roles"][0]
    assert [group.name for group in keeper.groups.all()] == ["user_admin"]


def test_nobody_becomes_a_superuser_here(house, client):
    user = house.person("coder")

    client.post(f"{USERS}{user.pk}/change/", body(user, is_superuser="on"))

    assert not User.objects.get(pk=user.pk).is_superuser


def test_an_account_is_ended_with_a_reason(house, client):
    user = house.person("coder")
    house.client(user)
    page = f"{USERS}{user.pk}/deactivate/"

    assert client.post(page, {"reason": ""}).status_code == 200
    assert User.objects.get(pk=user.pk).is_active
    assert client.post(page, {"reason": "Left"}).status_code == 302

    ended = User.objects.get(pk=user.pk)
    assert not ended.is_active
    assert ended.history.order_by("-pk").first().history_change_reason == "Left"
    assert not ApiToken.objects.filter(user=user, revoked_at=None).exists()


def test_an_ended_account_is_opened_again_with_a_reason(house, client):
    user = house.person("coder")
    client.post(f"{USERS}{user.pk}/deactivate/", {"reason": "Left"})
    page = f"{USERS}{user.pk}/reactivate/"

    assert page in client.get(f"{USERS}{user.pk}/change/").content.decode()
    assert client.post(page, {"reason": ""}).status_code == 200
    assert client.post(page, {"reason": "Came back"}).status_code == 302

    again = User.objects.get(pk=user.pk)
    assert again.is_active
    assert again.history.order_by("-pk").first().history_change_reason == "Came back"
    assert client.get(page).status_code == 404


def test_systems_are_not_edited(house, client):
    assert client.get(f"{USERS}{house.builder.pk}/change/").status_code == 302
    assert client.get(f"{USERS}{house.builder.pk}/deactivate/").status_code == 404


def test_a_token_is_shown_once_and_revoked(house, client):
    user = house.person("denial_specialist")
    asked = {"user": user.pk, "label": "Nightly job", "days": 30, "reason": "For the warehouse"}

    made = client.post("/admin/accounts/apitoken/add/", asked)
    text = made.context["text"]
    token = ApiToken.objects.get(label="Nightly job")

    assert text in made.content.decode()
    assert text not in client.get(f"/admin/accounts/apitoken/{token.pk}/change/").content.decode()
    assert token.digest not in client.get("/admin/accounts/apitoken/").content.decode()
    api = Client(headers={"Authorization": f"Bearer {text}"})
    assert api.get("/api/v1/cases/").status_code == 200

    client.post(f"/admin/accounts/apitoken/{token.pk}/revoke/", {"reason": "Done with it"})
    assert api.get("/api/v1/cases/").status_code == 401


def test_a_token_is_not_made_for_systems_or_for_ever(house, client):
    asked = {"user": house.builder.pk, "label": "x", "days": 400, "reason": "r"}

    answer = client.post("/admin/accounts/apitoken/add/", asked)

    assert set(answer.context["form"].errors) == {"user", "days"}
