"""What the form that ends a case holds before anything is typed."""

import pytest
from django.urls import reverse

from cases.actions import working

pytestmark = pytest.mark.django_db

FOUND = "Authorization 77 was on file; the payer reprocesses."


@pytest.fixture
def case(house, specialist):
    return house.case(owner=specialist, status="in_work")


def asked(reader, case):
    """The form's page."""
    return reader.get(reverse("cases:resolve", args=[case.public_id])).content.decode()


def test_what_the_reader_just_wrote_stands_as_the_reason(reader, specialist, case):
    working.comment(case=case, by=specialist, text=FOUND)

    assert f">\n{FOUND}</textarea>" in asked(reader, case)


def test_what_somebody_else_wrote_last_does_not(reader, house, specialist, case):
    other = house.person("denial_specialist")
    working.comment(case=case, by=specialist, text=FOUND)
    working.comment(case=case, by=other, text="I disagree.")

    page = asked(reader, case)
    assert FOUND not in page
    assert "I disagree." not in page


def test_without_a_comment_the_reason_is_empty(reader, case):
    assert ">\n</textarea>" in asked(reader, case)
