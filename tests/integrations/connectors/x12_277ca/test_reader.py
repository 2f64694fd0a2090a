"""The 277CA connector: what it reads, what it sets aside, and that no claim is lost silently."""

from datetime import date
from decimal import Decimal

import pytest

from integrations.ports.acknowledgements import Standing
from tests.generators.acknowledge import Ack, Batch, reports
from tests.integrations.connectors.x12_277ca.reading import read

TWO = reports(Batch([Ack("A1"), Ack("A2", "A7:562:85", message="NPI NOT ON FILE")]))


def test_a_report_is_read_claim_by_claim():
    found = read(TWO)

    accepted, rejected = found.claims
    assert (accepted.patient_control_number, accepted.payer_control_number) == ("A1", "ICNA1")
    assert (accepted.standing, accepted.category, accepted.status) == (
        Standing.ACCEPTED,
        "A2",
        "20",
    )
    assert (accepted.received_on, accepted.status_on) == (date(2026, 1, 19), date(2026, 1, 20))
    assert (accepted.charge, accepted.service_from) == (Decimal("100.00"), date(2026, 1, 15))
    assert (accepted.payer_identifier, accepted.payee_identifier) == ("P0001", "1234567893")
    assert (accepted.report_number, accepted.batch_number) == ("R1", "B1")
    assert (rejected.standing, rejected.statuses) == (Standing.REJECTED, "A7:562:85")
    assert rejected.message == "NPI NOT ON FILE"
    assert found.closed[0].is_balanced
    assert not found.codes()


@pytest.mark.parametrize(
    ("status", "standing"),
    [
        ("A0:16", Standing.RECEIVED),
        ("A1:19", Standing.RECEIVED),
        ("A2:20", Standing.ACCEPTED),
        ("A3:21", Standing.REJECTED),
        ("A4:35", Standing.REJECTED),
        ("A5:20", Standing.ACCEPTED),
        ("A6:21", Standing.REJECTED),
        ("A7:21", Standing.REJECTED),
        ("A8:21", Standing.REJECTED),
    ],
)
def test_only_what_a_payer_takes_into_adjudication_is_accepted(status, standing):
    [claim] = read(reports(Batch([Ack("A1", status)]))).claims

    assert claim.standing is standing


def test_every_status_is_kept_and_the_first_leads():
    extra = "STC*A7:562:85*20260121*U*100******A3:21~"

    [claim] = read(reports(Batch([Ack("A1", "A6:21", extra=extra)]))).claims

    assert (claim.standing, claim.category) == (Standing.REJECTED, "A6")
    assert claim.statuses == "A6:21 A7:562:85 A3:21"


def test_a_lines_status_is_not_the_claims():
    extra = "SVC*HC:99213*100*****1~STC*A3:122**U*******A3:153:82~REF*FJ*11~"

    [claim] = read(reports(Batch([Ack("A1", extra=extra)]))).claims

    assert claim.standing is Standing.ACCEPTED


def test_without_a_day_of_receipt_the_day_of_the_status_counts():
    [claim] = read(reports(Batch([Ack("A1")])).replace(b"DTP*050*D8*20260119~", b"")).claims

    assert claim.received_on == date(2026, 1, 20)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("TRN*2*A1~", "TRN*2*0~", "control_number"),
        ("TRN*2*A1~", "", "control_number"),
        ("STC*A2:20*20260120*WQ*100.00~", "", "status_missing"),
        ("STC*A2:20", "STC*F1:20", "status"),
        ("STC*A2:20*20260120*WQ", "STC*A2:20*20260120*U", "status_contradiction"),
        ("DTP*472", "STC*A7:21*20260120*U~DTP*472", "status_contradiction"),
        ("STC*A2:20*20260120", "STC*A2:20*20261320", "status_date"),
        ("TRN*2*A1~", "TRN*1*A1~", "trace"),
        ("TRN*2*A1~", "TRN*2*A1~TRN*2*A9~", "trace"),
        ("NM1*QC", "NM1*85", "party"),
        ("HL*4*3*PT", "HL*4*2*PT", "level"),
        ("WQ*100.00~REF", "WQ*1OO.00~REF", "amount"),
        ("TRN*2*A1~", f"TRN*2*{'9' * 201}~", "too_long"),
        ("NM1*QC*1*DOE", "NM1*QC*1*D\x00E", "control_character"),
        ("TRN*2*A1~", f"TRN*2*A1~{'STC*A2:20*20260120~' * 51}", "too_many_statuses"),
        ("NM1*QC*1*DOE", f"NM1*QC*1*{'D' * 1_100_000}", "segment_too_long"),
    ],
)
def test_what_cannot_be_taken_waits_with_its_reason_and_costs_no_other(old, new, code):
    text = reports(Batch([Ack("A1"), Ack("A2", on=date(2026, 1, 21))])).decode()
    assert old in text

    found = read(text.replace(old, new, 1))

    assert found.numbers == ["A2"]
    assert [aside.reason_code for aside in found.set_aside] == [code]
    assert "DOE" not in found.set_aside[0].reason
    assert not found.closed[0].is_balanced


def test_a_batch_rejected_as_a_whole_is_put_before_a_person():
    found = read(reports(Batch([], status="A3:21")))

    [aside] = found.set_aside
    assert aside.reason == "A batch is rejected as a whole, status A3:21."


@pytest.mark.parametrize(
    ("old", "new"),
    [("QTY*90*1~", "QTY*90*2~"), ("AMT*YU*100.00~", "AMT*YU*99.99~"), ("QTY*AA*1~", "QTY*AA*x~")],
)
def test_a_report_whose_totals_are_not_those_of_its_claims_does_not_balance(old, new):
    text = TWO.decode()
    assert old in text

    found = read(text.replace(old, new))

    assert found.numbers == ["A1", "A2"]
    assert not found.closed[0].is_balanced


def test_a_277_of_another_guide_is_refused_by_name():
    found = read(TWO.replace(b"005010X214", b"005010X212"))

    assert not found.opened
    [problem] = found.problems
    assert problem.reason == (
        "A 277 of the guide '005010X212' is not a claim acknowledgement (277CA): those are of"
        " 005010X214."
    )


@pytest.mark.parametrize("separators", ["*:~", "|^~", "+:'", "*:\n", "*>~"])
def test_separators_are_read_from_the_header(separators):
    element, component, terminator = separators
    text = TWO.decode().replace("~", "\x00").replace("*", "\x01").replace(":", "\x02")
    text = text.replace("\x00", terminator).replace("\x01", element).replace("\x02", component)

    found = read(text)

    assert [claim.digest() for claim in found.claims] == [c.digest() for c in read(TWO).claims]
    assert not found.codes()


def test_a_digest_is_of_what_is_said_not_of_where_it_stands():
    first = read(reports(Batch([Ack("A1"), Ack("A2")]))).claims
    second = read(reports(Batch([Ack("A2"), Ack("A1")], report="R9"), control=9)).claims

    assert sorted(c.digest() for c in first) == sorted(c.digest() for c in second)
    assert len({c.digest() for c in first}) == 2
