"""The whole way against a running ledger: refused, a case, mended there, sent again, once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from cases.intake.detecting import catch_up
from cases.types.posting_failure import actions
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from integrations.connectors.sandbox.target import SandboxTarget
from integrations.outbox import services as outbox
from integrations.outbox.delivering import deliver_due
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import JournalLineCommand, decode
from tests.cases.actions.test_posting import AT, carry_out, decided, kind
from tests.factories.effects import LedgerFactory
from tests.factories.outbox import OutboxMessageFactory, journal
from tests.house import House
from tests.integrations.connectors.sandbox.process import Process
from tests.pages import Reader, text_of

__all__ = ["kind"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sandbox(tmp_path):
    running = Process(tmp_path).start()
    yield running
    running.stop()


@pytest.fixture
def house():
    return House.built()


@pytest.fixture
def effect(house, sandbox):
    """A write-off that was decided, and is to be posted to the sandbox."""
    LedgerFactory(destination__url=sandbox.url)
    [made] = carry_out(decided(house.case()), house.person("denial_specialist"))
    return made


def clerk(house, case):
    house.grant("denial_specialist", case.queue, "view_queue", "work_queue")
    return house.person("denial_specialist")


def delivered():
    deliver_due(limit=10)
    assert catch_up(at=AT, patience=20)
    return Case.objects.filter(case_type="posting_failure").first()


def test_a_closed_period_is_a_case_that_a_replay_settles_once(house, sandbox, effect):
    sandbox.ask("close", {"through": "2026-03-31"})

    case = delivered()

    assert (case.code, case.queue.key) == ("CLOSED_PERIOD", "erp-posting")
    assert sandbox.rows("SELECT count(*) FROM document") == [(0,)]
    reader = Reader.of(clerk(house, case))
    page = text_of(reader.get(f"/cases/{case.public_id}/"))
    assert case.details["words"] in page
    assert effect.journal.reference in page
    assert "Send again" in page

    sandbox.ask("close", {"through": None})
    for _twice in range(2):
        reader.does("replay", case, reason="The controller opened March again")
    case = delivered()
    deliver_due(limit=10)

    assert (case.status, case.disposition) == (CaseStatus.CLOSED, Disposition.CORRECTED)
    assert OutboxMessage.objects.get().state == OutboxState.CONFIRMED
    assert sandbox.rows("SELECT count(*) FROM document") == [(1,)]


def test_what_is_replayed_while_the_period_stays_shut_is_refused_again(house, sandbox, effect):
    sandbox.ask("close", {"through": "2026-03-31"})
    case = delivered()
    api, url = house.client(clerk(house, case)), f"/api/v1/cases/{case.public_id}/replay/"

    answer = api.post(url, {"reason": "Once more", "version": case.version}, format="json")

    assert answer.status_code == 200, answer.data
    again = delivered()
    assert again.status == CaseStatus.NEW
    assert again.details["decision"] != case.details["decision"]
    assert sandbox.rows("SELECT count(*) FROM document") == [(0,)]


def test_what_does_not_balance_there_is_withdrawn_and_explained(house, sandbox, effect):
    assert delivered() is None
    lines = (*journal().lines, JournalLineCommand("4010", Decimal("0.01"), Decimal("0.00")))
    told = OutboxMessageFactory(
        destination=OutboxMessage.objects.get().destination,
        command=replace(journal(), lines=lines),
    )

    case = delivered()

    assert (case.code, case.facility.key) == ("UNBALANCED", "unassigned")
    by = house.person("denial_specialist")
    outbox.withdraw(message=told, by=by, reason="Booked anew by hand", at=AT)
    assert delivered().disposition == Disposition.EXPLAINED


def test_a_double_in_the_ledger_is_found_by_the_nightly_comparison(house, sandbox, effect):
    assert delivered() is None
    assert actions.reconcile(at=AT) == []
    told = OutboxMessage.objects.get()
    sandbox.ask("forget", None)
    SandboxTarget().send(decode(told.payload), key=told.key, settings=sandbox.settings())

    [opened] = actions.reconcile(at=AT)

    case = Case.objects.get(pk=opened.case_id)
    assert (case.code, case.details["theirs"]) == ("DIFFERENCE", "200.00")
    assert actions.reconcile(at=AT) == []


def test_a_double_that_nobody_settles_is_compared_however_old_it_is(house, sandbox, effect):
    assert delivered() is None
    told = OutboxMessage.objects.get()
    sandbox.ask("forget", None)
    SandboxTarget().send(decode(told.payload), key=told.key, settings=sandbox.settings())
    [opened] = actions.reconcile(at=AT)

    assert actions.reconcile(at=AT + timedelta(days=90)) == []

    assert Case.objects.get(pk=opened.case_id).status == CaseStatus.NEW
