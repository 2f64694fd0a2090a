"""Held invoices by the API: the same verbs as on the page, the same refusals."""

import pytest
from django.urls import reverse

from cases.work.lifecycle import CaseStatus, Disposition
from tests.cases.types.invoice_exception.world import World
from tests.factories.approvers import approvers
from tests.generators import purchase


@pytest.fixture
def case(db):
    world = World()
    for content in (purchase.orders(), purchase.receipts(), purchase.invoices()):
        world.takes(content)
    return world.case()


@pytest.fixture
def client(house, case):
    return house.client(approvers(case)("denial_specialist"))


def of(name, case):
    return reverse(f"api:case-{name}", kwargs={"public_id": case.public_id})


def test_the_holds_of_an_invoice_are_listed(client, case):
    [hold] = client.get(of("holds", case)).json()

    assert (hold["kind"], hold["amount"], hold["state"]) == ("quantity_received", "62.50", "open")
    assert hold["tolerance"].startswith("Demo default")


def test_a_release_is_asked_for_once_by_the_version_seen(client, case):
    said = {"reason": "The rest follows", "version": case.version}

    first = client.post(of("request-release", case), said)
    second = client.post(of("request-release", case), said)

    assert first.json()["status"] == CaseStatus.PENDING_APPROVAL
    assert second.status_code in {200, 409}
    case.refresh_from_db()
    assert case.version == first.json()["version"]


def test_an_invoice_is_returned(client, case):
    said = {"reason": "Nobody ordered it", "version": case.version}

    answer = client.post(of("return-invoice", case), said)

    assert answer.json()["disposition"] == Disposition.RETURNED_TO_VENDOR


def test_what_does_not_fit_is_refused_by_code(client, case):
    said = {"reason": "Twice", "version": case.version}

    refused = client.post(of("confirm-duplicate", case), said)
    stale = client.post(of("recheck-invoice", case), {"version": case.version + 1})

    assert (refused.status_code, refused.json()["code"]) == (409, "invoice_refused")
    assert stale.status_code == 409
