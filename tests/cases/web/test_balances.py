"""A batch of small balances on its page: the sample with its ledgers, the look, the request."""

import pytest
from django.urls import reverse

from cases.approvals.models import ApprovalRequest
from cases.collaboration.models import Draft
from cases.types.small_balance.models import SampleLook
from cases.work.lifecycle import CaseStatus
from tests.cases.web.test_undo import offered
from tests.factories.balances import batch_of
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    made = batch_of("4.00", "9.99")
    house.grant("patient_rep", made.queue, "view_queue", "work_queue")
    house.grant("patient_rep", made.facility, "view_facility")
    return made


@pytest.fixture
def clerk(house, case):
    return Reader.of(house.person("patient_rep"))


def page_of(reader, case):
    return text_of(reader.get(reverse("cases:case", args=[case.public_id])))


def test_the_page_shows_the_sample_its_ledgers_and_how_it_was_drawn(clerk, case):
    shown = page_of(clerk, case)

    assert case.small_balances.seed in shown
    assert "1 of 2" in shown
    assert "to be looked at" in shown
    assert "All 2 balances" in shown


@pytest.mark.parametrize("size", [1, 25])
def test_the_page_costs_the_same_for_a_batch_of_any_size(
    house, size, django_assert_max_num_queries
):
    case = batch_of(*["1.00"] * size)
    house.grant("patient_rep", case.queue, "view_queue", "work_queue")
    house.grant("patient_rep", case.facility, "view_facility")
    reader = Reader.of(house.person("patient_rep"))
    page_of(reader, case)

    with django_assert_max_num_queries(60):
        page_of(reader, case)


def test_the_sample_is_looked_at_and_the_batch_asked_to_be_signed(clerk, case):
    drawn = case.small_balances.balances.get(is_sampled=True)
    address = reverse("cases:small_balance_look", args=[case.public_id])
    assert f"{drawn.position} · {drawn.account.number}" in text_of(clerk.get(address))

    early = clerk.does("small_balance_request", case, reason="Two statements")
    said = {"position": drawn.position, "outcome": "right", "reason": "Owed since February"}
    looked = clerk.does("small_balance_look", case, **said)
    asked = clerk.does("small_balance_request", case, reason="Two statements")

    assert (early.status_code, looked.status_code, asked.status_code) == (409, 302, 302)
    assert SampleLook.objects.get().outcome == "right"
    assert ApprovalRequest.objects.get().reference in page_of(clerk, case)


def test_a_look_leaves_nothing_to_undo_and_nothing_typed_for_the_next(clerk, case):
    drawn = case.small_balances.balances.get(is_sampled=True)
    clerk.does("claim", case)
    case.refresh_from_db()
    draft = reverse("cases:draft", args=[case.public_id, "small_balance_look"])
    clerk.post(draft, {"reason": "Owed since February"})

    said = {"position": drawn.position, "outcome": "right", "reason": "Owed since February"}
    assert clerk.does("small_balance_look", case, **said).status_code == 302

    assert offered(clerk.get(reverse("cases:mine"))) is None
    assert not Draft.objects.exists()


def test_a_wrong_one_takes_the_batch_back(clerk, case):
    drawn = case.small_balances.balances.get(is_sampled=True)

    said = {"position": drawn.position, "outcome": "wrong", "reason": "In dispute"}
    assert clerk.does("small_balance_look", case, **said).status_code == 302

    case.refresh_from_db()
    assert case.status == CaseStatus.RESOLVED
    assert "In dispute" in page_of(clerk, case)


def test_other_cases_have_no_sample(house, reader):
    case = house.case()

    for name in ("small_balance_look", "small_balance_request"):
        assert reader.get(reverse(f"cases:{name}", args=[case.public_id])).status_code == 404
