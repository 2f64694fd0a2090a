from datetime import timedelta

import pytest

from cases.actions import awaiting, working
from cases.actions.awaiting import DateRefused, EventRefused
from cases.actions.returning import return_deferred
from cases.collaboration.vocabulary import LinkKind
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, NoteKind, NoteOutcome, Wake, WakeEvent
from cases.work.references import Reference
from tests.factories.cases import OPENED, AttachmentFactory, CaseFactory
from tests.factories.integrations import RemittedClaimFactory
from tests.factories.sharing import CaseLinkFactory

UNTIL = OPENED + timedelta(days=10)
LATER = OPENED + timedelta(days=1)


def sleep(case, worker, event=None, until=UNTIL):
    return awaiting.defer(
        case=case,
        by=worker,
        until=until,
        reason="They look again",
        at=OPENED,
        seen_version=case.version,
        event=event,
    )


def last_reason(case):
    return case.history.order_by("-pk").first().history_change_reason


def answered(case, worker, outcome=NoteOutcome.ANSWERED):
    working.comment(
        case=case,
        by=worker,
        text="They called",
        kind=NoteKind.CALL,
        reference=Reference(outcome=outcome),
    )


def linked(case):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    CaseLinkFactory(case=other, other=case, kind=LinkKind.BLOCKS)
    return other


def test_what_it_waits_for_stands_in_its_history(case, worker):
    asleep = sleep(case, worker, WakeEvent.PAYER)

    assert last_reason(asleep) == "They look again (Or when: the payer answers.)"
    assert Wake.objects.get().event == WakeEvent.PAYER


@pytest.mark.parametrize("event", WakeEvent)
def test_it_sleeps_on_while_nothing_has_happened(case, worker, event):
    linked(case)
    RemittedClaimFactory(claim=case.claim)
    AttachmentFactory(case=case)
    answered(case, worker)
    sleep(case, worker, event)
    answered(case, worker, NoteOutcome.NOTHING_NEW)

    assert return_deferred(at=LATER) == 0


@pytest.mark.parametrize(
    ("event", "reason"), [(WakeEvent.PAYER, "answered"), (WakeEvent.REMITTANCE, "remittance")]
)
def test_a_new_remittance_of_its_claim_wakes_it(case, worker, event, reason):
    sleep(case, worker, event)
    RemittedClaimFactory(claim=case.claim)

    assert return_deferred(at=LATER) == 1
    assert return_deferred(at=LATER) == 0

    back = Case.objects.get(pk=case.pk)
    assert (back.status, back.deferred_until) == (CaseStatus.TRIAGED, None)
    assert reason in last_reason(back)


def test_an_answer_that_somebody_noted_wakes_it(case, worker):
    sleep(case, worker, WakeEvent.PAYER)
    answered(case, worker)

    assert return_deferred(at=LATER) == 1


def test_a_document_wakes_it(case, worker):
    sleep(case, worker, WakeEvent.DOCUMENT)
    AttachmentFactory(case=case)

    assert return_deferred(at=LATER) == 1


def test_the_end_of_the_last_open_linked_case_wakes_it(case, worker):
    one, two = linked(case), linked(case)
    sleep(case, worker, WakeEvent.LINKED)

    for each, woken in ((one, 0), (two, 1)):
        working.resolve(
            case=each, by=worker, disposition=Disposition.DUPLICATE, reason="Same",
            at=OPENED, seen_version=1,
        )  # fmt: skip
        assert return_deferred(at=LATER) == woken


def test_an_event_belongs_to_one_deferral(case, worker):
    asleep = sleep(case, worker, WakeEvent.DOCUMENT)
    woken = working.resume(
        case=asleep, by=worker, reason="On", at=OPENED, seen_version=asleep.version
    )
    sleep(woken, worker)
    AttachmentFactory(case=case)

    assert return_deferred(at=LATER) == 0
    assert not Wake.objects.exists()


def test_nothing_sleeps_past_its_internal_deadline(worker, case):
    due = UNTIL - timedelta(days=2)
    held = CaseFactory(
        queue=case.queue,
        facility=case.facility,
        deadline_on=(due + timedelta(days=9)).date(),
        deadline_at=due,
    )

    with pytest.raises(DateRefused, match="Its deadline is 2026-03-10"):
        sleep(held, worker, until=due + timedelta(seconds=1))
    assert Case.objects.get(pk=held.pk).version == 1
    assert sleep(held, worker, until=due).status == CaseStatus.DEFERRED


def test_a_sleeper_whose_deadline_has_come_is_woken(case, worker):
    due = UNTIL - timedelta(days=2)
    asleep = CaseFactory(
        queue=case.queue,
        facility=case.facility,
        status=CaseStatus.DEFERRED,
        deferred_until=UNTIL,
        deadline_on=UNTIL.date(),
        deadline_at=due,
    )

    assert return_deferred(at=due - timedelta(seconds=1)) == 0
    assert return_deferred(at=due) == 1
    assert last_reason(asleep) == "Its deadline has come."


def test_what_cannot_come_is_not_waited_for(case, worker):
    with pytest.raises(EventRefused):
        sleep(case, worker, WakeEvent.LINKED)

    assert Case.objects.get(pk=case.pk).version == 1
    assert not Wake.objects.exists()
