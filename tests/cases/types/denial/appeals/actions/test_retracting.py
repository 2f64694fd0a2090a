from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.undoing import NothingToUndo
from cases.types.denial.appeals.actions import preparing, retracting
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.types.denial.appeals.models import Ground
from cases.types.denial.appeals.terms import Grounds
from cases.work.services import StaleVersion
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.appeals import AppealFactory
from tests.factories.integrations import AcknowledgementFactory
from tests.factories.people import granted


def undo(appeal, by, **fields):
    given = {"appeal": appeal, "by": by, "at": NOW, "seen_version": appeal.version}
    return retracting.undo(**given | fields)


def test_what_was_begun_is_withdrawn_again(appeal, worker):
    undone = undo(appeal, worker)

    assert (undone.status, undone.outcome) == (AppealStatus.DECIDED, Outcome.WITHDRAWN)
    with pytest.raises(NothingToUndo, match="ended"):
        undo(undone, worker)


def test_what_was_given_to_review_comes_back_and_may_go_again(appeal, worker):
    given = preparing.review(appeal=appeal, by=worker, reason="Read it", seen_version=1)

    back = undo(given, worker)
    again = undo(back, worker)

    assert (back.status, again.status) == (AppealStatus.DRAFT, AppealStatus.IN_REVIEW)
    reasons = appeal.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert [reason.startswith("Undone: ") for reason in reasons] == [False, False, True, True]


def test_what_was_begun_with_its_proof_of_filing_is_withdrawn_again(case, worker):
    AcknowledgementFactory(patient_control_number=case.claim.patient_control_number)
    grounds = Grounds(Ground.TIMELY_FILING, Decimal("60.00"), "It was filed in time.")
    begun = preparing.begin(case=case, by=worker, grounds=grounds)
    assert begun.exhibits.count() == 1

    assert undo(begun, worker).outcome == Outcome.WITHDRAWN


def test_a_change_of_what_is_in_review_is_not_taken_for_a_sending_back(appeal, worker):
    given = preparing.review(appeal=appeal, by=worker, reason="Read it", seen_version=1)
    changed = preparing.write(
        appeal=given, by=worker, subject="Anew", body="Written anew", seen_version=2
    )

    with pytest.raises(NothingToUndo, match="anew"):
        undo(changed, worker)


def test_the_case_is_locked_before_its_appeal(appeal, worker):
    with CaptureQueriesContext(connection) as queries:
        undo(appeal, worker)

    locks = [each["sql"] for each in queries if "FOR UPDATE" in each["sql"]]
    assert 'FROM "cases_case"' in locks[0]


def test_only_ones_own_step_as_it_was_seen(appeal, worker):
    given = preparing.review(appeal=appeal, by=worker, reason="Read it", seen_version=1)
    colleague = granted(queues=[appeal.case.queue], facilities=[appeal.case.facility])

    with pytest.raises(NothingToUndo, match="Somebody else"):
        undo(given, colleague)
    with pytest.raises(StaleVersion):
        undo(given, worker, seen_version=1)

    given.refresh_from_db()
    assert given.status == AppealStatus.IN_REVIEW


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (AppealStatus.SUBMITTED, "left the house"),
        (AppealStatus.UNDER_REVIEW, "left the house"),
        (AppealStatus.READY, "signature"),
        (AppealStatus.DECIDED, "ended"),
        (AppealStatus.DRAFT, "anew"),
    ],
)
def test_what_has_no_honest_inverse_says_so(status, words):
    assert words in retracting.why_not(status)


def test_a_made_row_of_another_is_not_undone(worker, db):
    with pytest.raises(NothingToUndo):
        undo(AppealFactory(), worker)
