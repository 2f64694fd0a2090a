from datetime import date
from decimal import Decimal

import pytest

from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import (
    AppealMoveRefused,
    AppealStatus,
    AppealVerb,
    Outcome,
)
from cases.types.denial.appeals.models import Method
from cases.types.denial.appeals.services.sending import OutcomeRefused, SubmissionRefused
from cases.types.denial.appeals.terms import Decided, Sent
from tests.factories.appeals import AppealFactory, AttestationFactory, PacketFactory
from tests.factories.cases import AttachmentFactory

TODAY = date(2026, 3, 5)
SENT = Sent(Method.PORTAL, TODAY, "CONF-1")


@pytest.fixture
def ready(appeal, worker):
    return services.change(
        appeal=appeal,
        verb=AppealVerb.ATTEST,
        by=worker,
        reason="Read",
        seen_version=1,
        attestation=AttestationFactory(appeal=appeal),
        packet=PacketFactory(appeal=appeal, sha256="a" * 64),
    )


@pytest.fixture
def submitted(ready, worker):
    return services.submit(appeal=ready, sent=SENT, by=worker, today=TODAY, seen_version=2)


def decide(appeal, by, outcome, **said):
    said.setdefault("letter", AttachmentFactory(case=appeal.case))
    return services.decide(
        appeal=appeal,
        decided=Decided(outcome, TODAY, **said),
        by=by,
        reason="The payer wrote",
        today=TODAY,
        seen_version=appeal.version,
    )


def test_a_submission_keeps_the_digest_of_its_packet(submitted):
    assert submitted.status == AppealStatus.SUBMITTED
    assert submitted.submission.packet_sha256 == "a" * 64
    assert submitted.submission.confirmation == "CONF-1"


def test_what_is_not_ready_is_not_sent(appeal, worker):
    with pytest.raises(AppealMoveRefused):
        services.submit(appeal=appeal, sent=SENT, by=worker, today=TODAY, seen_version=1)


def test_nothing_was_sent_tomorrow(ready, worker):
    tomorrow = Sent(Method.FAX, date(2026, 3, 6))
    with pytest.raises(SubmissionRefused):
        services.submit(appeal=ready, sent=tomorrow, by=worker, today=TODAY, seen_version=2)


def test_an_outcome_has_evidence(submitted, worker):
    with pytest.raises(OutcomeRefused, match="Attach"):
        decide(submitted, worker, Outcome.UPHELD, letter=None)

    assert decide(submitted, worker, Outcome.UPHELD).outcome == Outcome.UPHELD


def test_evidence_of_another_case_is_refused(submitted, worker):
    foreign = AttachmentFactory(case=AppealFactory().case)
    with pytest.raises(OutcomeRefused, match="another case"):
        decide(submitted, worker, Outcome.UPHELD, letter=foreign)


def test_a_full_reversal_is_of_all_that_was_disputed(submitted, worker):
    decided = decide(submitted, worker, Outcome.OVERTURNED_FULL)

    assert decided.amount_overturned == submitted.amount_disputed


@pytest.mark.parametrize("given", [None, Decimal("0.00"), Decimal("60.00")])
def test_a_partial_reversal_is_of_less(submitted, worker, given):
    with pytest.raises(OutcomeRefused, match="less than"):
        decide(submitted, worker, Outcome.OVERTURNED_PARTIAL, overturned=given)


def test_the_payer_does_not_withdraw(submitted, worker):
    with pytest.raises(OutcomeRefused, match="withdraw it"):
        decide(submitted, worker, Outcome.WITHDRAWN)


def test_an_appeal_is_withdrawn_at_any_time(appeal, worker):
    gone = services.withdraw(
        appeal=appeal, by=worker, reason="Paid after all", today=TODAY, seen_version=1
    )

    assert (gone.status, gone.outcome) == (AppealStatus.DECIDED, Outcome.WITHDRAWN)


def test_the_payers_steps_are_noted(submitted, worker):
    noted = services.noted(
        appeal=submitted,
        verb=AppealVerb.ACKNOWLEDGE,
        by=worker,
        reason="Letter of the payer",
        seen_version=3,
        payer_reference="AP-9",
    )

    assert (noted.status, noted.payer_reference) == (AppealStatus.ACKNOWLEDGED, "AP-9")
