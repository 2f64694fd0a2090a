"""The money trace: for who sees the case, on a page and through the API, and on record."""

import pytest
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from tests.factories.effects import JournalFactory
from tests.pages import text_of

pytestmark = pytest.mark.django_db


def test_the_page_sets_the_amounts_beside_each_other(house, reader):
    case = house.case()
    journal = JournalFactory(effect__case=case)

    shown = text_of(reader.get(reverse("cases:money", args=[case.public_id])))

    assert f"{journal} debits $100.00 {journal} credits $100.00" in shown
    assert "Unexplained $0.00" in shown
    assert AuditEvent.objects.filter(verb="worklist.shown").exists()


def test_a_case_without_money_says_so(house, reader):
    case = house.case(claim=None, key="test:none")

    assert "Unexplained $0.00" in text_of(reader.get(reverse("cases:money", args=[case.public_id])))


def test_the_api_says_the_same_and_nothing_of_foreign_cases(house, specialist):
    case = house.case()
    JournalFactory(effect__case=case)
    [foreign, *_] = house.canaries()
    client = house.client(specialist)

    said = client.get(f"/api/v1/cases/{case.public_id}/money/").data

    assert (said["unexplained"], said["under_way"]) == ("0.00", "0.00")
    assert [tie["stage"] for tie in said["ties"]][-1] == "journal"
    assert client.get(f"/api/v1/cases/{foreign.public_id}/money/").status_code == 404
