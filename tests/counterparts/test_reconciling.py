"""What was decided goes through the outbox into a real Tryton, once, whatever is killed.

Tryton has no idempotency of its own. A double that was made there behind our back is found.
"""

import random
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions import reconciling
from cases.approvals.models import ApprovalRequest
from cases.effects.comparing import DifferenceKind
from cases.types.posting_failure import actions as posting_failures
from cases.types.posting_failure.vocabulary import KEY, Cause
from cases.work.models import Case
from integrations.connectors.tryton import TARGET
from integrations.outbox.delivering import deliver_due
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import CommandKind, PostJournal, decode
from tests.cases.actions.test_posting import AT, carry_out, decided, kind
from tests.cluster import DATABASE
from tests.counterparts.erp import People
from tests.factories.approvers import decided as decided_by
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.outbox import DestinationFactory
from tests.factories.people import PersonFactory
from tests.faults.books import replay_what_waits_for_a_person
from tests.faults.deliverers import Deliverers
from tests.faults.proxy import OK
from tests.generators.decisions import waiting
from tests.integrations.connectors.tryton.replay import OPTIONS

__all__ = ["kind"]
pytestmark = pytest.mark.django_db(transaction=True)
DECISIONS, WORKER_KILLS, TRYTON_KILLS = 200, 8, 2
MIX = {"ok": 92, "drop_response": 6, "reset": 2}
PATIENCE = 600.0


@pytest.fixture
def tryton_at(people, monkeypatch):
    """Tryton as a destination, at its own address or another."""
    monkeypatch.setenv("PARTNER_TRYTON_KEY", people.tryton.key)

    def at(url, **fields):
        return DestinationFactory(
            name="tryton",
            target="tryton",
            url=url,
            settings=OPTIONS,
            secret_env="PARTNER_TRYTON_KEY",
            **fields,
        )

    return at


@pytest.fixture
def ledger(people, tryton_at):
    """Every site's books are Tryton's."""
    return LedgerFactory(destination=tryton_at(people.tryton.url))


def differences(effect):
    """Those of one effect: others' keys stand in the same books."""
    found = reconciling.differences(at=AT + timedelta(days=1))
    return [each for each in found if each.effect == effect]


def test_a_decision_is_posted_and_closed_and_its_injected_double_is_found(ledger, people):
    case = CaseFactory()
    [effect] = carry_out(decided(case), PersonFactory())

    deliver_due(limit=5)

    message = OutboxMessage.objects.get(event_key=effect.event_key)
    assert message.state == OutboxState.CONFIRMED
    assert isinstance(decode(message.payload), PostJournal)
    (move,) = people.moves(message.key)
    assert (move["state"], move["number"]) == ("posted", message.partner_reference)
    assert differences(effect) == []

    people.double(message.key)

    [found] = differences(effect)
    assert found.kind == DifferenceKind.DOUBLED
    assert found.theirs == 2 * found.ours
    assert message.partner_reference in found.reference.split(", ")


@pytest.fixture
def made(proxy, tryton_at):
    """Decisions that wait; what they lead to goes to Tryton by a way that goes wrong."""
    times = {"read_seconds": 10, "request_limit_seconds": 10, "retry_seconds": 1}
    return waiting(DECISIONS, people=1, ledger=tryton_at(f"{proxy.url}/tryton", **times))


@pytest.fixture
def deliverers(made, cluster):
    """Workers at the outbox; they begin when everything is there."""
    del made
    running = Deliverers(
        2, url=cluster.cluster.app_url(DATABASE), owner_url=cluster.cluster.owner_url(DATABASE)
    )
    yield running
    running.stop()


def decide_all(person, *, strikes):
    """Every request in turn; at some of them something is killed."""
    approvals = list(ApprovalRequest.objects.pending().order_by("pk"))
    for n, approval in enumerate(approvals):
        decided_by(approval, person, at=timezone.now())
        if n in strikes:
            strikes[n]()


def settle():
    """Until Tryton has confirmed all."""
    deadline = time.monotonic() + PATIENCE
    unconfirmed = OutboxMessage.objects.exclude(state=OutboxState.CONFIRMED)
    while left := unconfirmed.count():
        assert time.monotonic() < deadline, f"{left} are not confirmed"
        replay_what_waits_for_a_person()
        time.sleep(1)


def found_at_night(messages):
    """The keys, of these messages, of which the nightly comparison makes a case."""
    posting_failures.reconcile(at=timezone.now())
    cases = Case.objects.open().filter(case_type=KEY, code=Cause.DIFFERENCE.upper())
    keys = {message.key for message in messages}
    return keys & set(cases.values_list("details__event_key", flat=True))


def test_decisions_are_in_tryton_once_whatever_is_killed_and_a_double_is_a_case(
    people, tryton, proxy, made, deliverers
):
    began, chance = timezone.now() - timedelta(minutes=1), random.Random(8)
    moments = chance.sample(range(DECISIONS), WORKER_KILLS + TRYTON_KILLS)
    strikes = {n: lambda: deliverers.kill(chance) for n in moments}
    strikes |= {n: lambda: (tryton.child.kill(), tryton.start()) for n in moments[:TRYTON_KILLS]}
    proxy.mix(**MIX)
    decide_all(*made.people, strikes=strikes)
    proxy.tell(OK)
    settle()

    messages = {message.key: message for message in OutboxMessage.objects.iterator()}
    journals = [key for key, each in messages.items() if each.kind == CommandKind.POST_JOURNAL]
    held = [e for e in TARGET.entries(began, settings=people.settings()) if e.key in messages]
    assert all(proxy.counts[mode] for mode in MIX), proxy.counts
    assert len(held) == len(messages)
    assert {e.key: e.total for e in held} == {key: e.total for key, e in messages.items()}
    assert {state(people, key) for key in journals} == {"posted"}
    assert found_at_night(messages.values()) == set()

    People(tryton).double(journals[0])  # signed in anew: the other session may have ended

    assert found_at_night(messages.values()) == {journals[0]}


def state(people, key):
    """Of the only move under a key, drafts too."""
    (move,) = people.moves(key)
    return move["state"]
