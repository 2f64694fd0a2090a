from datetime import date, timedelta

import pytest
from django.db import connection

from cases.types.denial.appeals.actions import preparing, sending, sweeping
from cases.types.denial.appeals.lifecycle import AppealMoveRefused, AppealStatus, Outcome
from cases.types.denial.appeals.models import Method
from cases.types.denial.appeals.terms import Decided, Grounds
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Note, NoteKind
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.people import granted

LATER = NOW + timedelta(days=31)


def decide(appeal, by, outcome, letter, **said):
    return sending.decide(
        appeal=appeal,
        by=by,
        at=LATER,
        decided=Decided(outcome, LATER.date(), letter=letter, **said),
        reason="The payer wrote",
        seen_version=appeal.version,
    )


def test_a_submitted_appeal_takes_its_case_into_flight(submitted, in_flight):
    case = submitted.case
    case.refresh_from_db()

    connection.check_constraints()
    assert submitted.status == AppealStatus.SUBMITTED
    assert (case.status, case.queue) == (CaseStatus.APPEAL, in_flight)
    assert case.history.order_by("-history_id").first().history_change_reason.startswith("Appeal")
    assert list(submitted.follow_ups.order_by("days").values_list("days", flat=True)) == [
        30,
        45,
        60,
    ]


def test_an_owner_who_cannot_follow_leaves_it_to_others(ready, case, in_flight):
    here_alone = granted(queues=[case.queue], facilities=[case.facility])
    sending.submit(
        appeal=ready,
        by=here_alone,
        at=NOW,
        method=Method.MAIL,
        sent_on=date(2026, 3, 3),
        seen_version=ready.version,
    )

    case.refresh_from_db()
    assert (case.queue, case.owner) == (in_flight, None)


def test_asking_the_payer_is_noted_and_the_case_waits_on(submitted, worker):
    sending.followed_up(
        appeal=submitted, by=worker, at=LATER, text="Still open", payer_reference="C-7"
    )

    note = Note.objects.get(case=submitted.case)
    assert (note.kind, note.payer_reference) == (NoteKind.CALL, "C-7")
    assert submitted.follow_ups.filter(done_at=None).count() == 2
    submitted.case.refresh_from_db()
    assert submitted.case.status == CaseStatus.APPEAL


@pytest.mark.parametrize("stage", ["ready", "decided"])
def test_the_payer_is_asked_only_about_what_they_have(request, worker, attach, stage):
    appeal = request.getfixturevalue("ready" if stage == "ready" else "submitted")
    if stage == "decided":
        decide(appeal, worker, Outcome.UPHELD, attach(appeal.case))
    appeal.case.refresh_from_db()
    before = appeal.case.status

    with pytest.raises(AppealMoveRefused):
        sending.followed_up(appeal=appeal, by=worker, at=LATER, text="Still open")

    appeal.case.refresh_from_db()
    assert appeal.case.status == before
    assert not Note.objects.exists()


def test_when_the_payer_wants_more_the_case_is_work_again(submitted, worker):
    asked = sending.asked_for_more(
        appeal=submitted, by=worker, at=LATER, reason="Notes", seen_version=submitted.version
    )

    asked.case.refresh_from_db()
    assert (asked.case.status, asked.case.owner) == (CaseStatus.IN_WORK, worker)


def test_an_upheld_level_opens_the_next(submitted, worker, attach):
    decided = decide(submitted, worker, Outcome.UPHELD, attach(submitted.case))
    case = decided.case
    case.refresh_from_db()

    assert case.status == CaseStatus.IN_WORK
    assert not submitted.follow_ups.filter(done_at=None).exists()
    grounds = Grounds(decided.ground, decided.amount_disputed)
    following = preparing.begin(case=case, by=worker, grounds=grounds)
    assert (following.level, following.previous) == (2, decided)


def test_a_paid_reversal_ends_the_case(submitted, worker, attach):
    letter = attach(submitted.case)
    decided = decide(submitted, worker, Outcome.OVERTURNED_FULL, letter, is_paid=True)

    decided.case.refresh_from_db()
    assert decided.case.disposition == Disposition.APPEAL_OVERTURNED_FULL


def test_a_reversal_that_is_not_paid_yet_waits_for_the_payer(submitted, worker, attach):
    decided = decide(submitted, worker, Outcome.OVERTURNED_FULL, attach(submitted.case))

    decided.case.refresh_from_db()
    assert decided.case.status == CaseStatus.PENDING_PAYER


def test_so_does_one_whose_case_had_come_back_to_be_asked_about(submitted, worker, attach):
    sweeping.remind(at=LATER)
    decided = decide(submitted, worker, Outcome.OVERTURNED_FULL, attach(submitted.case))

    decided.case.refresh_from_db()
    assert decided.case.status == CaseStatus.PENDING_PAYER


@pytest.mark.parametrize("prepared", [True, False])
def test_a_withdrawn_appeal_leaves_its_case_to_be_worked(request, worker, prepared):
    appeal = request.getfixturevalue("appeal" if prepared else "submitted")
    gone = sending.withdraw(
        appeal=appeal, by=worker, at=LATER, reason="Paid after all", seen_version=appeal.version
    )

    gone.case.refresh_from_db()
    assert gone.outcome == Outcome.WITHDRAWN
    assert gone.case.status == (CaseStatus.NEW if prepared else CaseStatus.IN_WORK)


def test_the_payers_steps_are_noted(submitted, worker):
    known = sending.acknowledge(
        appeal=submitted,
        by=worker,
        reason="Letter",
        payer_reference="AP-1",
        seen_version=submitted.version,
    )
    taken_up = sending.consider(
        appeal=known, by=worker, reason="Portal", seen_version=known.version
    )

    assert (taken_up.status, taken_up.payer_reference) == (AppealStatus.UNDER_REVIEW, "AP-1")
