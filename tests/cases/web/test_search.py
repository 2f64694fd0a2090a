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
