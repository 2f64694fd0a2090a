"""Search by what people have in their hands; what is typed is read by nobody afterwards."""

from decimal import Decimal

import pytest
from django.urls import reverse

from billing_portal.audit.models import AuditEvent
from tests.house import CANARY
from tests.pages import text_of

pytestmark = pytest.mark.django_db
SEARCH = "/search/"


@pytest.fixture
def case(house):
    house.case(amount_at_risk=Decimal("77.77"), code="CO-16")
    return house.case(amount_at_risk=Decimal("1234.56"))


def found(reader, term):
    return text_of(reader.post(SEARCH, {"term": term}, follow=True))


def test_a_case_is_found_by_each_of_its_numbers(reader, case):
    for term in (
        case.reference,
        case.claim.patient_control_number,
        case.claim.payer_control_number,
        "1,234.56",
        "$1234.56",
    ):
        assert case.reference in found(reader, term), term


def test_a_case_is_found_by_three_letters_of_its_patient_and_not_by_two(reader, case):
    assert case.reference in found(reader, "doe")
    assert case.reference in found(reader, "Jane Doe")
    assert case.reference not in found(reader, "do")


def test_the_patient_found_stays_masked(reader, case):
    page = found(reader, "Jane")

    assert "D•••, J•••" in page
    assert "Doe" not in page


def test_what_is_typed_stands_in_no_address(reader, case):
    answer = reader.post(SEARCH, {"term": "Jane Doe"})

    assert "Jane" not in answer.url
    assert "Doe" not in answer.url
    assert case.reference in text_of(reader.get(answer.url))


def test_the_record_knows_that_not_what(reader, specialist, case):
    found(reader, "Jane Doe")
    found(reader, " jane  DOE ")

    first, second = AuditEvent.objects.filter(chain=f"user:{specialist.pk}", verb="case.searched")
    assert "doe" not in (first.body + first.reason).lower()
    assert first.body == second.body


def test_nothing_foreign_is_found(house, reader):
    foreign = house.canaries()
    for term in (CANARY, foreign[0].reference, foreign[0].claim.patient_control_number):
        assert "Nothing found" in found(reader, term)


def test_the_palette_gets_a_fragment_of_options(reader, case):
    answer = reader.post(
        SEARCH, {"term": case.reference, "palette": "1"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()

    assert 'role="option"' in page
    assert "<html" not in page
    assert reverse("cases:case", args=[case.public_id]) in page


def test_too_short_a_term_says_so(reader):
    assert "Type at least 2 characters" in found(reader, "x")


def test_a_name_is_found_with_a_slip_in_it(house, reader):
    case = house.case(claim=named(house, "Garfieldson"))
    house.case(claim=named(house, "Wolverhampton"))

    for slip in ("Garfeildson", "Garfieldsen", "Gafieldson"):
        page = found(reader, slip)
        assert case.reference in page, slip
        assert page.count("spelt alike") == 1 + 1, slip


def test_what_is_foreign_changes_nothing_that_is_found(house, reader, case):
    before = found(reader, "Jane")
    foreign = house.canaries(3)

    assert found(reader, "Jane") == before
    assert not any(each.reference in before for each in foreign)


def named(house, family_name):
    """A claim of a patient by this name."""
    claim = house.claim()
    with house.acting():
        claim.patient = house.patient(family_name)
        claim.save(update_fields=["patient"])
    return claim


def test_what_is_found_is_narrowed_by_facets_without_a_script(house, reader, specialist, case):
    other = house.case(amount_at_risk=Decimal("1234.56"), status="in_work", owner=specialist)
    house.canaries(amount_at_risk=Decimal("1234.56"))
    page = reader.post(SEARCH, {"term": "1,234.56"}, follow=True)
    address = page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]

    narrowed = reader.get(f"{address}&status=in_work&queue={house.auth.key}")

    assert f"{house.auth} (2)" in text_of(page)
    assert "Denial (2)" in text_of(page)
    assert CANARY not in page.content.decode()
    assert other.reference in text_of(narrowed)
    assert case.reference not in text_of(narrowed)
    assert "Clear filters" in text_of(narrowed)
    assert "Nothing found" in text_of(reader.get(f"{address}&payer=nobody"))


@pytest.mark.parametrize("rows", [1, 25])
def test_the_page_and_the_palette_cost_the_same_however_much_is_found(
    house, reader, rows, django_assert_num_queries
):
    for _ in range(rows):
        house.case()
    asked = {"term": "Doe", "palette": "1"}
    page = reader.post(SEARCH, {"term": "Doe"}, follow=True).request["QUERY_STRING"]
    reader.post(SEARCH, asked, headers={"HX-Request": "true"})

    with django_assert_num_queries(14):
        reader.get(f"{SEARCH}?{page}")
    with django_assert_num_queries(15):
        reader.get(f"{SEARCH}?{page}&status=new")
    with django_assert_num_queries(9):
        reader.post(SEARCH, asked, headers={"HX-Request": "true"})


def test_the_palette_offers_payers_and_people_beside_cases(house, reader, specialist):
    house.case(payer=house.payer)
    asked = {"term": "lake", "palette": "1"}

    page = reader.post(SEARCH, asked, headers={"HX-Request": "true"}).content.decode()
    mate = reader.post(SEARCH, asked | {"term": "specialist"}, headers={"HX-Request": "true"})

    assert (
        f'role="option" id="place-1-1" aria-selected="false" href="/payers/{house.payer.key}/"'
        in page
    )
    assert f"owner={specialist.username}" in mate.content.decode()


def test_the_page_names_pages_too(reader):
    page = text_of(reader.post(SEARCH, {"term": "keyboard"}, follow=True))

    assert "Keyboard help" in page
