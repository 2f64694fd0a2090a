"""The controller keeps accounts and periods; templates are the steward's, journals nobody's."""

import pytest
from django.test import Client
from django.urls import reverse

from cases.effects.models import Account, FiscalPeriod, JournalTemplate, TemplateLine
from tests.factories.effects import JournalFactory
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(house: House, settings):
    settings.SETUP_NEEDS_SECOND_FACTOR = False

    def enter(role: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(house.person(role))
        return client

    return enter


def address(row) -> str:
    return reverse(f"admin:cases_{row._meta.model_name}_change", args=[row.pk])


def save(client: Client, row, **changes):
    form = client.get(address(row)).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    given = {name: value for name, value in shown.items() if value is not None}
    answer = client.post(address(row), given | {"change_reason": "For a test"} | changes)
    row.refresh_from_db()
    return {} if answer.status_code == 302 else answer.context["adminform"].form.errors


def test_the_controller_closes_a_period_with_a_reason(enter):
    period = FiscalPeriod.objects.get(starts_on="2026-02-01")

    assert save(enter("controller"), period, state="closed") == {}
    assert (period.state, period.version) == ("closed", 2)
    assert period.history.latest().history_change_reason == "For a test"


def test_a_period_ends_after_it_begins(enter):
    period = FiscalPeriod.objects.get(starts_on="2026-02-01")

    assert "ends_on" in save(enter("controller"), period, ends_on="2026-01-31")


def test_a_line_is_booked_between_two_roles(enter):
    line = TemplateLine.objects.get(template__key="refund_paid")

    assert "credit" in save(enter("rules_steward"), line, credit="payable")


@pytest.mark.parametrize(
    ("role", "model", "status"),
    [
        ("controller", Account, 302),
        ("controller", JournalTemplate, 403),
        ("rules_steward", JournalTemplate, 302),
        ("rules_steward", Account, 403),
        ("user_admin", Account, 403),
    ],
)
def test_who_changes_what(role, model, status, enter):
    row = model.objects.order_by("pk").first()
    fields = {"change_reason": "For a test", "seen_version": 1, "kind": "asset", "is_active": "on"}
    named = {"name": "Other", "label": "Other", "citation": "Test", "valid_from": "2020-01-01"}

    assert enter(role).post(address(row), fields | named).status_code == status


def test_journals_are_read_by_who_sees_their_case(enter, house):
    seen = JournalFactory(effect__case=house.case())
    [foreign, *_] = house.canaries()
    hidden = JournalFactory(effect__case=foreign)
    house.grant("controller", house.auth, "view_queue")
    house.grant("controller", house.north, "view_facility")
    controller = enter("controller")

    page = controller.get(address(seen))
    assert page.status_code == 200
    assert b"4110 Denial adjustments: debit 100" in page.content
    assert controller.get(address(hidden)).status_code == 302
    assert controller.post(address(seen), {"text": "x"}).status_code == 403
    assert enter("rules_steward").get(address(seen)).status_code in {302, 403}
