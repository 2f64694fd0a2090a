from datetime import date
from decimal import Decimal

import pytest

from cases.actions import undoing, working
from cases.actions.undoing import NothingToUndo
from cases.approvals.vocabulary import RequestState
from cases.effects.models import Effect
from cases.types.denial.appeals.actions import sweeping, taking
from cases.types.denial.appeals.models import FollowUp, Proof, Recourse, RecourseStatus, Way
from cases.types.denial.appeals.services.taking import RecourseRefused
from cases.types.denial.appeals.terms import Particulars
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.services import StaleVersion
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.cases import CaseFactory
from tests.factories.integrations import PayerFactory

AMOUNT = Decimal("100.00")


def take(case, by, way, **said):
    particulars = Particulars(said.pop("reason", "As told"), AMOUNT, **said)
    made = taking.take(
        case=case, by=by, at=NOW, way=way, particulars=particulars, seen_version=case.version
    )
    case.refresh_from_db()
    return made


def test_a_corrected_claim_waits_for_the_payer_and_is_asked_about(case, worker):
    made = take(
        case,
        worker,
        Way.CORRECTED_CLAIM,
        payer_control_number="ICN1",
        sent_on=NOW.date(),
        expected_on=date(2026, 4, 3),
    )

    assert case.status == CaseStatus.PENDING_PAYER
    sweeping.remind(at=NOW.replace(month=4, day=3))
    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED
    done = taking.conclude(
        recourse=made, by=worker, at=NOW, is_done=True, reason="Paid", seen_version=1
    )
    assert done.status == RecourseStatus.DONE


def test_billing_the_second_payer_ends_the_case(case, worker):
    take(case, worker, Way.SECONDARY, payer=PayerFactory(), sent_on=NOW.date())

    assert case.disposition == Disposition.BILLED_SECONDARY


def test_the_patients_share_ends_the_case(case, worker):
    take(case, worker, Way.PATIENT, is_cover_checked=True, sent_on=NOW.date())

    assert case.disposition == Disposition.PATIENT_RESPONSIBILITY


REQUEST = {
    "proof": Proof.UNECONOMIC,
    "preventable_stage": "registration",
    "expected_recovery": Decimal("20.00"),
    "cost_to_work": Decimal("85.00"),
}


def test_a_write_off_request_waits_for_others_and_books_nothing(case, worker):
    made = take(case, worker, Way.WRITE_OFF, **REQUEST)

    assert (made.status, case.status) == (RecourseStatus.DONE, CaseStatus.PENDING_APPROVAL)
    assert (made.approval.state, made.approval.amount) == (RequestState.PENDING, AMOUNT)
    assert not Effect.objects.exists()


WRITE_OFF = Particulars("Too dear", AMOUNT, **REQUEST)
CORRECTED = Particulars(
    "Modifier 25",
    AMOUNT,
    payer_control_number="ICN1",
    sent_on=NOW.date(),
    expected_on=date(2026, 4, 3),
)


@pytest.mark.parametrize(
    ("way", "said"), [(Way.WRITE_OFF, WRITE_OFF), (Way.CORRECTED_CLAIM, CORRECTED)]
)
def test_a_way_is_taken_with_the_case_that_was_seen_and_open(case, worker, way, said):
    asked = {"case": case, "by": worker, "at": NOW, "way": way, "particulars": said}
    working.claim(case=case, by=worker, at=NOW, seen_version=1)

    with pytest.raises(StaleVersion, match="Nothing of yours was saved"):
        taking.take(**asked, seen_version=1)
    duplicate = {"reason": "Again", "disposition": Disposition.DUPLICATE}
    working.resolve(case=case, by=worker, at=NOW, seen_version=2, **duplicate)
    with pytest.raises(RecourseRefused, match="finished"):
        taking.take(**asked, seen_version=3)

    assert not Recourse.objects.exists()
    assert not FollowUp.objects.exists()


def test_a_way_is_taken_with_a_denial_only(case, worker):
    other = CaseFactory(queue=case.queue, facility=case.facility, case_type="underpayment")

    with pytest.raises(RecourseRefused, match="denial"):
        take(other, worker, Way.WRITE_OFF, **REQUEST)

    assert not Recourse.objects.exists()


def test_a_way_that_changed_since_it_was_seen_is_not_ended(case, worker):
    days = {"sent_on": NOW.date(), "expected_on": date(2026, 4, 3)}
    made = take(case, worker, Way.CORRECTED_CLAIM, payer_control_number="ICN1", **days)
    asked = {
        "recourse": made,
        "by": worker,
        "at": NOW,
        "is_done": False,
        "reason": "Paid after all",
    }

    with pytest.raises(StaleVersion):
        taking.conclude(**asked, seen_version=made.version + 1)

    made.refresh_from_db()
    assert made.status == RecourseStatus.SENT
    assert taking.conclude(**asked, seen_version=made.version).status == RecourseStatus.WITHDRAWN


def test_a_bill_that_left_the_house_is_not_undone_the_case_can_be_reopened(case, worker):
    take(case, worker, Way.SECONDARY, payer=PayerFactory(), sent_on=NOW.date())
    asked = {"case": case, "by": worker, "at": NOW, "seen_version": case.version}

    with pytest.raises(NothingToUndo, match="left the house"):
        undoing.undo(**asked)

    assert working.reopen(**asked, reason="Not covered there").status == CaseStatus.REOPENED


def test_a_wait_for_a_corrected_claim_is_undone_once_that_is_given_up(case, worker):
    days = {"sent_on": NOW.date(), "expected_on": date(2026, 4, 3)}
    made = take(case, worker, Way.CORRECTED_CLAIM, payer_control_number="ICN1", **days)
    asked = {"case": case, "by": worker, "at": NOW, "seen_version": case.version}

    with pytest.raises(NothingToUndo, match="left the house"):
        undoing.undo(**asked)
    given_up = {"is_done": False, "reason": "Wrong number", "seen_version": made.version}
    taking.conclude(recourse=made, by=worker, at=NOW, **given_up)

    assert undoing.undo(**asked).status == CaseStatus.NEW
