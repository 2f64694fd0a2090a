"""What is on record of a claim's filing, in words, and as a sheet."""

from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from cases.types.denial.appeals.filing import filing_of, sheet
from tests.factories.cases import CaseFactory
from tests.factories.integrations import AcknowledgementFactory


@pytest.fixture
def report(case):
    """Makes a report on the case's claim."""

    def reported(status="A2:20", standing="accepted", **said):
        return AcknowledgementFactory(
            patient_control_number=case.claim.patient_control_number,
            category=status[:2],
            statuses=status,
            standing=standing,
            **said,
        )

    return reported


def test_the_earliest_acceptance_is_the_proof(case, report):
    report("A7:562:85", "rejected", received_on=date(2026, 1, 5))
    report(received_on=date(2026, 2, 1))
    early = report(received_on=date(2026, 1, 9))

    found = filing_of(case)

    assert found.proof == early
    assert found.words == (
        "Some payer reports the claim as accepted into adjudication (status A2:20), received on"
        " January 9, 2026. This is the earliest acceptance on record."
    )


def test_only_a_rejection_is_no_proof_and_is_said_to_be_none(case, report):
    report("A7:562:85", "rejected")

    found = filing_of(case)

    assert found.proof is None
    assert found.words == (
        "No acceptance is on record. Some payer reports the claim as rejected for invalid"
        " information (status A7:562:85), received on January 10, 2026. It does not count as filed:"
        " correct it and send it again."
    )


def test_received_is_not_yet_accepted(case, report):
    report("A1:19", "received")

    assert filing_of(case).words.endswith("That is not yet an acceptance.")


def test_nothing_on_record_is_said_plainly(case):
    assert filing_of(case).words == "No acknowledgement of this claim is on record."
    assert filing_of(CaseFactory(claim=None, payer=None)).proof is None


def test_a_report_of_another_visit_is_pointed_to_and_proves_nothing(case, report):
    report(service_from=date(2025, 1, 1))

    found = filing_of(case)

    assert found.proof is None
    assert found.words.endswith("look at the crosswalks.")


def test_the_sheet_says_what_was_reported_and_where_it_stands(case, report):
    made = report(message="WELL RECEIVED")

    reader = PdfReader(BytesIO(sheet(case, made)))

    text = reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for word in ("A2:20", "January 10, 2026", "WELL RECEIVED", made.patient_control_number, "R1"):
        assert word in text
    assert made.message_sha256[:20] in text.replace("\n", "")
