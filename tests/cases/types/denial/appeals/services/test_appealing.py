from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from billing_portal.audit.models import AuditEvent
from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import AppealStatus, Outcome
from cases.types.denial.appeals.models import Appeal, Ground
from cases.types.denial.appeals.rights import AppealRefused
from cases.types.denial.appeals.terms import Due, Grounds
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.services import StaleVersion
from cases.work.visibility import CaseNotFound
from tests.factories.appeals import AppealFactory
from tests.factories.cases import OPENED, AttachmentFactory, CaseFactory
from tests.factories.people import PersonFactory, granted


def test_opening_leaves_a_draft_with_history_and_a_record(case, worker, open_one):
    appeal = open_one(case)

    connection.check_constraints()
    assert (appeal.level, appeal.status) == (1, AppealStatus.DRAFT)
    assert appeal.decision == case.details["decision"]
    assert appeal.history.get().history_user == worker
    assert AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="appeal.opened").exists()


def test_an_unprocessable_claim_is_refused(case, open_one):
    case.details = case.details | {"remarks": ["MA130"], "appeal_allowed": False}
    unprocessable = CaseFactory(details=case.details, queue=case.queue, facility=case.facility)

    with pytest.raises(AppealRefused, match="corrected claim"):
        open_one(unprocessable)
    assert not Appeal.objects.exists()


def test_a_finished_case_is_refused(case, worker, open_one):
    finished = CaseFactory(
        queue=case.queue,
        facility=case.facility,
        status=CaseStatus.RESOLVED,
        disposition=Disposition.DUPLICATE,
        resolved_at=OPENED,
    )

    with pytest.raises(AppealRefused, match="Reopen"):
        open_one(finished)


def test_more_than_was_denied_is_refused(case, open_one):
    with pytest.raises(AppealRefused, match="at most"):
        open_one(case, amount=Decimal("100.01"))


def test_a_second_open_appeal_is_refused_by_service_and_database(case, open_one):
    open_one(case)

    with pytest.raises(AppealRefused, match="still open"):
        open_one(case)
    with pytest.raises(IntegrityError), transaction.atomic():
        AppealFactory(case=case)


def test_after_an_upheld_level_the_next_one_opens(case, open_one):
    letter = AttachmentFactory(case=case)
    first = AppealFactory(
        case=case,
        status=AppealStatus.DECIDED,
        outcome=Outcome.UPHELD,
        decided_on=date(2026, 3, 3),
        outcome_evidence=letter,
    )

    second = open_one(case)

    assert (second.level, second.previous) == (2, first)


def test_strangers_find_no_case(case):
    grounds = Grounds(Ground.CODING, Decimal("1.00"))
    with pytest.raises(CaseNotFound):
        services.open_appeal(
            case=case, by=PersonFactory(), grounds=grounds, due=Due(), reason="To be paid"
        )


def test_a_deadline_says_where_it_comes_from(case, open_one):
    with pytest.raises(AppealRefused, match="comes from"):
        open_one(case, due=Due(on=date(2026, 6, 1)))

    assert open_one(case, due=Due(on=date(2026, 6, 1), source="Denial letter")).due_on


def test_a_stale_change_is_refused(appeal, worker):
    grounds = Grounds(Ground.CODING, Decimal("50.00"))
    given = {"grounds": grounds, "due": Due(), "reason": "Another way", "by": worker}
    changed = services.reground(appeal=appeal, seen_version=1, **given)

    assert (changed.ground, changed.version) == (Ground.CODING, 2)
    with pytest.raises(StaleVersion) as refusal:
        services.reground(appeal=appeal, seen_version=1, **given)
    assert (refusal.value.fields["seen"], refusal.value.fields["current"]) == (1, 2)


def test_somebody_of_another_queue_changes_nothing(appeal):
    other = CaseFactory()
    foreigner = granted(queues=[other.queue], facilities=[other.facility])
    grounds = Grounds(Ground.CODING, Decimal("50.00"))

    with pytest.raises(CaseNotFound):
        services.reground(
            appeal=appeal, by=foreigner, grounds=grounds, due=Due(), reason="x", seen_version=1
        )
    appeal.refresh_from_db()
    assert appeal.version == 1
