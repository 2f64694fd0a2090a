"""What was given among claims, and which cases can be one."""

import pytest

from cases.joining.queries import given_at, mergeable, shares_of
from cases.work.lifecycle import CaseStatus
from tests.factories.cases import CaseFactory
from tests.factories.integrations import ClaimFactory
from tests.factories.joining import AllotmentFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db


def test_what_is_joined_is_found_from_either_end_and_however_far(django_assert_num_queries):
    first = AllotmentFactory()
    second = AllotmentFactory(holder_claim=first.claim, holder=f"denial:{first.claim_id}")
    AllotmentFactory()

    for claim in (first.claim_id, first.holder_claim_id, second.claim_id):
        with django_assert_num_queries(1):
            found = shares_of([claim])
        assert found.claims == {first.claim_id, first.holder_claim_id, second.claim_id}
    assert not shares_of([CaseFactory().claim_id]).claims


def test_what_one_merge_gave_is_found_from_both_its_cases():
    keeper = CaseFactory()
    given = {"holder": keeper.key, "holder_claim": keeper.claim, "holder_version": 3}
    one, another = AllotmentFactory(**given), AllotmentFactory(**given)
    AllotmentFactory(**given | {"holder_version": 4})

    assert given_at(one.giver, version=2) == [one, another]
    assert given_at(keeper, version=3) == [one, another]
    assert given_at(keeper, version=2) == []


def test_cases_of_one_account_that_one_sees_can_be_one():
    case = CaseFactory()
    near = {"facility": case.facility, "queue": case.queue}
    account = {
        "patient_control_number": case.claim.patient_control_number,
        "payee_identifier": case.claim.payee_identifier,
    }
    same = CaseFactory(claim=case.claim, **near)
    patients = CaseFactory(claim=ClaimFactory(patient=case.claim.patient), **near)
    accounts = CaseFactory(claim=ClaimFactory(payer_identifier="P0", **account), **near)
    CaseFactory(claim=case.claim, **near | {"facility": CaseFactory().facility})
    CaseFactory(**near)
    CaseFactory(claim=case.claim, status=CaseStatus.APPEAL, **near)
    reader = granted(queues=[case.queue], facilities=[case.facility])

    assert list(mergeable(case, reader=reader)) == [same, patients, accounts]
