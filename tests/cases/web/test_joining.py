"""Merging and splitting by the pages."""

import pytest
from django.urls import reverse

from cases.types.denial.dividing import items_of
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Queue
from tests.factories.integrations import ClaimFactory
from tests.factories.joining import denied
from tests.factories.people import granted
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(db):
    first = denied("100.00", "50.00")
    claim = ClaimFactory(patient=first.claim.patient, facility=first.facility)
    return first, denied("30.00", claim=claim)


@pytest.fixture
def reader(two):
    return Reader.of(granted(queues=Queue.objects.all(), facilities=[two[0].facility]))


def at(name, case):
    return reverse(f"cases:{name}", args=[case.public_id])


def fresh(case):
    return Case.objects.get(pk=case.pk)


def seen(case):
    return f"{case.public_id}.{case.version}"


def test_a_case_takes_another_in_and_leads_on_from_there(reader, two):
    keeper, other = two
    assert other.reference in text_of(reader.get(at("merge", keeper)))

    answer = reader.does("merge", keeper, cases=[seen(other)], stays="this", reason="One account")

    assert answer.url == at("case", keeper)
    assert fresh(keeper).amount_at_risk == 180
    assert reader.get(at("case", other)).url == at("case", keeper)
    own = reader.get(at("case", other), {"tab": "timeline"})
    assert own.status_code == 200
    related = reader.get(at("case", keeper), {"tab": "related"}).content.decode()
    assert "Holds the merged" in related
    assert f"{at('case', other)}?tab=timeline" in related


def test_a_case_ends_in_another_and_z_takes_it_back(reader, two):
    keeper, other = two
    answer = reader.does("merge", other, cases=[seen(keeper)], stays="that", reason="One account")
    assert answer.url == at("case", keeper)
    assert fresh(other).status == CaseStatus.MERGED

    reader.post(at("undo", other), {"seen_version": 2, "key": "k"})

    assert fresh(other).status == other.status
    assert fresh(keeper).amount_at_risk == 150


def test_what_is_wrong_is_said_and_changes_nothing(reader, two):
    keeper, other = two

    for fields in (
        {"stays": "this", "reason": "r"},
        {"cases": [f"{other.public_id}.9"], "stays": "this", "reason": "r"},
        {"cases": [seen(other)], "stays": "this"},
    ):
        assert reader.does("merge", keeper, **fields).status_code == 422
    assert fresh(keeper).version == 1


def test_a_case_is_split_and_both_are_linked(reader, two):
    case, _ = two
    name = items_of(case.key)[1].key
    assert "$50.00 denied" in text_of(reader.get(at("split", case)))

    answer = reader.does("split", case, items=[name], reason="Coding’s part")

    part = Case.objects.get(key__startswith=f"{case.key}/")
    assert (part.amount_at_risk, fresh(case).amount_at_risk) == (50, 100)
    assert part.reference in text_of(reader.get(answer.url))
    assert reader.post(at("undo", case), {"seen_version": 2, "key": "k"}).status_code == 302
    assert fresh(case).amount_at_risk == 150


def test_all_of_it_is_no_split(reader, two):
    case, _ = two
    names = [item.key for item in items_of(case.key)]

    answer = reader.does("split", case, items=names, reason="r")

    assert answer.status_code == 409
    assert "choose some parts, not all" in text_of(answer)


def test_the_menu_offers_what_can_be_done(reader, two):
    case, single = two

    page = reader.get(at("case", case)).content.decode()
    assert at("merge", case) in page
    assert at("split", case) in page
    assert at("split", single) not in reader.get(at("case", single)).content.decode()
