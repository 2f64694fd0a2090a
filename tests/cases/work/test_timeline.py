from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_portal.audit import services as audit
from cases.priority.services import claim_next
from cases.work.lifecycle import Disposition, Verb
from cases.work.models import NoteKind
from cases.work.references import Reference
from cases.work.services import mark_step, move, note
from cases.work.timeline import EntryKind, latest, timeline
from tests.factories.cases import OPENED, AttachmentFactory, RoutingDecisionFactory

NOW = OPENED + timedelta(hours=1)


def look(case, by, verb="case.viewed"):
    audit.record(
        chain=f"case:{case.pk}",
        verb=verb,
        subject=f"case:{case.public_id}",
        by=by,
        reason="Call with the payer or patient",
    )


def test_everything_is_told_newest_first(case, worker):
    RoutingDecisionFactory(case=case)
    claimed = claim_next(by=worker, at=NOW)
    note(
        case=claimed,
        by=worker,
        text="Called",
        kind=NoteKind.CALL,
        reference=Reference(payer_reference="R-7"),
    )
    mark_step(case=claimed, by=worker, step="first_action", is_done=True)
    AttachmentFactory(case=case, attached_by=worker)
    look(case, worker, "case.patient_revealed")
    move(
        case=claimed,
        verb=Verb.RESOLVE,
        by=worker,
        reason="Paid",
        at=NOW,
        seen_version=2,
        disposition=Disposition.DUPLICATE,
    )

    told = timeline(case)

    assert [(entry.kind, entry.words) for entry in told] == [
        (EntryKind.CHANGE, "Resolved"),
        (EntryKind.ACCESS, "Revealed the patient"),
        (EntryKind.FILE, "File attached"),
        (EntryKind.STEP, "Step done"),
        (EntryKind.NOTE, "Call with the payer"),
        (EntryKind.CHANGE, "Taken"),
        (EntryKind.CHANGE, "Opened"),
        (EntryKind.ROUTING, f"Routed to {case.queue}"),
    ]
    resolved, taken = told[0], told[5]
    assert (resolved.actor, resolved.reason, resolved.is_person) == (str(worker), "Paid", True)
    assert {(each.label, each.old, each.new) for each in resolved.differences} >= {
        ("Status", "In work", "Resolved"),
        ("Disposition", "nothing", "Duplicate"),
    }
    assert ("Owner", "nothing", str(worker)) in {
        (each.label, each.old, each.new) for each in taken.differences
    }
    assert told[4].facts["payer_reference"] == "R-7"


def test_the_newest_things_leave_out_who_looked(case, worker):
    look(case, worker)

    assert [entry.kind for entry in latest(case, limit=4)] == [EntryKind.CHANGE]
    assert timeline(case)[0].kind is EntryKind.ACCESS


@pytest.mark.parametrize("times", [1, 10])
def test_the_story_costs_the_same_queries_however_long(times, case, worker):
    version = case.version
    for _ in range(times):
        for verb in (Verb.WAIT_PAYER, Verb.RESUME):
            case = move(case=case, verb=verb, by=worker, reason="On", at=NOW, seen_version=version)
            version = case.version
        note(case=case, by=worker, text="Called")

    with CaptureQueriesContext(connection) as queries:
        assert len(timeline(case)) == 1 + 3 * times

    # events, history, four kinds of names at most, notes, files, steps and the site's, routings
    assert len(queries) <= 11
