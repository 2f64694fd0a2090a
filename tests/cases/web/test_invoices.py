"""The page of a held invoice, and what its readers can do there."""

import pytest
from django.urls import reverse

from cases.types.invoice_exception.models import InvoiceEnding
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from tests.cases.types.invoice_exception.world import World
from tests.factories.approvers import approvers
from tests.generators import purchase
from tests.pages import Reader, text_of


@pytest.fixture
def world(db):
    return World()


@pytest.fixture
def case(world) -> Case:
    for content in (purchase.orders(), purchase.receipts(), purchase.invoices()):
        world.takes(content)
    return world.case()


@pytest.fixture
def clerk(case):
    return approvers(case)("denial_specialist")


def test_the_page_says_what_holds_the_invoice_and_lays_its_lines_beside_the_order(case, clerk):
    page = text_of(Reader.of(clerk).get(reverse("cases:case", args=[case.public_id])))

    assert "More than was received" in page
    assert "Ordered 40, received 35, billed before 0, now 40." in page
    assert "$62.50" in page
    assert "An approval can release it as it is." in page
    assert "Patient" not in page


def test_a_release_is_asked_for_on_the_page(case, clerk):
    reader = Reader.of(clerk)

    answer = reader.does("invoice_release", case, reason="The rest follows")

    case.refresh_from_db()
    assert answer.status_code == 302
    assert case.status == CaseStatus.PENDING_APPROVAL
    page = text_of(reader.get(reverse("cases:case", args=[case.public_id])))
    assert case.approval_requests.get().reference in page
    assert "waits for approval. Undo" not in page


def test_an_invoice_is_returned_on_the_page_and_nothing_more_is_offered(case, clerk):
    reader = Reader.of(clerk)

    reader.does("invoice_return", case, reason="Ordered by nobody")

    case.refresh_from_db()
    assert case.disposition == Disposition.RETURNED_TO_VENDOR
    page = text_of(reader.get(reverse("cases:case", args=[case.public_id])))
    assert "Returned to the vendor by" in page
    assert "Match again" not in page


def test_who_entered_the_invoice_is_refused_and_nothing_changes(world, case, clerk):
    row = {"invoice_number": "INV 1", "issued_on": "2026-12-01"}
    world.takes(purchase.invoices(row), by=clerk)
    own = world.case("INV 1")
    reader = Reader.of(approvers(own)("denial_specialist", username="another"))
    assert "It may be the same as" in text_of(
        reader.get(reverse("cases:case", args=[own.public_id]))
    )

    refused = Reader.of(clerk).does("invoice_duplicate", own, reason="Mine")

    assert refused.status_code == 409
    assert not InvoiceEnding.objects.exists()


@pytest.mark.parametrize("lines", [1, 25])
def test_the_page_costs_the_same_queries_for_any_number_of_lines(
    world, lines, django_assert_max_num_queries
):
    rows = [{"line": str(n + 1), "order_line": str(n + 1)} for n in range(lines)]
    world.takes(purchase.orders(*rows))
    total = {"total": f"{500 * lines}.00"}
    world.takes(purchase.invoices(*(row | total for row in rows)))
    case = world.case()
    reader = Reader.of(approvers(case)("denial_specialist"))
    address = reverse("cases:case", args=[case.public_id])
    reader.get(address)

    with django_assert_max_num_queries(75):
        assert reader.get(address).status_code == 200


def test_a_line_is_booked_on_the_page(world, case):
    row = {"invoice_number": "N-1", "order_number": "", "order_line": ""}
    world.takes(purchase.invoices(row | {"issued_on": "2026-12-01"}))
    own = world.case("N-1")
    reader = Reader.of(approvers(own)("denial_specialist"))

    reader.does("invoice_coding", own, line="1", cost_centre="CC-7", reason="The owner said so")

    own.refresh_from_db()
    assert [hold["kind"] for hold in own.details["holds"]] == ["no_order"]
