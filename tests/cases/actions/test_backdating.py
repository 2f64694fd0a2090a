"""One voucher in a closed period: approved by two, dated so once, and nothing else with it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing_portal.audit.models import AuditEvent
from cases.actions import approving, backdating
from cases.actions.backdating import BackdatingRefused, Voucher
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter
from cases.effects.models import Journal, Reopening
from cases.effects.queries import TemplateMissing
from cases.effects.services import reverse
from cases.work.lifecycle import CaseStatus
from tests.factories.approvals import ask_for
from tests.factories.approvers import HOUR, approvers, decided
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.effects import (
    AMOUNT,
    BareJournalFactory,
    EffectFactory,
    JournalFactory,
    LedgerFactory,
    ReopeningFactory,
    close,
)
from tests.integrations.canonical.apply.state import check_deferred

pytestmark = pytest.mark.django_db
JANUARY, DAY = date(2026, 1, 1), date(2026, 1, 20)


@pytest.fixture
def case(db):
    LedgerFactory()
    return CaseFactory(amount_at_risk=AMOUNT)


@pytest.fixture
def somebody(case):
    return approvers(case)


def asked(case, by, on=DAY, template="denial_written_off", amount=AMOUNT):
    return backdating.request(
        case=case,
        voucher=Voucher(template, amount, on),
        by=by,
        reason="The auditors ask for it",
        at=OPENED,
        seen_version=case.version,
    )


def reopened(case, somebody, **voucher):
    """A period, reopened by two people for one voucher of the case."""
    case.refresh_from_db()
    approval = asked(case, somebody("denial_specialist"), **voucher)
    for role in ("controller", "cfo"):
        decided(approval, somebody(role))


def written_off(case, somebody, amount="100.00"):
    """The write-off of a case, decided; its journal."""
    case.refresh_from_db()
    approval = approving.request(
        case=case,
        ask=ask_for(amount),
        by=somebody("denial_specialist"),
        reason="Uneconomic",
        at=OPENED + HOUR,
        seen_version=case.version,
    )
    decided(approval, somebody("team_lead"), at=OPENED + 2 * HOUR)
    return Journal.objects.filter(effect__case=case).latest("pk")


def test_two_people_reopen_a_period_and_the_case_goes_on(case, somebody):
    close(JANUARY, case.facility)
    approval = asked(case, somebody("denial_specialist"))
    assert (approval.matter, approval.amount) == (Matter.CLOSED_PERIOD, AMOUNT)

    decided(approval, somebody("controller"))
    assert not Reopening.objects.exists()
    decided(approval, somebody("cfo"))

    case.refresh_from_db()
    assert case.status == CaseStatus.TRIAGED
    made = Reopening.objects.get()
    assert (made.template, made.amount, made.posting_on) == ("denial_written_off", AMOUNT, DAY)
    assert AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="period.reopened").exists()
    check_deferred()


def test_just_that_voucher_is_dated_back(case, somebody):
    ReopeningFactory(case=case)

    journal = written_off(case, somebody)

    assert (journal.posting_on, journal.original_on) == (DAY, DAY)
    assert not Reopening.objects.unused().exists()
    check_deferred()


def test_another_amount_is_posted_on_an_open_day(case, somebody):
    ReopeningFactory(case=case)

    journal = written_off(case, somebody, amount="99.99")

    assert journal.posting_on == (OPENED + 2 * HOUR).date()
    assert Reopening.objects.unused().exists()


def test_what_was_posted_before_the_period_closed_uses_no_reopening(case, somebody):
    earlier = EffectFactory(case=case, event="earlier", amount=AMOUNT)
    JournalFactory(effect=earlier, posting_on=DAY, original_on=DAY)
    reverse(effect=earlier, by=earlier.made_by, reason="Wrong", at=OPENED)
    ReopeningFactory(case=case)

    assert written_off(case, somebody).posting_on == DAY
    assert not Reopening.objects.unused().exists()


def test_a_voucher_of_another_amount_leaves_a_reopening_to_its_own(somebody, case):
    close(JANUARY, case.facility)
    reopened(case, somebody)
    reopened(case, somebody, amount=Decimal("40.00"))

    assert written_off(case, somebody, amount="40.00").posting_on == DAY

    assert Reopening.objects.unused().get().amount == AMOUNT


def test_of_two_reopened_days_the_one_that_was_approved_first_is_used_first(case, somebody):
    close(JANUARY, case.facility)
    for on in (DAY, JANUARY):
        reopened(case, somebody, on=on)

    assert written_off(case, somebody).posting_on == DAY


def test_the_database_lets_no_reversal_into_the_period(case, somebody):
    earlier = EffectFactory(case=case, amount=AMOUNT)
    JournalFactory(effect=earlier, posting_on=OPENED.date(), original_on=OPENED.date())
    ReopeningFactory(case=case)

    reversal = EffectFactory(case=case, event="earlier:reversed", reverses=earlier, amount=AMOUNT)
    with pytest.raises(IntegrityError, match="no fiscal period is open"), transaction.atomic():
        BareJournalFactory(effect=reversal, posting_on=DAY, original_on=DAY)


@pytest.mark.parametrize("on", [date(2026, 2, 10), date(2099, 1, 1), date(1999, 1, 1)])
def test_a_day_that_is_open_to_come_or_nobodys_is_not_reopened(case, somebody, on):
    with pytest.raises(BackdatingRefused):
        asked(case, somebody("denial_specialist"), on=on)

    assert not ApprovalRequest.objects.exists()


def test_a_template_that_is_not_there_is_refused(case, somebody):
    close(JANUARY, case.facility)

    with pytest.raises(TemplateMissing):
        asked(case, somebody("denial_specialist"), template="nothing")


def test_the_database_reopens_nothing_that_was_not_approved(case):
    with pytest.raises(IntegrityError, match="nobody approved"), transaction.atomic():
        Reopening.objects.create(
            case=case,
            template="denial_written_off",
            amount=AMOUNT,
            currency="USD",
            posting_on=DAY,
            reference="AP-0",
        )


def test_the_database_lets_nothing_else_into_the_period(case, somebody):
    ReopeningFactory(case=case)
    journal = written_off(case, somebody)
    other = CaseFactory(facility=case.facility)

    fields = {
        name: getattr(journal, name)
        for name in ("template", "entity", "currency", "total", "posting_on", "original_on", "text")
    }
    with pytest.raises(IntegrityError, match="no fiscal period is open"), transaction.atomic():
        Journal.objects.create(effect=EffectFactory(case=other, amount=AMOUNT), **fields)
