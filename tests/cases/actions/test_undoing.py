from datetime import timedelta

import pytest
from django.db import connection

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import revoke
from billing_portal.audit.models import AuditEvent
from cases.actions import awaiting, undoing, working
from cases.actions.undoing import NothingToUndo
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, Queue
from cases.work.services import StaleVersion
from cases.work.visibility import CaseNotFound, MayNotWork
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import PersonFactory, granted

NOW = OPENED + timedelta(hours=1)
LATER = OPENED + timedelta(hours=2)
RECORD = {"version", "created_at"}


def standing(case):
    """Every column of a case but for the count of its moves."""
    held = Case.objects.filter(pk=case.pk).values().get()
    return {name: value for name, value in held.items() if name not in RECORD}


def asked(case, worker, **fields):
    return {
        "case": case,
        "by": worker,
        "reason": "Because",
        "at": NOW,
        "seen_version": case.version,
    } | fields


def claim(case, by):
    return working.claim(case=case, by=by, at=NOW, seen_version=case.version)


def undo(case, by, **fields):
    return undoing.undo(
        **{"case": case, "by": by, "at": LATER, "seen_version": case.version} | fields
    )


VERBS = {
    "claim": claim,
    "assign": lambda case, by: working.assign(**asked(case, by, owner=by)),
    "transfer": lambda case, by: working.transfer(
        **asked(case, by, queue=Queue.objects.get(key="coding"))
    ),
    "defer": lambda case, by: awaiting.defer(**asked(case, by, until=NOW + timedelta(days=3))),
    "wait": lambda case, by: working.wait(**asked(case, by, waiting_for=working.Waiting.PAYER)),
    "resolve": lambda case, by: working.resolve(
        **asked(case, by, disposition=Disposition.DUPLICATE)
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_undone_to_the_column(case, worker, verb):
    before = standing(case)
    moved = VERBS[verb](case, worker)
    assert standing(case) != before

    undone = undo(moved, worker)

    assert standing(case) == before
    newest = case.history.order_by("-history_id").first()
    assert (undone.version, newest.history_user) == (3, worker)
    assert newest.history_change_reason.startswith("Undone: ")
    assert AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="case.undo").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_followed_a_claim_is_undone_one_by_one_or_not_at_all(case, worker):
    claimed = claim(case, worker)
    before = standing(case)
    released = working.release(**asked(claimed, worker))

    again = undo(released, worker)

    assert standing(case) == before
    with pytest.raises(NothingToUndo, match="cannot be undone"):
        undo(again, worker)


@pytest.mark.parametrize("verb", ["resume", "reopen"])
def test_taking_up_again_is_undone_too(case, worker, verb):
    if verb == "resume":
        moved = VERBS["defer"](case, worker)
        take_up = working.resume
    else:
        moved = VERBS["resolve"](case, worker)
        take_up = working.reopen
    before = standing(case)

    undo(take_up(**asked(moved, worker)), worker)

    assert standing(case) == before


def test_nothing_is_undone_that_somebody_changed_since(case, worker):
    colleague = granted(queues=[case.queue], facilities=[case.facility])
    moved = VERBS["wait"](case, worker)
    theirs = working.resume(**asked(moved, colleague))
    before = standing(case)

    with pytest.raises(NothingToUndo, match="Somebody else"):
        undo(theirs, worker)
    with pytest.raises(NothingToUndo):
        undo(moved, worker)

    assert standing(case) == before


def test_an_undoing_names_the_version_it_saw(case, worker):
    moved = claim(case, worker)

    with pytest.raises(StaleVersion):
        undo(moved, worker, seen_version=1)

    assert standing(case)["status"] == CaseStatus.IN_WORK


def test_a_case_never_moved_has_nothing_to_undo_and_a_comment_is_no_move(case, worker):
    working.comment(case=case, by=worker, text="A fact")

    with pytest.raises(NothingToUndo, match="facts"):
        undo(case, worker)

    assert case.notes.count() == 1


def test_a_transfer_out_of_sight_is_undone_by_who_did_it_alone(case, worker):
    moved = VERBS["transfer"](case, worker)
    assert not Case.objects.visible_to(worker).exists()

    with pytest.raises(CaseNotFound):
        undoing.find(by=PersonFactory(), public_id=case.public_id)
    found = undoing.find(by=worker, public_id=case.public_id)

    assert undo(found, worker).queue == case.queue
    assert moved.queue != case.queue


def test_who_may_no_longer_work_the_queue_undoes_nothing(case, worker):
    moved = claim(case, worker)
    revoke(
        group=worker.groups.get(),
        codename="work_queue",
        on=case.queue,
        by=system_actor("tests"),
        reason="Left",
    )
    worker = type(worker).objects.get(pk=worker.pk)

    with pytest.raises(MayNotWork):
        undo(moved, worker)


def test_a_foreign_case_does_not_exist(worker):
    with pytest.raises(CaseNotFound):
        undoing.find(by=worker, public_id=CaseFactory().public_id)
