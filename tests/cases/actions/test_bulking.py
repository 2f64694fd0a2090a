"""Many cases at once: done as one by one, undone to the column, each refusal by itself."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import revoke
from billing_portal.audit.models import AuditEvent
from billing_portal.audit.queries import verify
from cases.actions import bulk_steps, bulking, working
from cases.bulk.models import Batch, BatchStatus, BulkVerb, RowOutcome, Why
from cases.bulk.queries import results
from cases.bulk.services import BatchRefused
from cases.jobs import services as jobs
from cases.jobs.models import Job, JobStatus
from cases.routing.models import Misrouting
from cases.routing.vocabulary import NotOurs
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, Note, Queue, Take
from cases.work.services import ReasonMissing
from tests.factories.cases import (
    OPENED,
    CaseFactory,
    LeaseFactory,
    QueueFactory,
    RoutingDecisionFactory,
    RoutingRuleFactory,
)
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory, granted

NOW = OPENED + timedelta(hours=1)
LATER = OPENED + timedelta(hours=2)
RECORD = {"version", "created_at"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue():
    return QueueFactory()


@pytest.fixture
def site():
    return FacilityFactory()


@pytest.fixture
def lead(queue, site):
    return granted(queues=[queue], facilities=[site])


def cases(queue, site, number, **fields):
    claim = CaseFactory(queue=queue, facility=site, **fields).claim
    return CaseFactory.create_batch(number - 1, queue=queue, facility=site, claim=claim, **fields)


def frozen(by, verb=BulkVerb.ASSIGN, reason="Rebalanced", **arguments):
    if verb is BulkVerb.ASSIGN and not arguments:
        arguments = {"owner_id": by.pk}
    return bulking.freeze(
        cases=Case.objects.visible_to(by).open(),
        query="/queues/all/?view=open",
        verb=verb,
        arguments=arguments,
        reason=reason,
        by=by,
        at=NOW,
    )


def start(batch, **fields):
    return bulking.start(**{"batch": batch, "by": batch.by, "at": NOW} | fields)


def undo(batch, **fields):
    return bulking.undo(**{"batch": batch, "by": batch.by, "at": LATER} | fields)


def work_off():
    """Let a worker do all that waits."""
    while jobs.work_next(at=LATER) is not None:
        pass


def digest():
    """The business columns of every case, as one hash."""
    rows = [
        {name: value for name, value in row.items() if name not in RECORD}
        for row in Case.objects.order_by("pk").values()
    ]
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def outcomes(batch):
    return {(each.outcome, each.why): each.cases for each in results(batch)}


def test_five_hundred_are_reassigned_by_a_job_and_undone_to_the_column(queue, site, lead):
    cases(queue, site, 500)
    before = digest()

    batch = start(frozen(lead))
    assert batch.status == BatchStatus.RUNNING
    work_off()

    batch.refresh_from_db()
    assert (batch.status, outcomes(batch)) == (BatchStatus.DONE, {(RowOutcome.DONE, ""): 500})
    assert Case.objects.filter(owner=lead, status=CaseStatus.ASSIGNED, version=2).count() == 500
    assert digest() != before

    undo(batch)
    work_off()

    batch.refresh_from_db()
    assert (batch.status, outcomes(batch)) == (BatchStatus.UNDONE, {(RowOutcome.UNDONE, ""): 500})
    assert digest() == before
    assert Case.objects.filter(version=3).count() == 500
    assert AuditEvent.objects.filter(verb="case.undo").count() == 500
    assert verify().is_clean
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_few_are_done_and_undone_at_once(queue, site, lead):
    cases(queue, site, 3)
    before = digest()

    batch = start(frozen(lead))

    assert (batch.status, batch.done_at, Job.objects.count()) == (BatchStatus.DONE, NOW, 0)
    assert undo(batch).undone_at == LATER
    assert digest() == before


VERBS = {
    BulkVerb.TRANSFER: lambda: {"queue_id": Queue.objects.get(key="coding").pk},
    BulkVerb.DEFER: lambda: {"until": (NOW + timedelta(days=3)).isoformat()},
    BulkVerb.WAIT_PAYER: dict,
    BulkVerb.WAIT_INFO: dict,
    BulkVerb.RESOLVE: lambda: {"disposition": Disposition.DUPLICATE.value},
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_done_and_undone_to_the_column(verb, queue, site, lead):
    cases(queue, site, 3)
    before = digest()

    batch = start(frozen(lead, verb, **VERBS[verb]()))
    assert outcomes(batch) == {(RowOutcome.DONE, ""): 3}
    assert digest() != before

    undo(batch)
    assert outcomes(batch) == {(RowOutcome.UNDONE, ""): 3}
    assert digest() == before


def test_a_transfer_counts_due_times_as_a_single_one_does(queue, site, lead):
    one = CaseFactory(queue=queue, facility=site)
    target = Queue.objects.get(key="coding")
    batch = start(frozen(lead, BulkVerb.TRANSFER, queue_id=target.pk))
    other = CaseFactory(queue=queue, facility=site)
    working.transfer(case=other, by=lead, queue=target, reason="r", at=NOW, seen_version=1)

    one.refresh_from_db()
    other.refresh_from_db()
    assert batch.status == BatchStatus.DONE
    assert (one.first_touch_due_at, one.resolve_due_at) == (
        other.first_touch_due_at,
        other.resolve_due_at,
    )


def test_a_transfer_of_many_is_counted_by_the_rules_that_had_sent_them(queue, site, lead):
    sent, unsent = CaseFactory.create_batch(2, queue=queue, facility=site)
    rule = RoutingRuleFactory(queue=queue)
    RoutingDecisionFactory(case=sent, queue=queue, rule=rule, rule_version=4)
    target = Queue.objects.get(key="coding")

    start(frozen(lead, BulkVerb.TRANSFER, queue_id=target.pk))

    kept = Misrouting.objects.order_by("case").values_list("case", "rule", "cause", "said_by")
    assert list(kept) == [
        (sent.pk, rule.pk, NotOurs.OTHER, lead.pk),
        (unsent.pk, None, NotOurs.OTHER, lead.pk),
    ]
    places = Misrouting.objects.values_list("from_queue", "to_queue").distinct()
    assert list(places) == [(queue.pk, target.pk)]


def test_what_is_given_in_order_is_chosen_by_leads_alone(site):
    queue = QueueFactory(take=Take.NEXT_ONLY)
    worker = granted(queues=[queue], facilities=[site])
    CaseFactory(queue=queue, facility=site)
    batch = frozen(worker)

    assert bulking.preview(batch=batch).skipped == {Why.PICK: 1}
    start(batch)

    assert outcomes(batch) == {(RowOutcome.SKIPPED, Why.PICK): 1}
    lead = granted(queues=[queue], facilities=[site], leads=True)
    assert outcomes(start(frozen(lead))) == {(RowOutcome.DONE, ""): 1}


def test_none_sleeps_past_its_deadline(queue, site, lead):
    until = NOW + timedelta(days=3)
    for days in (2, 3):
        CaseFactory(
            queue=queue,
            facility=site,
            deadline_on=until.date(),
            deadline_at=NOW + timedelta(days=days),
        )
    batch = frozen(lead, BulkVerb.DEFER, until=until.isoformat())

    seen = bulking.preview(batch=batch)
    assert (seen.cases, seen.skipped) == (1, {Why.DEADLINE: 1})
    start(batch)

    assert outcomes(batch) == {
        (RowOutcome.DONE, ""): 1,
        (RowOutcome.SKIPPED, Why.DEADLINE): 1,
    }


def test_what_is_put_back_was_somebodys(queue, site, lead):
    cases(queue, site, 2)
    start(frozen(lead))
    CaseFactory(queue=queue, facility=site)
    before = digest()

    batch = start(frozen(lead, BulkVerb.RELEASE))

    assert outcomes(batch) == {
        (RowOutcome.DONE, ""): 2,
        (RowOutcome.SKIPPED, Why.STATE): 1,
    }
    undo(batch)
    assert digest() == before


def test_each_case_is_judged_by_itself_and_nothing_is_done_to_what_is_left(queue, site, lead):
    fine, stale, busy, waits = CaseFactory.create_batch(4, queue=queue, facility=site)
    batch = frozen(lead)
    colleague = granted(queues=[queue], facilities=[site])
    working.claim(case=stale, by=colleague, at=NOW, seen_version=1)
    LeaseFactory(case=busy, holder=colleague, until=timezone.now() + timedelta(hours=1))
    seen = bulking.preview(batch=batch)

    start(batch)

    assert (seen.cases, seen.samples) == (2, [fine.pk, waits.pk])
    assert seen.skipped == {Why.STALE: 1, Why.BUSY: 1}
    assert outcomes(batch) == {
        (RowOutcome.DONE, ""): 2,
        (RowOutcome.SKIPPED, Why.STALE): 1,
        (RowOutcome.SKIPPED, Why.BUSY): 1,
    }
    busy.refresh_from_db()
    assert busy.version == 1


def test_a_preview_changes_nothing(queue, site, lead):
    cases(queue, site, 2)
    batch = frozen(lead)
    before = digest()

    assert bulking.preview(batch=batch).cases == 2
    assert digest() == before
    assert not AuditEvent.objects.filter(verb__startswith="case.").exists()


def test_a_case_changed_since_keeps_what_was_done_and_is_named(queue, site, lead):
    cases(queue, site, 3)
    batch = start(frozen(lead))
    touched = Case.objects.order_by("pk")[1]
    working.wait(
        case=touched,
        by=lead,
        waiting_for=working.Waiting.PAYER,
        reason="Asked",
        at=NOW,
        seen_version=2,
    )

    undo(batch)

    assert outcomes(batch) == {
        (RowOutcome.UNDONE, ""): 2,
        (RowOutcome.KEPT, Why.TOUCHED): 1,
    }
    touched.refresh_from_db()
    assert (touched.status, touched.version) == (CaseStatus.PENDING_PAYER, 3)


def test_started_twice_it_is_done_once(queue, site, lead):
    cases(queue, site, 2)
    batch = frozen(lead)

    start(batch)
    again = start(batch)

    assert again.status == BatchStatus.DONE
    assert set(Case.objects.values_list("version", flat=True)) == {2}
    undo(batch)
    assert undo(batch).status == BatchStatus.UNDONE
    assert set(Case.objects.values_list("version", flat=True)) == {3}


def test_permission_is_that_of_the_moment_it_is_done(queue, site, lead):
    cases(queue, site, 2)
    batch = frozen(lead)
    revoke(
        group=lead.groups.get(),
        codename="work_queue",
        on=queue,
        by=system_actor("tests"),
        reason="Left",
    )

    start(batch)

    assert outcomes(batch) == {(RowOutcome.SKIPPED, Why.PERMISSION): 2}
    assert set(Case.objects.values_list("version", flat=True)) == {1}


def test_a_stopped_job_leaves_what_is_done_and_that_can_be_undone(queue, site, lead, monkeypatch):
    monkeypatch.setattr(bulk_steps, "CHUNK", 100)
    monkeypatch.setattr(bulking, "AT_ONCE", 100)
    cases(queue, site, 250)
    before = digest()
    batch = start(frozen(lead))
    jobs.work_next(at=NOW)

    job = jobs.cancel(job=Job.objects.get(), by=lead, at=LATER)

    batch.refresh_from_db()
    assert (job.status, job.done, batch.status) == (JobStatus.CANCELLED, 100, BatchStatus.STOPPED)
    assert outcomes(batch) == {(RowOutcome.DONE, ""): 100, (RowOutcome.WAITING, ""): 150}
    undo(batch)
    work_off()
    assert digest() == before


def test_comments_are_facts_and_stay(queue, site, lead):
    cases(queue, site, 2)

    batch = start(frozen(lead, BulkVerb.COMMENT, reason="Payer closed on Friday."))

    assert Note.objects.filter(text="Payer closed on Friday.", author=lead).count() == 2
    with pytest.raises(BatchRefused, match="facts"):
        undo(batch)


def test_what_cannot_be_asked_is_refused(queue, site, lead):
    cases(queue, site, 1)

    with pytest.raises(ReasonMissing):
        frozen(lead, reason=" ")
    for verb, arguments in (
        (BulkVerb.TRANSFER, {"queue_id": QueueFactory(is_active=False).pk}),
        (BulkVerb.DEFER, {"until": NOW.isoformat()}),
        (BulkVerb.RELEASE, {"owner_id": 1}),
        (BulkVerb.RESOLVE, {}),
    ):
        with pytest.raises(bulk_steps.ArgumentRefused):
            bulking.freeze(
                cases=Case.objects.visible_to(lead),
                query="",
                verb=verb,
                arguments=arguments,
                reason="r",
                by=lead,
                at=NOW,
            )
    assert not Batch.objects.exists()


def test_a_selection_is_its_makers_alone(queue, site, lead):
    cases(queue, site, 1)
    batch = frozen(lead)

    with pytest.raises(BatchRefused):
        start(batch, by=PersonFactory())

    assert Case.objects.get().version == 1
