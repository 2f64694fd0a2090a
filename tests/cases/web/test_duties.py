"""The page of who could move money alone: for those who read the record."""

import pytest

from tests.factories.approvals import DelegationFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
PAGE = "/approvals/alone/"


def test_who_reads_the_record_sees_who_could_and_how(house):
    house.person("auditor", username="otto")
    poster = house.person("payment_poster", full_name="Pia Poster")
    lead = house.person("team_lead", full_name="Lea Lead")
    auditor = Reader.of(house.person("auditor"))
    assert "Nobody could" in text_of(auditor.get(PAGE))

    DelegationFactory(giver=lead, taker=poster, starts_on="2026-01-01", ends_on="2999-01-01")

    shown = text_of(auditor.get(PAGE))
    assert "Pia Poster" in shown
    assert "Team lead (lent by Lea Lead until January 1)" in shown


def test_nobody_else_does(reader):
    assert reader.get(PAGE).status_code == 403


def test_the_inbox_leads_there_for_those_who_may(house, reader):
    controller = Reader.of(house.person("controller"))

    assert PAGE in controller.get("/approvals/").content.decode()
    assert PAGE not in reader.get("/approvals/").content.decode()
