"""A voucher is reversed by who answers for the books, on a page and through the API alike."""

import pytest
from django.urls import reverse

from cases.effects.models import Effect
from integrations.outbox.lifecycle import OutboxState
from tests.factories.cases import OPENED
from tests.factories.effects import JournalFactory, LedgerFactory
from tests.factories.outbox import OutboxMessageFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    LedgerFactory()
    return house.case()


@pytest.fixture
def journal(case):
    made = JournalFactory(effect__case=case)
    key = made.effect.event_key
    OutboxMessageFactory(event_key=key, state=OutboxState.CONFIRMED, due_at=None, settled_at=OPENED)
    return made


@pytest.fixture
def controller(house, case):
    house.grant("controller", case.queue, "view_queue")
    house.grant("controller", case.facility, "view_facility")
    return house.person("controller")


def test_a_voucher_is_reversed_once_and_leaves_the_page(case, journal, controller):
    reader = Reader.of(controller)
    trace = reverse("cases:money", args=[case.public_id])
    assert "Reverse a voucher" in text_of(reader.get(trace))

    for _twice in range(2):
        reader.does("reverse", case, journal=journal.reference, reason="Paid after all")

    [back] = Effect.objects.filter(reverses__isnull=False)
    assert (back.reverses, back.made_by, back.reason) == (
        journal.effect,
        controller,
        "Paid after all",
    )
    assert "Reverse a voucher" not in text_of(reader.get(trace))


def test_who_does_not_answer_for_the_books_reverses_nothing(case, journal, specialist, reader):
    refused = reader.does("reverse", case, journal=journal.reference, reason="Paid after all")

    assert refused.status_code == 409
    trace = reverse("cases:money", args=[case.public_id])
    assert "Reverse a voucher" not in text_of(reader.get(trace))
    assert not Effect.objects.filter(reverses__isnull=False).exists()


def test_the_api_reverses_by_number_and_refuses_the_same(
    house, case, journal, controller, specialist
):
    url = f"/api/v1/cases/{case.public_id}/reverse/"
    given = {"journal": journal.reference, "reason": "Paid after all", "version": case.version}
    client = house.client(controller)

    forbidden = house.client(specialist).post(url, given, format="json")
    stale = client.post(url, given | {"version": case.version + 1}, format="json")
    other = client.post(url, given | {"journal": "JE-999999"}, format="json")
    done = client.post(url, given, format="json")

    assert forbidden.status_code == 403
    assert [stale.status_code, other.status_code] == [409, 409]
    assert done.status_code == 200, done.data
    assert Effect.objects.get(reverses=journal.effect).made_by == controller
