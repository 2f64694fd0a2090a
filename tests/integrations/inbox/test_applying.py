"""From bytes to records and a status, whatever the bytes are."""

import gzip
import io
import zipfile
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing_portal.access.actor import system_actor
from integrations.canonical.models import Claim, RemittanceReading, RemittedClaim
from integrations.inbox import applying, leases
from integrations.inbox.models import Message, MessagePart, MessageStatus
from integrations.inbox.parts import apply_part
from integrations.inbox.services import receive
from tests.generators.remit import ISA, Remit, denied, interchange, paid

pytestmark = pytest.mark.django_db

WHOLE = interchange(Remit("T1", [paid("A1"), denied("A2")]))
TWO = interchange(Remit("T1", [paid("A1")]), Remit("T2", [paid("A2")]))


def archived(compression):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        archive.writestr("a.835", WHOLE)
    return file.getvalue()


def codes(message):
    return sorted(message.quarantined.values_list("reason_code", flat=True))


def numbers():
    return sorted(Claim.objects.values_list("patient_control_number", flat=True))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \r\n\r\n",
        b"Dear Sir or Madam, please find enclosed nothing.\n" * 100,
        b"%PDF-1.7\n" + bytes(range(256)) * 40,
        b"PK\x03\x04" + b"\x00" * 1000,
        b'<?xml version="1.0"?><Invoice/>',
        ISA.format(1).replace("*HP*", "*HC*").encode()
        + b"ST*837*0001~BHT*0019*00*1*20260101*1200*CH~SE*3*0001~GE*1*1~IEA*1*000000001~",
    ],
    ids=["empty", "blank", "text", "pdf", "zip", "xml", "837"],
)
def test_what_is_no_835_is_refused_with_a_reason(door, content):
    message = door.takes_bytes(content)

    assert message.status == MessageStatus.REFUSED
    assert message.totals["transactions"] == 0
    assert message.quarantined.count() >= 1
    assert not Claim.objects.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (archived(zipfile.ZIP_STORED), "This is a ZIP archive (or an Office document), not"),
        (archived(zipfile.ZIP_DEFLATED), "This is a ZIP archive (or an Office document), not"),
        (gzip.compress(WHOLE), "This is a gzip archive, not an X12 file."),
        (b"a.835".ljust(257, b"\0") + b"ustar".ljust(255, b"\0") + WHOLE, "This is a tar archive"),
        (b"%PDF-1.7\n" + WHOLE, "This is a PDF document"),
        (b"\x89PNG\r\n\x1a\n" + WHOLE, "This is a picture"),
        (WHOLE.decode().encode("utf-16"), "This is text in UTF-16"),
        (WHOLE.decode().encode("utf-16-be"), "This is text in UTF-16"),
    ],
    ids=["zip stored", "zip", "gzip", "tar", "pdf", "png", "utf-16", "utf-16-be"],
)
def test_a_file_of_another_kind_is_named_even_where_an_835_lies_open_in_it(door, content, reason):
    message = door.takes_bytes(content)

    assert message.status == MessageStatus.REFUSED
    [waiting] = message.quarantined.all()
    assert waiting.reason_code == "wrong_file_type"
    assert waiting.reason.startswith(reason)


def test_the_claims_under_a_header_that_cannot_be_read_wait_each_by_its_name(door):
    content = WHOLE.replace(b"BPR*I*80.00", b"BPR*I*8O.00")
    assert content != WHOLE
    message = door.takes_bytes(content)

    assert message.status == MessageStatus.REFUSED
    assert codes(message) == ["header", "header", "header_amount"]
    assert set(message.quarantined.values_list("claim", flat=True)) == {"", "A1", "A2"}


def test_a_line_of_ten_megabytes_is_refused_by_position(door):
    message = door.takes_bytes(b"x" * 10_000_000)
    inside = door.takes_bytes(WHOLE.replace(b"NM1*QC*1*DOE", b"NM1*QC*1*" + b"D" * 10_000_000, 1))

    assert message.status == MessageStatus.REFUSED
    assert inside.status == MessageStatus.PARTLY
    assert all(waiting.position for waiting in inside.quarantined.all())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"CAS*CO*45*20.00", b"CAS*CO*45*19.99"),
        (b"CLP*A1*1*100.00*80.00", b"CLP*A1*1*1OO.00*80.00"),
        (b"SVC*HC:99213*100.00*80.00", b"SVC*HC:99213*100.001*80.00"),
        (b"CAS*CO*45*20.00", b"CAS*ZZ*45*20.00"),
    ],
    ids=["one cent off", "letters in an amount", "three decimals", "unknown group"],
)
def test_a_bad_claim_waits_and_the_good_ones_go_in(door, old, new):
    assert old in WHOLE
    message = door.takes_bytes(WHOLE.replace(old, new, 1))

    assert message.status == MessageStatus.PARTLY
    assert numbers() == ["A2"]
    assert message.totals["claims"] == 1
    assert [waiting.claim for waiting in message.quarantined.all()] == ["A1"]


def test_a_payment_that_does_not_balance_goes_in_and_is_marked(door):
    message = door.takes(Remit("T1", [paid("A1")], amount="80.01"))

    assert message.status == MessageStatus.APPLIED
    assert message.totals["unbalanced_transactions"] == 1
    assert not RemittanceReading.objects.get().is_balanced
    assert numbers() == ["A1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"LX*1~", b""), (b"DTM*405", b"ZZZ*1*2*3~DTM*405"), (b"~", b"~\r\n")],
    ids=["missing LX", "unknown segments", "line ends"],
)
def test_small_peculiarities_cost_nothing(door, old, new):
    message = door.takes_bytes(WHOLE.replace(old, new))

    assert message.status == MessageStatus.APPLIED
    assert numbers() == ["A1", "A2"]


@pytest.mark.parametrize("cut", range(200, len(WHOLE) - 40, 37))
def test_a_truncated_file_never_passes_silently(door, cut):
    message = door.takes_bytes(WHOLE[:cut])

    assert message.status in {MessageStatus.PARTLY, MessageStatus.REFUSED}
    assert message.quarantined.exists()
    assert RemittedClaim.objects.count() == message.totals["claims"]


def test_totals_are_the_sum_of_the_parts(door):
    message = door.takes(
        Remit("T1", [paid("A1"), denied("A2")], plb=[("WO", "X", "5.00")]),
        Remit("T2", [paid("A1").reversed(), denied("A1")]),
    )

    kept = {name: message.totals[name] for name in ("transactions", "claims", "lines", "reversals")}
    assert kept == {"transactions": 2, "claims": 4, "lines": 4, "reversals": 1}
    assert (message.totals["charge"], message.totals["paid"]) == ("200.00", "0.00")
    assert message.totals["plb_total"] == "5.00"
    assert message.totals["shapes"] == {
        "2026-02-10|1|CO-45": 1,
        "2026-02-10|0|CO-197": 2,
    }


def test_a_message_that_is_applied_is_not_read_again(door, django_assert_max_num_queries):
    message = door.takes_bytes(WHOLE)

    with django_assert_max_num_queries(4):  # savepoint, lease, savepoint, the message
        again = applying.apply_message(message_pk=message.pk, by=door.by)
    assert again.totals == message.totals


class Killed(BaseException):
    """The worker's process is gone."""


def test_what_a_killed_worker_left_is_finished_without_doing_a_part_twice(door, monkeypatch):
    receipt = receive(source=door.source, chunks=[TWO], filename="", by=door.by)
    done = []

    def killed_at_the_second(run, **part):
        if done:
            raise Killed
        done.append(part["ordinal"])
        return apply_part(run, **part)

    monkeypatch.setattr(applying, "apply_part", killed_at_the_second)
    with pytest.raises(Killed):
        applying.apply_message(message_pk=receipt.message.pk, by=door.by)
    monkeypatch.undo()
    assert numbers() == ["A1"]
    held = applying.apply_message(message_pk=receipt.message.pk, by=door.by)
    assert held.status == MessageStatus.RECEIVED, "its lease still runs"
    Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    message = applying.apply_message(message_pk=receipt.message.pk, by=door.by)

    assert message.status == MessageStatus.APPLIED
    assert (message.totals["claims"], message.totals["duplicates"]) == (2, 0)
    assert numbers() == ["A1", "A2"]
    assert MessagePart.objects.count() == 2


def test_a_worker_whose_lease_was_taken_over_changes_nothing(door, monkeypatch):
    receipt = receive(source=door.source, chunks=[WHOLE], filename="", by=door.by)

    def robbed(run, **part):
        Message.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
        assert leases.take()
        return apply_part(run, **part)

    monkeypatch.setattr(applying, "apply_part", robbed)
    with pytest.raises(leases.LeaseLost):
        applying.apply_message(message_pk=receipt.message.pk, by=door.by)
    assert not Claim.objects.exists()
    assert not MessagePart.objects.exists()


def test_a_poison_message_is_tried_five_times_and_costs_the_others_nothing(door, monkeypatch):
    poison, healthy = (
        receive(source=door.source, chunks=[content], filename="", by=door.by).message
        for content in (WHOLE, TWO)
    )

    def failing(run, **part):
        if run.message == poison:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return apply_part(run, **part)

    monkeypatch.setattr(applying, "apply_part", failing)
    for _ in range(leases.ATTEMPTS + 2):
        while applying.apply_next(by=door.by):
            pass
        Message.objects.filter(status="received").update(
            lease_until=timezone.now() - timedelta(seconds=1)
        )
    leases.bury(by=system_actor("ingest"))

    poison.refresh_from_db()
    healthy.refresh_from_db()
    assert healthy.status == MessageStatus.APPLIED
    assert (poison.status, poison.attempts) == (MessageStatus.DEAD, leases.ATTEMPTS)
    assert poison.error == "DataError", "the kind of failure, never the data"
