from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.types.denial.appeals.models import Proof, Recourse, RecourseStatus, Way
from cases.types.denial.appeals.services.taking import RecourseRefused
from cases.types.denial.appeals.terms import Particulars
from tests.factories.appeals import AppealFactory
from tests.factories.cases import AttachmentFactory
from tests.factories.integrations import PayerFactory

SENT = date(2026, 3, 5)
CORRECTED = Particulars(
    "Modifier 25 added",
    Decimal("100.00"),
    payer_control_number="ICN1",
    sent_on=SENT,
    expected_on=date(2026, 4, 4),
)
WRITE_OFF = Particulars(
    "Nothing left to try",
    Decimal("40.00"),
    proof=Proof.UNECONOMIC,
    preventable_stage="registration",
    expected_recovery=Decimal("20.00"),
    cost_to_work=Decimal("85.00"),
)


def take(case, by, way=Way.CORRECTED_CLAIM, particulars=CORRECTED):
    return services.take(
        case=case, way=way, particulars=particulars, by=by, seen_version=case.version
    )


def test_a_corrected_claim_says_what_was_corrected_and_when_it_went(case, worker):
    made = take(case, worker)

    assert (made.status, made.payer_control_number) == (RecourseStatus.SENT, "ICN1")
    assert made.history.get().history_change_reason == "Modifier 25 added"


@pytest.mark.parametrize("missing", ["payer_control_number", "sent_on", "expected_on", "reason"])
def test_nothing_of_it_may_be_missing(case, worker, missing):
    with pytest.raises(RecourseRefused):
        take(case, worker, particulars=replace(CORRECTED, **{missing: ""}))
    assert not Recourse.objects.exists()


def test_the_same_way_is_taken_once_at_a_time(case, worker):
    first = take(case, worker)

    with pytest.raises(RecourseRefused, match="already"):
        take(case, worker)
    paid = {"status": RecourseStatus.DONE, "by": worker, "reason": "Paid"}
    services.conclude(recourse=first, seen_version=first.version, **paid)
    assert take(case, worker).pk != first.pk


def test_a_secondary_bill_names_its_payer(case, worker):
    said = Particulars("Primary denied", Decimal("100.00"), sent_on=SENT)
    with pytest.raises(RecourseRefused, match="payer"):
        take(case, worker, Way.SECONDARY, said)

    assert take(case, worker, Way.SECONDARY, replace(said, payer=PayerFactory())).status == "done"


def test_the_patient_comes_after_other_cover(case, worker):
    said = Particulars("Not covered, notice signed", Decimal("100.00"), sent_on=SENT)
    with pytest.raises(RecourseRefused, match="other cover"):
        take(case, worker, Way.PATIENT, said)

    assert take(case, worker, Way.PATIENT, replace(said, is_cover_checked=True)).status == "done"


def test_a_write_off_is_a_request_and_moves_nothing(case, worker):
    made = take(case, worker, Way.WRITE_OFF, WRITE_OFF)

    case.refresh_from_db()
    assert made.status == RecourseStatus.PENDING
    assert (case.status, case.disposition, case.version) == ("new", None, 1)


def test_levels_are_used_up_only_when_one_was_decided(case, worker):
    said = replace(WRITE_OFF, proof=Proof.LEVELS_USED)
    with pytest.raises(RecourseRefused, match="No level"):
        take(case, worker, Way.WRITE_OFF, said)

    AppealFactory(
        case=case,
        status=AppealStatus.DECIDED,
        outcome=Outcome.UPHELD,
        decided_on=SENT,
        outcome_evidence=AttachmentFactory(case=case),
    )
    assert take(case, worker, Way.WRITE_OFF, said).proof == Proof.LEVELS_USED


@pytest.mark.parametrize(
    ("expected", "cost"), [(None, "85.00"), ("85.00", None), ("85.00", "85.00"), ("-0.01", "85.00")]
)
def test_uneconomic_is_what_costs_more_than_it_can_bring(case, worker, expected, cost):
    said = {"expected_recovery": expected, "cost_to_work": cost}
    given = {name: Decimal(value) if value else None for name, value in said.items()}

    with pytest.raises(RecourseRefused, match="costs"):
        take(case, worker, Way.WRITE_OFF, replace(WRITE_OFF, **given))
    assert not Recourse.objects.exists()
    cent = {"expected_recovery": Decimal("84.99"), "cost_to_work": Decimal("85.00")}
    assert take(case, worker, Way.WRITE_OFF, replace(WRITE_OFF, **cent)).pk


@pytest.mark.parametrize("amount", ["0.00", "100.01"])
def test_the_amount_is_at_most_what_is_denied(case, worker, amount):
    with pytest.raises(RecourseRefused, match="at most"):
        take(case, worker, particulars=replace(CORRECTED, amount=Decimal(amount)))


def test_what_is_over_is_not_ended_again(case, worker):
    made = take(case, worker)
    given = {"recourse": made, "by": worker, "reason": "No answer"}
    services.conclude(status=RecourseStatus.WITHDRAWN, seen_version=1, **given)

    with pytest.raises(RecourseRefused, match="Withdrawn"):
        services.conclude(status=RecourseStatus.DONE, seen_version=2, **given)
