"""Credit balances on their pages: the ledger that ties out, the verbs, the lists by law."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from cases.types.refund.models import FederalAct, RefundCheck, Research, Return
from cases.work.models import Case
from tests.factories.integrations import PayerFactory, ProviderAdjustmentFactory, RemittanceFactory
from tests.factories.refunds import FederalActFactory, approved_refund, credit
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LISTS = ["federal_clocks", "provider_ledger", "credit_report"]


@pytest.fixture
def medicare(db):
    return PayerFactory(payer_class="medicare", name="Medicare Test Region")


@pytest.fixture
def case(house, medicare):
    made = credit(payer=medicare)
    house.grant("credit_balance_analyst", made.queue, "view_queue", "work_queue")
    house.grant("credit_balance_analyst", made.facility, "view_facility")
    return made


@pytest.fixture
def analyst(house, case):
    return Reader.of(house.person("credit_balance_analyst"))


def test_the_page_shows_the_ledger_that_ties_out_and_what_is_to_be_done(analyst, case):
    shown = text_of(analyst.get(reverse("cases:case", args=[case.public_id])))

    assert "ties out to ($120.00)" in shown
    assert "More was paid than is allowed" in shown
    assert "Seems to be of: Medicare Test Region" in shown
    assert "Not identified yet: nobody has signed." in shown
    assert "Research" in shown


def test_research_a_signature_and_a_recoupment_are_done_on_pages(analyst, case, medicare):
    given = {"outcome": "of_payer", "payer": medicare.key, "amount": "120.00", "reason": "Twice"}
    assert analyst.does("research", case, **given).status_code == 302
    act = {"kind": "identified", "on": "2026-01-10", "reason": "Seen"}
    assert analyst.does("federal_act", case, **act).status_code == 302
    case.refresh_from_db()
    assert analyst.does("refund_way", case, way="recoup", reason="Agreed").status_code == 302

    assert Research.objects.get().payer == medicare
    assert FederalAct.objects.get().reason == "Seen"
    assert Return.objects.get().way == "recoup"
    shown = text_of(analyst.get(reverse("cases:case", args=[case.public_id])))
    assert "Return by Mar 11, 2026" in shown
    assert "Let the payer recoup" in shown


def test_a_check_is_kept_and_followed_on_pages(analyst, case):
    approved_refund(case)
    sent = {"number": "0007", "issued_on": "2026-03-02", "reason": "Printed"}
    assert analyst.does("refund_check", case, **sent).status_code == 302
    check = RefundCheck.objects.get()
    moved = {"check": check.pk, "to": "outstanding", "on": "2026-03-03", "reason": "Mailed"}
    assert analyst.does("refund_check_moved", case, **moved).status_code == 302

    shown = text_of(analyst.get(reverse("cases:case", args=[case.public_id])))
    assert "Check 0007, outstanding" in shown


def test_a_refusal_is_told_on_the_form(analyst, case):
    answer = analyst.does("refund_way", case, way="recoup", reason="Agreed")

    assert answer.status_code == 409
    assert "Say first what was wrong" in text_of(answer)


def test_a_denial_offers_none_of_these(house, analyst, reader):
    case = house.case()
    shown = reader.get(reverse("cases:case", args=[case.public_id])).content.decode()

    assert "/research/" not in shown
    assert "Account ledger" not in shown
    assert reader.get(reverse("cases:research", args=[case.public_id])).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_empty_in_words(reader, name):
    assert reader.get(reverse(f"cases:{name}")).status_code == 200


def test_compliance_sees_every_clock_but_opens_only_its_own_cases(house, case):
    FederalActFactory(case=case)
    compliance = Reader.of(house.person("compliance_officer"))

    shown = compliance.get(reverse("cases:federal_clocks"))

    assert case.reference in text_of(shown)
    assert str(case.public_id) not in shown.content.decode()
    stranger = Reader.of(house.person("denial_specialist"))
    assert case.reference not in text_of(stranger.get(reverse("cases:federal_clocks")))


@pytest.mark.parametrize("rows", [1, 25])
def test_the_lists_cost_the_same_for_any_number_of_rows(
    house, analyst, case, medicare, rows, django_assert_max_num_queries
):
    FederalActFactory(case=case)
    for number in range(1, rows):
        FederalActFactory(case=credit(payer=medicare, claim=f"Q{number}", facility=case.facility))
    assert Case.objects.count() == rows
    for name in LISTS:
        analyst.get(reverse(f"cases:{name}"))
        with django_assert_max_num_queries(25):
            analyst.get(reverse(f"cases:{name}"))


def test_payers_adjustments_show_what_is_open(house, analyst, case, medicare):
    remittance = RemittanceFactory(payer=medicare, facility=case.facility)
    ProviderAdjustmentFactory(remittance=remittance, reference="ICN-404", amount="75.00")

    shown = text_of(analyst.get(reverse("cases:provider_ledger")))

    assert "ICN-404" in shown
    assert "$75.00 open" in shown


def test_the_report_is_taken_out_by_those_who_may(house, analyst, case):
    assert "$120.00" in text_of(analyst.get(reverse("cases:credit_report")))
    refused = analyst.post(reverse("cases:credit_report_file"))
    assert refused.status_code == 403
    lead = house.person("team_lead")
    house.grant("team_lead", case.queue, "view_queue")
    house.grant("team_lead", case.facility, "view_facility")

    answer = Reader.of(lead).post(reverse("cases:credit_report_file"))

    assert b"".join(answer.streaming_content).decode().count(case.reference) == 1
