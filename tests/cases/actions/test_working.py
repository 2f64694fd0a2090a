from datetime import timedelta

import pytest

from billing_portal.kernel.models.history import save_because
from cases.actions import awaiting, working
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, Lease, Queue, Take
from tests.factories.cases import OPENED, QueueFactory
from tests.factories.people import PersonFactory, granted

NOW = OPENED + timedelta(hours=1)


def asked(case, worker, **fields):
    return {"case": case, "by": worker, "reason": "Because", "at": NOW, "seen_version": 1} | fields


def test_a_denial_is_worked_from_claim_to_resolution(case, worker):
    claimed = working.claim_next(by=worker, at=NOW)
    working.comment(case=claimed, by=worker, text="Called, reference 7")
    working.mark_step(case=claimed, by=worker, step="first_action", is_done=True)
    done = working.resolve(
        case=claimed,
        by=worker,
        disposition=Disposition.CORRECTED_CLAIM_PAID,
        reason="Paid on the corrected claim",
        at=NOW,
        seen_version=claimed.version,
    )

    assert (done.status, done.disposition) == (CaseStatus.RESOLVED, "corrected_claim_paid")
    reasons = done.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["For a test", "Took the next case.", "Paid on the corrected claim"]
    assert not Lease.objects.filter(case=case).exists()


def test_claiming_one_case_makes_it_ones_own(case, worker):
    claimed = working.claim(case=case, by=worker, at=NOW, seen_version=1)

    assert (claimed.status, claimed.owner) == (CaseStatus.IN_WORK, worker)


def test_a_case_is_assigned_to_who_may_work_it(case, worker):
    colleague = granted(queues=[case.queue], facilities=[case.facility])

    assert working.assign(**asked(case, worker, owner=colleague)).owner == colleague


def test_a_case_is_not_assigned_to_who_may_not(case, worker):
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)
    gone = granted(queues=[case.queue], facilities=[case.facility])
    gone.is_active = False

    for nobody in (PersonFactory(), reader, gone):
        with pytest.raises(working.CannotOwn):
            working.assign(**asked(case, worker, owner=nobody))
    assert Case.objects.get(pk=case.pk).owner is None


def test_a_transfer_counts_the_new_queues_due_times_from_now(case, worker):
    working.claim(case=case, by=worker, at=NOW, seen_version=1)
    target = Queue.objects.get(key="coding")

    moved = working.transfer(**asked(case, worker, queue=target, seen_version=2))

    assert (moved.queue, moved.owner, moved.status) == (target, None, CaseStatus.TRIAGED)
    assert moved.first_touched_at is None
    assert moved.resolve_due_at > case.resolve_due_at - timedelta(days=5)
    assert moved.resolve_due_at.isoformat() == "2026-03-05T23:00:00+00:00"


def test_a_case_goes_to_no_closed_queue_and_not_where_it_is(case, worker):
    for queue in (case.queue, QueueFactory(is_active=False)):
        with pytest.raises(working.QueueRefused):
            working.transfer(**asked(case, worker, queue=queue))
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize("days", [-1, 0, 91])
def test_a_case_sleeps_from_now_on_and_not_too_long(case, worker, days):
    with pytest.raises(awaiting.DateRefused):
        awaiting.defer(**asked(case, worker, until=NOW + timedelta(days=days)))

    assert Case.objects.get(pk=case.pk).status == CaseStatus.NEW


def test_a_case_sleeps_and_is_taken_up_again(case, worker):
    asleep = awaiting.defer(**asked(case, worker, until=NOW + timedelta(days=90)))
    assert asleep.status == CaseStatus.DEFERRED

    awake = working.resume(**asked(case, worker, seen_version=2))
    assert (awake.status, awake.owner, awake.deferred_until) == (CaseStatus.IN_WORK, worker, None)


@pytest.mark.parametrize(
    ("waiting_for", "status"),
    [
        (working.Waiting.PAYER, CaseStatus.PENDING_PAYER),
        (working.Waiting.INFO, CaseStatus.PENDING_INFO),
    ],
)
def test_a_case_waits_for_somebody(case, worker, waiting_for, status):
    assert working.wait(**asked(case, worker, waiting_for=waiting_for)).status == status


@pytest.mark.parametrize(
    "disposition",
    [
        Disposition.WRITTEN_OFF,
        Disposition.APPEAL_OVERTURNED_FULL,
        Disposition.APPEAL_OVERTURNED_PARTIAL,
        Disposition.REVERSED,
    ],
)
def test_a_denial_does_not_end_in_what_its_type_does_not_offer(case, worker, disposition):
    with pytest.raises(working.DispositionRefused):
        working.resolve(**asked(case, worker, disposition=disposition))

    assert Case.objects.get(pk=case.pk).version == 1


def test_a_finished_case_is_taken_up_again_with_new_due_times(case, worker):
    working.resolve(**asked(case, worker, disposition=Disposition.DUPLICATE))

    later = NOW + timedelta(days=30)
    again = working.reopen(**asked(case, worker, seen_version=2, at=later))

    assert (again.status, again.disposition, again.owner) == (CaseStatus.REOPENED, None, None)
    assert again.resolve_due_at > later


def test_what_one_does_on_a_case_keeps_one_at_it(case, worker):
    claimed = working.claim(case=case, by=worker, at=NOW, seen_version=1)
    before = Lease.objects.get(case=case).until

    working.comment(case=claimed, by=worker, text="Still here")

    assert Lease.objects.get(case=case).until > before
    assert working.stay(case=claimed, by=worker)
    assert not working.stay(case=claimed, by=PersonFactory())


def test_putting_back_lets_somebody_else_take_it(case, worker):
    working.claim(case=case, by=worker, at=NOW, seen_version=1)
    working.release(**asked(case, worker, seen_version=2))

    colleague = granted(queues=[case.queue], facilities=[case.facility])
    assert working.claim_next(by=colleague, at=NOW) == case


def test_where_the_next_is_given_only_leads_choose(case, worker):
    case.queue.take = Take.NEXT_ONLY
    save_because(case.queue, by=worker, reason="For a test", fields=["take"])
    lead = granted(queues=[case.queue], facilities=[case.facility], leads=True)

    with pytest.raises(working.PickRefused):
        working.claim(case=case, by=worker, at=NOW, seen_version=1)
    assert working.claim(case=case, by=lead, at=NOW, seen_version=1).owner == lead


def test_where_the_next_is_given_nobody_else_gives_a_case_to_anybody(case, worker):
    case.queue.take = Take.NEXT_ONLY
    save_because(case.queue, by=worker, reason="For a test", fields=["take"])
    lead = granted(queues=[case.queue], facilities=[case.facility], leads=True)

    for owner in (worker, lead):
        with pytest.raises(working.PickRefused):
            working.assign(**asked(case, worker, owner=owner))
    assert Case.objects.get(pk=case.pk).version == 1
    given = working.assign(**asked(case, lead, owner=worker))
    assert working.assign(**asked(given, worker, owner=lead, seen_version=2)).owner == lead


def test_a_transfer_that_cannot_be_counted_is_not_done(case, worker, monkeypatch):
    def refuse(**_said):
        raise working.QueueRefused("Not counted.")

    monkeypatch.setattr(working, "misrouted", refuse)

    with pytest.raises(working.QueueRefused, match="Not counted"):
        working.transfer(**asked(case, worker, queue=Queue.objects.get(key="coding")))
    assert Case.objects.get(pk=case.pk).version == 1
