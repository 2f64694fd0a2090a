"""Sources and facilities in set-up: nothing is taken that would stop the intake."""

import pytest
from django.test import Client
from django.urls import reverse

from integrations.canonical.models import Facility, Payer, Source
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db) -> House:
    return House.built()


@pytest.fixture
def engineer(house: House, settings) -> Client:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    client = Client()
    client.force_login(house.person("integration_engineer"))
    return client


def save(client: Client, row, **changes):
    """Save the form of a row with some fields changed; its errors, by field."""
    address = reverse(f"admin:integrations_{row._meta.model_name}_change", args=[row.pk])
    form = client.get(address).context["adminform"].form
    shown = {name: form[name].value() for name in form.fields}
    body = {name: value for name, value in shown.items() if value is not None}
    answer = client.post(address, body | {"change_reason": "For a test"} | changes)
    row.refresh_from_db()
    return {} if answer.status_code == 302 else answer.context["adminform"].form.errors


@pytest.mark.parametrize("zone", ["Not/AZone", "", "Europe"])
def test_a_facility_stands_in_a_time_zone_that_is(zone, house, engineer):
    assert "time_zone" in save(engineer, house.north, time_zone=zone)


def test_keys_are_given_once(house, engineer):
    unassigned = Facility.objects.get(key="unassigned")
    source, payer = house.source, house.payer

    save(engineer, source, name="another")
    save(engineer, payer, key="another")
    save(engineer, unassigned, key="another")

    assert Source.objects.get(pk=source.pk).name == "clearinghouse"
    assert Payer.objects.get(pk=payer.pk).key == "test-payer"
    assert Facility.objects.filter(key="unassigned").exists()


@pytest.mark.parametrize(
    "folder", ["/etc", "/", ".", "..", "drop/../../etc", "run", "postgres", "drop", "/tmp"]
)
def test_a_source_polls_no_folder_that_is_not_for_drops(folder, house, engineer):
    assert "folder" in save(engineer, house.source, folder=folder)


def test_a_source_polls_a_folder_of_its_own(house, engineer, settings, tmp_path):
    settings.DROP_ROOTS = [*settings.DROP_ROOTS, tmp_path]

    assert not save(engineer, house.source, folder="drop/clearinghouse")
    assert not save(engineer, house.source, folder=str(tmp_path / "acme"))
    assert not save(engineer, house.source, folder="")
    assert "folder" in save(engineer, house.source, folder=f"{tmp_path}/acme/../..")
