from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.pure.errors import DomainError
from cases.work.lifecycle import MOVES, CaseStatus, Disposition, MoveRefused, Verb
from cases.work.models import Case, Lease
from cases.work.services import (
    ReasonMissing,
    StaleVersion,
    Wanted,
    move,
    move_many,
)
from cases.work.visibility import CaseNotFound, MayNotWork
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.people import PersonFactory, granted

NOW = OPENED + timedelta(hours=1)


def resolve(case, by, **fields):
    given = {
        "case": case,
        "verb": Verb.RESOLVE,
        "by": by,
        "reason": "Paid by phone",
        "at": NOW,
        "seen_version": case.version,
        "disposition": Disposition.NOT_A_DENIAL,
    }
    return move(**given | fields)


def state(case):
    fresh = Case.objects.get(pk=case.pk)
    return fresh, case.history.count(), AuditEvent.objects.filter(chain=f"case:{case.pk}").count()


def test_a_move_leaves_the_row_its_history_and_one_event(case, worker):
    moved = resolve(case, worker)

    fresh, versions, events = state(case)
    newest = case.history.order_by("-history_id").first()
    assert fresh.status == moved.status == CaseStatus.RESOLVED
    assert (fresh.version, fresh.resolved_at, fresh.first_touched_at) == (2, NOW, NOW)
    assert (newest.history_user, newest.history_change_reason) == (worker, "Paid by phone")
    assert (versions, events) == (2, 1)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"reason": "  "}, ReasonMissing),
        ({"seen_version": 7}, StaleVersion),
        ({"seen_version": None}, StaleVersion),
        ({"verb": Verb.RETURN, "disposition": None}, MayNotWork),
        ({"verb": Verb.REOPEN}, MoveRefused),
    ],
)
def test_a_refused_move_changes_nothing(case, worker, fields, refusal):
    with pytest.raises(refusal):
        resolve(case, worker, **fields)

    fresh, versions, events = state(case)
    assert (fresh.status, fresh.version, versions, events) == (CaseStatus.NEW, 1, 1, 0)


def test_a_stranger_and_a_reader_change_nothing(case):
    with pytest.raises(CaseNotFound):
        resolve(case, PersonFactory())
    with pytest.raises(CaseNotFound):
        resolve(case, granted(queues=[case.queue]))
    with pytest.raises(MayNotWork):
        resolve(case, granted(queues=[case.queue], facilities=[case.facility], works=False))

    assert state(case)[0].status == CaseStatus.NEW


def test_a_superuser_is_nobody_special(case):
    with pytest.raises(CaseNotFound):
        resolve(case, PersonFactory(is_superuser=True, is_staff=True))


def test_a_system_does_its_own_verbs_only(case):
    with pytest.raises(MayNotWork):
        resolve(case, system_actor("detection"))
    with pytest.raises(MayNotWork):
        resolve(case, system_actor("ingest"), verb=Verb.UPDATE, disposition=None)

    moved = move(
        case=case,
        verb=Verb.UPDATE,
        by=system_actor("detection"),
        reason="Facts",
        at=NOW,
        seen_version=None,
        cycle=2,
    )
    assert moved.cycle == 2


def test_a_stale_save_is_told_what_was_seen_what_is_and_what_it_wanted(case, worker):
    other = granted(queues=[case.queue], facilities=[case.facility])
    seen = Case.objects.get(pk=case.pk)
    move(case=case, verb=Verb.CLAIM, by=other, reason="Mine", at=NOW, seen_version=1)

    with pytest.raises(StaleVersion) as refused:
        move(
            case=seen,
            verb=Verb.ASSIGN,
            by=worker,
            reason="For me",
            at=NOW,
            seen_version=1,
            owner_id=worker.pk,
        )

    told = {each["label"]: each for each in refused.value.fields["differences"]}
    assert (refused.value.fields["seen"], refused.value.fields["current"]) == (1, 2)
    assert told["Owner"] == {
        "label": "Owner",
        "seen": "nothing",
        "current": str(other),
        "yours": str(worker),
    }
    assert told["Status"]["seen"] == "New"
    assert told["Status"]["yours"] is None
    assert state(case)[0].owner == other


def test_taking_a_case_up_holds_it_and_putting_it_back_lets_go(case, worker):
    taken = move(case=case, verb=Verb.CLAIM, by=worker, reason="Mine", at=NOW, seen_version=1)

    assert Lease.objects.get(case=case).holder == worker

    move(case=taken, verb=Verb.RELEASE, by=worker, reason="Not mine", at=NOW, seen_version=2)

    assert not Lease.objects.filter(case=case).exists()
    assert state(case)[0].owner is None


def test_a_silent_update_is_refused_by_the_database(case):
    Case.objects.filter(pk=case.pk).update(title="Something else")

    with connection.cursor() as cursor, pytest.raises(IntegrityError, match="its history"):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


STATES = {
    CaseStatus.NEW: {},
    CaseStatus.TRIAGED: {},
    CaseStatus.IN_WORK: {"owner": True},
    CaseStatus.DEFERRED: {"deferred_until": NOW},
    CaseStatus.PENDING_PAYER: {},
    CaseStatus.RESOLVED: {"disposition": Disposition.DUPLICATE, "resolved_at": OPENED},
    CaseStatus.CLOSED: {
        "disposition": Disposition.REVERSED,
        "resolved_at": OPENED,
        "closed_at": OPENED,
    },
}
GIVEN = {
    "first_touch_due_at": NOW + timedelta(days=2),
    "resolve_due_at": NOW + timedelta(days=9),
    "deferred_until": NOW + timedelta(days=1),
    "disposition": Disposition.NOT_A_DENIAL,
}


def written(cases):
    """What moves left behind, but for numbers and times that are the database's."""
    left = []
    for case in cases:
        fresh = Case.objects.values().get(pk=case.pk)
        history = list(case.history.order_by("history_id").values())
        events = AuditEvent.objects.filter(chain=f"case:{case.pk}").order_by("seq")
        own = {"id", "public_id", "reference", "key", "created_at", "claim_id", "details"}
        ours = {"history_id", "history_date", "history_txid"} | own
        left.append(
            (
                {k: v for k, v in fresh.items() if k not in own},
                [{k: v for k, v in row.items() if k not in ours} for row in history],
                list(events.values_list("verb", "reason", "body", "actor_id")),
                Lease.objects.filter(case=case).values_list("holder_id", flat=True).first(),
            )
        )
    return left


@pytest.mark.django_db
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    verb=st.sampled_from(Verb),
    statuses=st.lists(st.sampled_from(list(STATES)), min_size=1, max_size=4),
    seen=st.sampled_from([1, 1, 1, 2]),
    reason=st.sampled_from(["Because", ""]),
)
def test_moving_many_is_moving_each(verb, statuses, seen, reason):
    with transaction.atomic():
        queue, target = QueueFactory(), QueueFactory()
        first = CaseFactory(queue=queue)
        person = granted(queues=[queue, target], facilities=[first.facility])
        by = {Verb.RETURN: system_actor("tickler")}.get(
            verb,
            system_actor("detection") if verb in {Verb.UPDATE, Verb.CLOSE, Verb.ROUTE} else person,
        )
        rows = [STATES[status] | {"status": status} for status in statuses]
        both = [
            [
                CaseFactory(
                    queue=queue,
                    facility=first.facility,
                    payer=None,
                    **row | ({"owner": person} if row.get("owner") else {}),
                )
                for row in rows
            ]
            for _ in range(2)
        ]
        given_ids = {"queue_id": target.pk, "owner_id": person.pk, **GIVEN}
        changes = {name: given_ids[name] for name in MOVES[verb].needs}

        one_by_one = many = None
        try:
            with transaction.atomic():
                for case in both[0]:
                    move(
                        case=case,
                        verb=verb,
                        by=by,
                        reason=reason,
                        at=NOW,
                        seen_version=seen,
                        **changes,
                    )
        except DomainError as refusal:
            one_by_one = type(refusal)
        try:
            wanted = [Wanted(case.pk, reason, changes, seen) for case in both[1]]
            with transaction.atomic():
                move_many(wanted=wanted, verb=verb, by=by, at=NOW)
        except DomainError as refusal:
            many = type(refusal)

        assert one_by_one == many
        assert written(both[0]) == written(both[1])
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
