"""The status line offers to undo what one did last, until the next act."""

import re

import pytest
from django.urls import reverse

from cases.actions import working
from cases.types.denial.appeals.models import Appeal
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from tests.cases.actions.test_undoing import standing
from tests.factories.cases import OPENED
from tests.pages import text_of

pytestmark = pytest.mark.django_db

LIST = "/queues/all/"
FORM = re.compile(r'<form method="post" action="([^"]+/undo/)".*?</form>', re.DOTALL)
FIELD = re.compile(r'name="(key|seen_version)" value="([^"]+)"')


def offered(page):
    """The address and the fields of the form that undoes, if a page offers one."""
    found = FORM.search(page.content.decode())
    return (found[1], dict(FIELD.findall(found[0]))) if found else None


def address(case):
    return reverse("cases:undo", args=[case.public_id])


def claim(reader, case):
    return reader.post(
        reverse("cases:claim", args=[case.public_id]), {"seen_version": 1}, follow=True
    )


def test_a_verb_is_offered_to_be_undone_and_is(reader, house):
    case = house.case()
    before = standing(case)

    page = claim(reader, case)
    url, fields = offered(page)
    answer = reader.post(url, fields, follow=True)

    assert "is yours now. Undo Z" in text_of(page)
    assert "is as it was before." in text_of(answer)
    assert standing(case) == before
    assert offered(answer) is None


def test_the_offer_stands_on_other_pages_until_the_next_act(reader, house):
    case, other = house.case(), house.case()
    claim(reader, case)

    page = reader.get(LIST)
    assert offered(page)[0] == address(case)
    assert f"Last: {case.reference} is yours now." in text_of(page)

    assert offered(claim(reader, other))[0] == address(other)


def test_taking_the_next_case_is_offered_too(reader, house):
    case = house.case()

    url, fields = offered(reader.post(reverse("cases:claim_next"), follow=True))

    assert url == address(case)
    reader.post(url, fields)
    assert Case.objects.get(pk=case.pk).owner is None


def test_a_comment_is_a_fact_and_ends_the_offer(reader, house):
    case = house.case()
    claim(reader, case)

    answer = reader.does("comment", case, text="Called.", kind="comment")

    assert answer.status_code == 302
    assert offered(reader.get(LIST)) is None


def test_sent_twice_it_is_done_once(reader, house):
    case = house.case()
    url, fields = offered(claim(reader, case))

    answers = [reader.post(url, fields) for _ in range(2)]

    assert [each.url for each in answers] == [reverse("cases:case", args=[case.public_id])] * 2
    assert Case.objects.get(pk=case.pk).version == 3


def test_what_others_did_since_is_not_undone_and_the_page_says_so(reader, house):
    case, colleague = house.case(), house.person("denial_specialist")
    url, fields = offered(claim(reader, case))
    working.assign(
        case=case, by=colleague, owner=colleague, reason="Mine", at=OPENED, seen_version=2
    )

    answer = reader.post(url, fields, follow=True)

    assert "Somebody else changed this case since" in text_of(answer)
    assert Case.objects.get(pk=case.pk).status == CaseStatus.ASSIGNED
    assert offered(answer) is None


def test_a_foreign_case_does_not_exist(reader, house):
    for foreign in house.canaries():
        assert reader.post(address(foreign), {"seen_version": 1}).status_code == 404
        assert reader.get(address(foreign)).status_code == 405
        assert Case.objects.get(pk=foreign.pk).version == 1


def test_a_step_of_an_appeal_is_undone_by_the_key_that_was_offered(house, reader, specialist):
    case = house.case()
    begin = {"ground": "authorization", "amount": "60.00", "argument": "It was authorized."}
    reader.does("appeal", case, **begin)
    appeal = Appeal.objects.get()
    address = reverse("cases:appeal_undo", args=[appeal.public_id])
    assert address in reader.get(reverse("cases:appeal_page", args=[appeal.public_id])).text

    reader.post(address, {"seen_version": appeal.version, "key": "k1"})
    again = reader.post(address, {"seen_version": appeal.version + 1, "key": "k2"}, follow=True)

    appeal.refresh_from_db()
    assert appeal.outcome == "withdrawn"
    assert "It has ended" in text_of(again)
