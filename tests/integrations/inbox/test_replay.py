from dataclasses import replace

import pytest

from billing_portal.kernel.models.history import save_because
from integrations.canonical.models import (
    Claim,
    Facility,
    PayerIdentifier,
    Remittance,
    RemittedClaim,
)
from integrations.connectors import x12_835
from integrations.feed.models import Change
from integrations.inbox import replay as inbox
from integrations.inbox.models import MessageStatus, PartStatus
from integrations.inbox.services import MessageIncident, receive
from integrations.ports.protocols import ClaimQuarantined, ClaimRead, TransactionClosed
from tests.factories.integrations import FacilityIdentifierFactory, PayerFactory
from tests.generators.remit import NPI, PAYER, Remit, denied, interchange, paid
from tests.integrations.canonical.apply.state import check_deferred, state

pytestmark = pytest.mark.django_db

REMIT = Remit("T1", [paid("A1"), denied("A2")])


def replayed(door):
    found = [
        difference
        for message in inbox.replayable(source=door.source, since=None)
        for difference in inbox.replay(message=message, by=door.by, correlation_id="replay-1")
    ]
    check_deferred()
    return found


def test_nothing_differs_when_nothing_changed(door):
    message = door.takes(REMIT)
    before, totals, changes = state(), message.totals, Change.objects.count()

    assert replayed(door) == []
    assert replayed(door) == []
    message.refresh_from_db()
    assert (state(), message.totals, message.status) == (before, totals, MessageStatus.APPLIED)
    assert Change.objects.count() == changes
    assert message.parts.get().status == PartStatus.APPLIED


def test_claims_move_to_whom_the_corrected_crosswalks_say(door):
    door.takes(REMIT)
    assert {claim.facility.key for claim in Claim.objects.all()} == {"unassigned"}
    facility = FacilityIdentifierFactory(source=door.source, identifier=NPI).facility
    crosswalk = PayerIdentifier.objects.get(source=door.source, identifier=PAYER)
    crosswalk.payer = PayerFactory()
    save_because(crosswalk, by=door.by, reason="This is who they are")

    [difference] = replayed(door)

    assert (difference.moved, difference.added, difference.part) == (2, 0, 1)
    assert {claim.facility for claim in Claim.objects.all()} == {facility}
    assert {claim.payer for claim in Claim.objects.all()} == {crosswalk.payer}
    assert {claim.coverage.payer for claim in Claim.objects.all()} == {crosswalk.payer}
    told = Change.objects.filter(correlation_id="replay-1")
    assert set(told.values_list("record", flat=True)) == {"claim"}
    assert set(told.values_list("record_id", flat=True)) == set(
        Claim.objects.values_list("pk", flat=True)
    )
    moved = Claim.objects.order_by("pk").first().history.order_by("-history_id").first()
    assert moved.history_change_reason == "replay of 835 remittance T1 from test-clearinghouse"
    assert replayed(door) == []


def test_a_claim_moves_by_the_remittance_it_rests_on_alone(door):
    door.takes(Remit("T1", [replace(paid("A1"), site="SITE-OLD")]))
    door.takes(
        Remit("T2", [replace(paid("A1"), site="SITE-NEW")], paid_on=REMIT.paid_on.replace(month=5))
    )
    old = FacilityIdentifierFactory(source=door.source, identifier="SITE-OLD").facility
    new = FacilityIdentifierFactory(source=door.source, identifier="SITE-NEW").facility

    replayed(door)

    assert Claim.objects.get().facility == new != old


def test_what_could_not_be_read_then_goes_in_now(door, monkeypatch):
    original = x12_835.CONNECTOR.read

    def older_reader(_connector, chunks):
        for event in original(chunks):
            if isinstance(event, ClaimRead) and event.claim.patient_control_number == "A2":
                claim = event.claim
                yield ClaimQuarantined(
                    claim.position, claim.byte_offset, "A2", "not_known", "Not known yet."
                )
            elif isinstance(event, TransactionClosed):
                yield replace(event, claims_read=1, claims_quarantined=1)
            else:
                yield event

    monkeypatch.setattr(type(x12_835.CONNECTOR), "read", older_reader)
    message = door.takes(REMIT)
    assert message.status == MessageStatus.PARTLY
    monkeypatch.undo()

    [difference] = replayed(door)

    assert (difference.added, difference.resolved, difference.moved) == (1, 1, 0)
    message.refresh_from_db()
    assert message.status == MessageStatus.APPLIED
    assert (message.totals["claims"], message.totals["set_aside"]) == (2, 0)
    waiting = message.quarantined.get()
    assert waiting.resolved_at
    assert waiting.resolution == inbox.RESOLUTION
    assert RemittedClaim.objects.count() == 2
    assert Remittance.objects.count() == 1
    assert replayed(door) == []


def test_a_file_that_was_given_up_is_read_by_a_replay(door):
    receipt = receive(source=door.source, chunks=[interchange(REMIT)], filename="", by=door.by)
    message = receipt.message
    type(message).objects.filter(pk=message.pk).update(status=MessageStatus.DEAD, attempts=5)

    [difference] = replayed(door)

    assert difference.added == 2
    message.refresh_from_db()
    assert message.status == MessageStatus.APPLIED


def test_what_waits_and_what_came_under_a_used_id_is_not_replayed(door):
    waiting = receive(source=door.source, chunks=[b"a"], filename="", by=door.by, message_id="m1")
    with pytest.raises(MessageIncident):
        receive(source=door.source, chunks=[b"b"], filename="", by=door.by, message_id="m1")
    read = door.takes(REMIT)

    assert waiting.is_new
    assert list(inbox.replayable(source=door.source, since=None)) == [read]
    assert not inbox.replayable(source=door.source, since=read.applied_at).exists()
    assert Facility.objects.get(key="unassigned")
