"""A destination's secret is where the environment says, and nowhere else."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from integrations.outbox.connecting import SecretMissing, entries_of, settings_of
from tests.factories.outbox import DestinationFactory

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def destination():
    return DestinationFactory(secret_env="PARTNER_LEDGER", settings={"journal": "GEN"})


def test_a_secret_is_read_from_the_environment(destination, monkeypatch, settings):
    settings.PARTNER_HOSTS, settings.PARTNER_NETWORKS = ["erp.example"], ["10.0.0.0/8"]
    monkeypatch.setenv("PARTNER_LEDGER", "s3cret")

    told = settings_of(destination)

    assert (told.secret, told.options) == ("s3cret", {"journal": "GEN"})
    assert (told.hosts, told.networks) == (frozenset({"erp.example"}), ("10.0.0.0/8",))


def test_a_secret_is_read_from_the_file_that_the_environment_names(
    destination, monkeypatch, tmp_path
):
    file = tmp_path / "secret"
    file.write_text("s3cret\n")
    monkeypatch.setenv("PARTNER_LEDGER_FILE", str(file))

    assert settings_of(destination).secret == "s3cret"


def test_a_secret_that_is_not_there_is_named(destination):
    with pytest.raises(SecretMissing, match="PARTNER_LEDGER"):
        settings_of(destination)


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "PARTNER_x", "XPARTNER_A"])
def test_no_other_secret_can_be_sent_away(name):
    with pytest.raises(IntegrityError):
        DestinationFactory(name="thief", secret_env=name)


@pytest.mark.django_db(transaction=True)
def test_a_destination_is_never_asked_inside_a_transaction(partner):
    ledger = DestinationFactory(name="partner", target=partner.key)

    assert entries_of(ledger, since=LONG_AGO) == []
    with pytest.raises(RuntimeError), transaction.atomic():
        entries_of(ledger, since=LONG_AGO)
