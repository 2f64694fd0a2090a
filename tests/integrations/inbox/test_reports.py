"""From a 277CA's bytes to acknowledgements: once each, whatever comes again, in whatever order."""

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import DatabaseError

from integrations.canonical.models import Acknowledgement, AcknowledgementStanding, Claim
from integrations.inbox.models import MessagePart, MessageStatus, PartStatus
from integrations.inbox.replay import replay
from tests.factories.integrations import SourceFactory
from tests.generators.acknowledge import Ack, Batch, reports
from tests.generators.remit import Remit, interchange, paid
from tests.integrations.conftest import Door

pytestmark = pytest.mark.django_db

TWO = Batch([Ack("A1"), Ack("A2", "A7:562:85", message="NPI NOT ON FILE")])


@pytest.fixture
def source(db):
    return SourceFactory(connector="x12_277ca")


def kept():
    return list(
        Acknowledgement.objects.order_by("pk").values_list("patient_control_number", "standing")
    )


def test_a_report_goes_in_with_where_it_stands_in_what_was_received(door):
    message = door.takes_bytes(reports(TWO), filename="a.277")

    assert message.status == MessageStatus.APPLIED
    assert (message.totals["transactions"], message.totals["claims"]) == (1, 2)
    assert kept() == [("A1", "accepted"), ("A2", "rejected")]
    first = Acknowledgement.objects.order_by("pk")[0]
    assert (first.message_sha256, first.position) == (message.sha256, 20)
    assert (first.received_on, first.payer_control_number) == (date(2026, 1, 19), "ICNA1")
    assert not Claim.objects.exists(), "a report makes no claim"


def test_the_same_report_in_another_file_is_a_duplicate(door):
    door.takes_bytes(reports(TWO))
    message = door.takes_bytes(reports(TWO, control=2))

    assert message.totals["duplicates"] == 2
    assert MessagePart.objects.get(message=message).status == PartStatus.DUPLICATE
    assert len(kept()) == 2


def test_what_is_new_in_a_report_that_is_held_in_part_goes_in(door):
    door.takes_bytes(reports(TWO))
    message = door.takes_bytes(reports(Batch([*TWO.claims, Ack("A3")])))

    assert message.totals["duplicates"] == 2
    assert MessagePart.objects.get(message=message).status == PartStatus.APPLIED
    assert len(kept()) == 3


def test_a_bad_part_waits_and_a_replay_changes_nothing(door):
    content = reports(TWO).replace(b"STC*A2:20*20260120*WQ", b"STC*F1:20*20260120*WQ")
    message = door.takes_bytes(content)

    assert message.status == MessageStatus.PARTLY
    [waiting] = message.quarantined.all()
    assert (waiting.claim, waiting.reason_code) == ("A1", "status")
    assert waiting.reason == "STC01 holds no status of a claim acknowledgement (A0 to A8)."
    assert replay(message=message, by=door.by, correlation_id="r") == []
    assert kept() == [("A2", "rejected")]


def test_a_truncated_report_never_passes_silently(door):
    whole = reports(TWO)
    for cut in range(220, len(whole) - 40, 90):
        message = door.takes_bytes(whole[:cut])
        assert message.status in {MessageStatus.PARTLY, MessageStatus.REFUSED}
        assert message.quarantined.exists()


def test_what_is_no_report_is_refused_with_a_reason(door):
    message = door.takes_bytes(interchange(Remit("T1", [paid("A1")])))

    assert message.status == MessageStatus.REFUSED
    [waiting] = message.quarantined.all()
    assert waiting.reason == "A transaction of type '835' is not a claim acknowledgement (277CA)."


def test_an_835s_source_goes_on_refusing_reports(db):
    message = Door(SourceFactory(connector="x12_835")).takes_bytes(reports(TWO))

    assert message.status == MessageStatus.REFUSED
    assert message.quarantined.get().reason.endswith("is not a remittance (835).")
    assert not Acknowledgement.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE {0} SET status = 'x'", "DELETE FROM {0}"])
def test_an_acknowledgement_is_never_changed(door, statement):
    door.takes_bytes(reports(TWO))

    with pytest.raises(DatabaseError), transaction.atomic():
        Acknowledgement.objects.raw(
            statement.format("integrations_acknowledgement") + " RETURNING id"
        )[0]
    assert AcknowledgementStanding.ACCEPTED in dict(kept()).values()
