"""Every page of set-up, of every table: it opens for whoever administers, and for nobody else."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

import tests.factories
from billing_portal.access.reasoned_admin import ReasonedModelAdmin
from cases.work.models import Case
from integrations.canonical.models import Claim, Remittance
from tests.factories.base import REASON, Made
from tests.house import House

pytestmark = pytest.mark.django_db
REGISTERED = dict(sorted(admin.site._registry.items(), key=lambda item: item[0].__name__))
OUR_COLOURS = "portal/admin.css"


def factories() -> dict[type, type[Made]]:
    folder = Path(tests.factories.__file__).parent
    modules = [
        importlib.import_module(f"tests.factories.{each.stem}") for each in folder.glob("*.py")
    ]
    made = [each for module in modules for each in vars(module).values() if isinstance(each, type)]
    return {each._meta.model: each for each in made if issubclass(each, Made) and each._meta.model}


def a_row(model: type, house: House):
    """One row of a table, where a granted person sees it."""
    if model is Case:
        return house.case()
    if model is Claim:
        return house.claim()
    if model is Remittance:
        return house.remittance()
    if model is Group:
        return Group.objects.get(name="coder")
    hangs = any(field.name == "case" for field in model._meta.fields)
    return factories()[model](**({"case": house.case()} if hangs else {}))


def pages(model: type, row) -> Iterator[str]:
    """The addresses of a table: list, search, a narrowed list, add, one row, its history."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    page = REGISTERED[model]
    yield reverse(f"{name}_changelist")
    if page.search_fields:
        for term in ("a", "' OR 1=1 --", "%00"):
            yield f"{reverse(f'{name}_changelist')}?q={term}"
    for column in range(1, len(page.list_display) + 1):
        yield f"{reverse(f'{name}_changelist')}?o=-{column}"
    yield f"{reverse(f'{name}_changelist')}?p=999999"
    if page.has_add_permission(page_request()):
        yield reverse(f"{name}_add")
    yield reverse(f"{name}_change", args=[row.pk])
    yield reverse(f"{name}_history", args=[row.pk])


def page_request():
    """A request of somebody who may do whatever can be done here at all."""

    class Anything:
        def has_perm(self, _permission: str) -> bool:
            return True

    request = Client().get("/livez").wsgi_request
    request.user = Anything()
    return request


@pytest.fixture
def administrator(house: House, settings) -> Client:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person("denial_specialist", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def specialist(house: House, settings) -> Client:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person("denial_specialist"))
    return client


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_page_opens_for_an_administrator(model, house, administrator):
    row = a_row(model, house)

    for address in pages(model, row):
        answer = administrator.get(address, follow=True)

        assert answer.status_code == 200, address
        assert OUR_COLOURS in answer.content.decode(), address
        assert answer["Content-Security-Policy"], address


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_no_page_opens_for_a_specialist(model, house, specialist):
    row = a_row(model, house)

    for address in pages(model, row):
        for method in (specialist.get, specialist.post):
            answer = method(address)
            assert answer.status_code == 302, address
            assert answer["Location"].startswith("/admin/login/"), address
    assert specialist.get("/admin/login/").status_code == 403


@pytest.mark.parametrize(
    "model",
    [model for model, page in REGISTERED.items() if isinstance(page, ReasonedModelAdmin)],
    ids=lambda model: model.__name__,
)
def test_the_history_of_configuration_says_who_and_why(model, house, administrator):
    row = a_row(model, house)
    address = reverse(
        f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[row.pk]
    )

    shown = administrator.get(address).content.decode()

    assert REASON in shown
    assert "Tests" in shown


@pytest.mark.parametrize("role", ["user_admin", "rules_steward", "integration_engineer"])
def test_no_link_of_a_role_leads_to_what_it_may_not_do(role, house, settings):
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person(role))
    group = Group.objects.get(name="coder")

    page = client.get(reverse("admin:auth_group_change", args=[group.pk])).content.decode()
    grants = reverse("admin:auth_group_grants", args=[group.pk])

    assert (grants in page) == (client.get(grants).status_code == 200)
