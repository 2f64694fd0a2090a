"""The 835 connector: what it reads, what it sets aside, and that no claim is lost silently."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.generators.x12_835 import Order, chunks
from tests.integrations.connectors.x12_835.reading import DENIED, GOOD, file, read

MEGABYTE = 1_000_000


def test_a_good_remittance_is_read_to_the_cent():
    found = read(file(GOOD, DENIED))

    header, first, second = found.headers[0], *found.claims
    assert (header.amount, header.trace_number, header.paid_on.isoformat()) == (
        Decimal(80),
        "T-77",
        "2026-01-05",
    )
    assert (header.payer_identifiers, header.payee_identifiers) == (("P1",), ("1234567893",))
    assert (first.charge, first.paid, first.patient.name) == (Decimal(100), Decimal(80), "DOE")
    assert [(a.group, a.carc, a.amount) for a in second.lines[0].adjustments] == [
        ("CO", "197", Decimal("50.50"))
    ]
    assert [remark.code for remark in second.lines[0].remarks] == ["N706"]
    assert found.closed[0].is_balanced
    assert not found.set_aside


@pytest.mark.parametrize("separators", ["*:~", "|^~", "+:'", "*:\n", "*>~", "\x1d:\x1c"])
def test_separators_are_read_from_the_header(separators):
    element, component, terminator = separators
    text = file(GOOD, DENIED).replace("~", "\x00").replace("*", "\x01").replace(":", "\x02")
    text = text.replace("\x00", terminator).replace("\x01", element).replace("\x02", component)

    found = read(text)

    assert [claim.patient_control_number for claim in found.claims] == ["A1", "A2"]
    assert found.claims[0].lines[0].procedure == "99213"


@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: "\ufeff" + text,
        lambda text: "Dear provider, here it is:\n\n" + text,
        lambda text: text.replace("~", "~\r\n"),
        lambda text: text.replace("~", "\n~"),
        lambda text: text.replace("*00*          *00*", "*00**00*", 1),
        lambda text: text.rstrip("~"),
        lambda text: text + "\n\n\x1a",
    ],
    ids=["bom", "prose", "crlf", "terminator on the next line", "short ISA", "no last mark", "eof"],
)
def test_disguises_change_nothing(disguise):
    found = read(disguise(file(GOOD, DENIED)))

    assert len(found.claims) == 2
    assert found.closed[0].is_balanced
    assert found.codes() <= {"prose"}


@pytest.mark.parametrize("width", [*range(71, 80), 80, 132])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_cut_to_lines_of_one_width_says_the_same(width, line_end):
    text = file(GOOD, DENIED)

    found = read(line_end.join(text[at : at + width] for at in range(0, len(text), width)))

    assert [claim.digest() for claim in found.claims] == [c.digest() for c in read(text).claims]
    assert found.closed[0].is_balanced
    assert not found.problems


def test_names_are_latin_1_or_utf_8():
    text = file(GOOD.replace("DOE", "MUÑOZ"))

    assert read(text.encode("utf-8")).claims[0].patient.name == "MUÑOZ"
    assert read(text.encode("latin-1")).claims[0].patient.name == "MUÑOZ"


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (GOOD.replace("A1", "B1").replace("*80*20", "*79.99*20"), "claim_unbalanced"),
        (GOOD.replace("A1", "B1").replace("CAS*PR*2*20", "CAS*PR*2*20.01"), "line_unbalanced"),
        (GOOD.replace("A1", "B1").replace("*100*80*20*", "*1O0*80*20*"), "amount"),
        (GOOD.replace("A1", "B1").replace("CAS*PR*2*20", "CAS*PR*2*20.001"), "amount"),
        (GOOD.replace("A1", "B1").replace("CAS*PR*2*20", "CAS*PR*2*1E1"), "amount"),
        (GOOD.replace("A1", "B1").replace("CAS*PR*2*20", "CAS*PR*2"), "amount_missing"),
        (GOOD.replace("A1", "B1").replace("CAS*PR", "CAS*XX"), "adjustment_group"),
        (GOOD.replace("A1", "B1").replace("CAS*PR*2*", "CAS*PR**"), "adjustment_reason"),
        (GOOD.replace("A1", "B1").replace("DOE", "D\x00E"), "control_character"),
        (GOOD.replace("A1", "B1").replace("DOE", "D" * (MEGABYTE + 9)), "segment_too_long"),
        (GOOD.replace("A1", "B1").replace("ICN1", "IC\x00N1"), "control_character"),
        (GOOD.replace("A1", "B1") + "CAS*CO*45*0~" * 25_001, "claim_too_long"),
    ],
)
def test_a_bad_claim_never_costs_the_good_ones(bad, code):
    pieces = file(GOOD, bad, DENIED, amount="160").encode()

    found = read(pieces[at : at + 60_000] for at in range(0, len(pieces), 60_000))

    assert [claim.patient_control_number for claim in found.claims] == ["A1", "A2"]
    assert [(aside.claim, aside.reason_code) for aside in found.set_aside] == [("B1", code)]
    assert "DOE" not in found.set_aside[0].reason


def test_what_a_claim_set_aside_says_was_paid_still_counts_in_the_payment():
    lost_a_cent = GOOD.replace("A1", "B1").replace("CAS*PR*2*20", "CAS*PR*2*20.01")

    assert read(file(GOOD, lost_a_cent, amount="160")).closed[0].is_balanced
    assert not read(file(GOOD, lost_a_cent, amount="160.01")).closed[0].is_balanced


def test_a_missing_lx_and_unknown_segments_do_no_harm():
    text = file(GOOD, "ZZZ*1*2~", DENIED, "QQ*~").replace("LX*1~", "")

    assert len(read(text).claims) == 2


def test_provider_adjustments_lower_the_payment():
    plb = "PLB*1234567893*20261231*WO:ICN9*10.00*72:R-4*-4.50*L6*-1~"
    found = read(file(GOOD, amount="75.50", se=plb + "SE*9*0001~"))

    closed = found.closed[0]
    assert closed.provider_adjustment_total == Decimal("4.50")
    assert closed.is_balanced
    assert [(a.reason, a.reference, a.amount) for a in closed.provider_adjustments] == [
        ("WO", "ICN9", Decimal("10.00")),
        ("72", "R-4", Decimal("-4.50")),
        ("L6", "", Decimal(-1)),
    ]


def test_a_debit_is_a_negative_payment_and_a_reversal_keeps_its_sign():
    back = "CLP*A1*22*-100*-80*-20*12*ICN1*11*1~SVC*HC:99213*-100*-80**1~CAS*PR*2*-20~"
    found = read(file(back).replace("BPR*I*80*C", "BPR*I*80*D"))

    assert found.headers[0].amount == Decimal(-80)
    assert found.claims[0].is_reversal
    assert found.closed[0].is_balanced


def test_six_triplets_and_remarks_of_the_claim():
    claim = (
        "CLP*A3*1*60*0*0*12*ICN3*11*1~CAS*CO*1*10**2*10**3*10**4*10**5*10*1*6*10~"
        "MIA*0****MA01***************MA130~MOA***MA07~"
    )
    found = read(file(claim, amount="0")).claims[0]

    assert [a.carc for a in found.adjustments] == ["1", "2", "3", "4", "5", "6"]
    assert [a.quantity for a in found.adjustments] == [None, None, None, None, Decimal(1), None]
    assert {remark.code for remark in found.remarks} == {"MA01", "MA130", "MA07"}


def test_several_transactions_and_interchanges_in_one_file():
    found = read(file(GOOD) + "\n" + file(DENIED, amount="0", control=2))

    assert [len(found.headers), len(found.claims), len(found.closed)] == [2, 2, 2]
    assert not found.problems


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "nothing_readable"),
        (b"Dear payer,\nplease pay.\n", "prose"),
        (b"%PDF-1.7\x00\x01\x02" * 50, "wrong_file_type"),
        (b"PK\x03\x04" + file(GOOD).encode(), "wrong_file_type"),
        (b"A" * 10_000_000, "prose"),
        (file(GOOD).replace("ST*835", "ST*837").encode(), "foreign_transaction"),
    ],
    ids=["empty", "text", "pdf", "zip", "10 MB line", "837"],
)
def test_foreign_files_are_said_to_be_foreign(content, code):
    found = read(content)

    assert code in found.codes()
    assert not found.headers
    assert any(problem.is_fatal for problem in found.problems)


def test_every_truncation_is_noticed_and_keeps_the_complete_claims():
    text = file(GOOD, DENIED, GOOD.replace("A1", "A3"), amount="160")
    # a claim is complete once the next loop's first segment, or the trailer, is there
    ends = [text.index("~", text.index(f"CLP*{name}")) + 1 for name in ("A2", "A3")]
    ends.append(text.index("SE*9*") + len("SE*9*"))

    for cut in range(text.index("BPR"), len(text) - 40):
        found = read(text[:cut])
        complete = sum(cut >= end for end in ends)
        assert len(found.claims) == complete, cut
        assert "truncated" in found.codes(), cut
        assert len(found.claims) + len(found.set_aside) == text[:cut].rpartition("~")[0].count(
            "~CLP*"
        )


@given(st.binary(max_size=40), st.integers(0, 900), st.integers(0, 60))
@settings(max_examples=300, deadline=None)
def test_no_damage_makes_it_fail_or_depend_on_chunks(noise, at, removed):
    whole = file(GOOD, DENIED).encode()
    damaged = whole[:at] + noise + whole[at + removed :]

    at_once = read(damaged).events
    by_letter = read(damaged[n : n + 7] for n in range(0, len(damaged), 7)).events

    assert at_once == by_letter
    assert at_once


@given(st.integers(1, 40), st.floats(0, 1), st.integers(1, 10_000))
@settings(max_examples=40, deadline=None)
def test_what_is_generated_is_read_back_balanced(claims, denied, seed):
    found = read(chunks(Order(claims, denied=denied, seed=seed)))

    assert len(found.claims) == claims
    assert found.closed[0].is_balanced
    assert found.paid == found.headers[0].amount
    assert not found.problems
    assert not found.closed[0].warnings


def test_a_digest_ignores_place_and_order_but_no_content():
    two_lines = GOOD.replace("*100*80*20*", "*150*80*20*") + "SVC*HC:71046*50*0~CAS*CO*45*50~"
    turned = (
        "CLP*A1*1*150.00*80.0*20*12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*M1~SVC*HC:71046*50*0~"
        "CAS*CO*45*50~SVC*HC:99213*100*80**1~DTM*472*20251201~CAS*PR*2*20~"
    )
    digests = [read(file(DENIED, text)).claims[1].digest() for text in (two_lines, turned)]

    assert digests[0] == digests[1]
    assert digests[0] != read(file(two_lines.replace("M1~", "M2~"))).claims[0].digest()


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("NM1*QC", "NM1*82*1*DOCTOR*ANY****XX*1999999984~NM1*QC"),
        ("NM1*QC", "NM1*IL*1*DOE*JOHN****MI*M9~NM1*QC"),
        ("NM1*QC", "REF*1L*GROUP9~NM1*QC"),
        ("*80*20*12*", "*80*19*12*"),
        ("CAS*PR", "AMT*B6*90~CAS*PR"),
        ("80**1~", "80**2~"),
    ],
)
def test_claims_that_say_different_things_differ_in_their_digest(said, instead):
    assert said in GOOD
    one, other = (
        read(file(text)).claims[0].digest() for text in (GOOD, GOOD.replace(said, instead))
    )

    assert one != other


def test_a_quantity_is_the_same_however_it_is_written():
    one, other = (
        read(file(text)).claims[0].digest() for text in (GOOD, GOOD.replace("80**1~", "80**01.0~"))
    )

    assert one == other
