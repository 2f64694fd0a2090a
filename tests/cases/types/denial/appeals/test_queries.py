from datetime import date

import pytest

from cases.types.denial.appeals import queries
from cases.types.denial.appeals.answers import Acts
from cases.types.denial.appeals.lifecycle import AppealStatus
from tests.factories.appeals import (
    AppealFactory,
    AttestationFactory,
    PacketFactory,
    RecourseFactory,
    SubmissionFactory,
)
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db


def in_flight(**fields):
    appeal = AppealFactory()
    return AppealFactory(
        case=fields.pop("case", appeal.case),
        level=2,
        previous=appeal,
        status=AppealStatus.SUBMITTED,
        submitted_on=date(2026, 3, 5),
        attestation=AttestationFactory(appeal=appeal),
        packet=PacketFactory(appeal=appeal),
        **fields,
    )


def test_what_was_sent_for_cases_is_read_in_two_queries(django_assert_num_queries):
    submission = SubmissionFactory()
    recourse = RecourseFactory()
    keys = [submission.appeal.case.key, recourse.case.key]

    with django_assert_num_queries(2):
        found = queries.acts_of([*keys, "denial:0"])

    assert found == {
        keys[0]: Acts(appealed_on=submission.sent_on),
        keys[1]: Acts(corrected_on=recourse.sent_on),
    }


def test_an_appeal_is_heard_of_when_its_case_rests_on_another_decision():
    in_flight()
    other = in_flight(decision="an earlier one")
    told = CaseFactory()
    in_flight(case=told, decision="an earlier one", told_of=told.details["decision"])

    assert list(queries.heard_of()) == [other]


def test_appeals_of_a_case_come_newest_first():
    newest = in_flight()

    assert list(queries.of_case(newest.case)) == [newest, newest.previous]
    assert queries.newest_trace(newest.case) == "TRACE"


def test_the_remittance_that_answers_is_named_once_it_was_seen(case):
    appeal = AppealFactory(case=case)
    assert queries.answering(appeal) == ("", None)

    appeal.told_of = "another decision"
    trace, on = queries.answering(appeal)

    newest = case.details["decisions"][-1]
    assert (trace, on and on.isoformat()) == (newest["trace"], newest["paid_on"])


def test_the_newest_of_several_claims_decisions_is_that_of_the_latest_day(case):
    newest = case.details["decisions"][-1]
    older = newest | {"trace": "OLDER", "paid_on": "2025-01-01"}
    case.details["decisions"].append(older)
    appeal = AppealFactory.build(case=case, told_of="another decision")

    assert queries.newest_trace(case) == newest["trace"]
    assert queries.answering(appeal)[0] == newest["trace"]
