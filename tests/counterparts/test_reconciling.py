"""What was decided goes through the outbox into a real Tryton, and a double there is found."""

from datetime import timedelta

import pytest

from cases.actions import reconciling
from cases.effects.comparing import DifferenceKind
from integrations.outbox.delivering import deliver_due
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import OutboxMessage
from integrations.ports.commands import PostJournal, decode
from tests.cases.actions.test_posting import AT, carry_out, decided, kind
from tests.factories.cases import CaseFactory
from tests.factories.effects import LedgerFactory
from tests.factories.people import PersonFactory
from tests.integrations.connectors.tryton.replay import OPTIONS

__all__ = ["kind"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ledger(people, monkeypatch):
    """Every site's books are Tryton's."""
    monkeypatch.setenv("PARTNER_TRYTON_KEY", people.tryton.key)
    return LedgerFactory(
        destination__name="tryton",
        destination__target="tryton",
        destination__url=people.tryton.url,
        destination__settings=OPTIONS,
        destination__secret_env="PARTNER_TRYTON_KEY",
    )


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
