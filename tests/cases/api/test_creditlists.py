"""The lists of credit balances through the API: whose rows they are, and in which order."""

from datetime import date

import pytest

from billing_portal.audit.models import AuditEvent
from tests.factories.integrations import (
    ClaimFactory,
    FacilityFactory,
    PayerFactory,
    ProviderAdjustmentFactory,
    RemittanceFactory,
)
from tests.factories.refunds import FederalActFactory, credit

pytestmark = pytest.mark.django_db
API = "/api/v1/credits/"
LISTS = ["clocks/", "payers/", "report/"]


@pytest.fixture
def medicare(db):
    return PayerFactory(payer_class="medicare")


@pytest.fixture
def case(house, medicare):
    made = credit(payer=medicare)
    house.grant("credit_balance_analyst", made.queue, "view_queue", "work_queue")
    house.grant("credit_balance_analyst", made.facility, "view_facility")
    return made


@pytest.fixture
def client(house, case):
    return house.client(house.person("credit_balance_analyst"))


@pytest.fixture
def elsewhere(house, medicare):
    """A credit with a running clock and an adjustment at a site that the analyst does not see."""
    site = FacilityFactory()
    made = credit(payer=medicare, claim="C2", facility=site)
    FederalActFactory(case=made)
    adjusted(medicare, site, "ICN-ELSEWHERE")
    return made


def adjusted(payer, site, reference, amount="75.00", reason="WO"):
    remittance = RemittanceFactory(payer=payer, facility=site)
    return ProviderAdjustmentFactory(
        remittance=remittance, reference=reference, amount=amount, reason=reason
    )


def rows(client, name, **asked):
    return client.get(API + name, asked).json()["results"]


@pytest.mark.parametrize("name", LISTS)
def test_a_stranger_gets_nothing_and_others_no_rows(house, case, medicare, name):
    FederalActFactory(case=case)
    adjusted(medicare, case.facility, "ICN-1")

    assert house.client().get(API + name).status_code == 401
    assert rows(house.client(house.person("coder")), name) == []
    root = house.person(is_superuser=True, is_staff=True)
    assert rows(house.client(root), name) == []


def test_the_clocks_come_by_their_last_day_and_reading_is_on_record(client, case, medicare):
    FederalActFactory(case=case, on=date(2025, 3, 20))
    sooner = credit(payer=medicare, claim="C2", facility=case.facility)
    FederalActFactory(case=sooner, on=date(2025, 3, 10))

    first, second = rows(client, "clocks/")

    assert (first["case"], first["due_on"]) == (str(sooner.public_id), "2025-05-09")
    assert (second["case"], second["identified_on"]) == (str(case.public_id), "2025-03-20")
    assert (first["amount"], first["is_suspended"], first["is_late"]) == ("120.00", False, True)
    event = AuditEvent.objects.filter(verb="worklist.shown").latest("seq")
    assert event.subject == f"{API}clocks/"
    assert str(case.public_id) in event.body


def test_compliance_sees_every_clock_but_opens_only_its_own_cases(house, client, case, elsewhere):
    FederalActFactory(case=case)
    compliance = house.client(house.person("compliance_officer"))

    assert [each["reference"] for each in rows(client, "clocks/")] == [case.reference]
    seen = rows(compliance, "clocks/")
    assert {each["reference"] for each in seen} == {case.reference, elsewhere.reference}
    assert {each["case"] for each in seen} == {None}


def test_payers_adjustments_come_to_nothing_or_stay_open(client, case, medicare, elsewhere):
    adjusted(medicare, case.facility, "ICN-PAIRED")
    adjusted(medicare, case.facility, "ICN-PAIRED", "-75.00", "72")
    adjusted(medicare, case.facility, "ICN-OPEN")

    found = rows(client, "payers/")

    assert [(each["reference"], each["open"]) for each in found] == [
        ("ICN-OPEN", "75.00"),
        ("ICN-PAIRED", "0.00"),
    ]
    assert [line["reason"] for line in found[1]["lines"]] == ["WO", "72"]
    assert (found[0]["claim"], found[0]["case"]) == (None, None)


def test_what_names_a_claim_of_another_site_is_not_shown(client, case, medicare):
    for site, number in ((FacilityFactory(), "ICN-THEIRS"), (case.facility, "ICN-OURS")):
        claim = ClaimFactory(payer=medicare, facility=site, payer_control_number=number)
        adjusted(medicare, case.facility, number)

    [shown] = rows(client, "payers/")

    assert (shown["reference"], shown["claim"]) == ("ICN-OURS", str(claim.public_id))


def test_the_report_holds_what_medicare_has_a_share_in(client, case, elsewhere):
    credit(payer=PayerFactory(payer_class="commercial"), claim="C3", facility=case.facility)

    [row] = rows(client, "report/")

    assert (row["case"], row["amount"]) == (str(case.public_id), "120.00")
    assert (row["paid_on"], row["method"]) == (str(case.account.stated_on), "")
    shown = AuditEvent.objects.filter(verb="worklist.shown").latest("seq")
    assert shown.subject == f"{API}report/"


@pytest.mark.parametrize("number", [2, 25])
def test_a_page_costs_the_same_for_any_number_of_rows(
    client, case, medicare, number, django_assert_max_num_queries
):
    FederalActFactory(case=case)
    for each in range(number):
        made = credit(payer=medicare, claim=f"Q{each}", facility=case.facility)
        FederalActFactory(case=made)
        adjusted(medicare, case.facility, f"ICN-{each}")

    for name in LISTS:
        with django_assert_max_num_queries(12):
            answer = client.get(API + name, {"page_size": 2}).json()

        assert (len(answer["results"]), answer["previous"]) == (2, None)
        assert client.get(API + name, {"page": "99"}).status_code == 404
