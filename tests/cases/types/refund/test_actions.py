"""A credit worked: researched, signed, sent back; refused where law or order ask for more."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from billing_portal.audit.models import AuditEvent
from cases.types.refund import actions
from cases.types.refund.detect import detect
from cases.types.refund.federal import ActRefused
from cases.types.refund.models import FederalAct, Research, Return
from cases.types.refund.owning import Found, OwnerRefused, WayRefused
from cases.types.refund.queries import open_clocks, research_of
from cases.types.refund.reach import clocked_by
from cases.types.refund.services import CreditRefused
from cases.types.refund.unclaimed import CheckRefused
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Outcome, Way
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case
from cases.work.services import ReasonMissing, StaleVersion
from cases.work.visibility import CaseNotFound
from integrations.feed.models import Change, Record
from tests.factories.integrations import (
    ClaimFactory,
    PayerFactory,
    ProviderAdjustmentFactory,
    RemittanceFactory,
)
from tests.factories.refunds import RefundCheckFactory, StateRuleFactory, credit
from tests.house import House

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


@pytest.fixture
def house(db):
    return House.built()


@pytest.fixture
def medicare(db):
    return PayerFactory(payer_class="medicare", name="Medicare Test")


@pytest.fixture
def worker(house):
    return house.person("credit_balance_analyst")


def placed(house, case):
    """The case, with its queue and facility granted to the credit desk."""
    house.grant("credit_balance_analyst", case.queue, "view_queue", "work_queue")
    house.grant("credit_balance_analyst", case.facility, "view_facility")
    return Case.objects.get(pk=case.pk)


def say(case, by, outcome, payer=None, amount="120.00", reason="Posted twice"):
    found = Found(Outcome(outcome), Decimal(amount), "USD", payer.pk if payer else None)
    return actions.research(
        case=case, found=found, by=by, reason=reason, at=AT, seen_version=case.version
    )


def sign(case, by, kind, on, reason="Seen on the statement", at=AT):
    case.refresh_from_db()
    return actions.sign(
        case=case,
        kind=FederalActKind(kind),
        on=date.fromisoformat(on),
        by=by,
        reason=reason,
        at=at,
        seen_version=case.version,
    )


def send(case, by, way):
    case.refresh_from_db()
    return actions.send_back(
        case=case, way=Way(way), by=by, reason="As agreed", at=AT, seen_version=case.version
    )


def test_research_is_kept_with_its_reason_and_on_record(house, worker, medicare):
    case = placed(house, credit(payer=medicare))

    made = say(case, worker, "of_payer", medicare)

    assert (made.payer, made.amount, made.found_by) == (medicare, Decimal("120.00"), worker)
    assert research_of(case) == made
    assert AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="refund.researched").exists()


def test_research_is_refused_by_the_account_and_by_the_house(house, worker, medicare):
    case = placed(house, credit(payer=medicare))

    with pytest.raises(OwnerRefused):
        say(case, worker, "of_patient")
    with pytest.raises(ReasonMissing):
        say(case, worker, "of_payer", medicare, reason=" ")
    with pytest.raises(CaseNotFound):
        say(case, house.person("denial_specialist"), "of_payer", medicare)
    case.version -= 1
    with pytest.raises(StaleVersion):
        say(case, worker, "of_payer", medicare)
    assert not Research.objects.exists()


def test_nothing_goes_back_before_it_is_researched(house, worker, medicare):
    case = placed(house, credit(payer=medicare))

    with pytest.raises(CreditRefused, match="Say first what was wrong"):
        send(case, worker, "recoup")
    say(case, worker, "posting_error")
    with pytest.raises(WayRefused, match="nothing to send back"):
        send(case, worker, "recoup")
    assert not Return.objects.exists()


def test_the_payer_may_recoup_and_its_wo_closes_the_case(house, worker, medicare):
    claim = ClaimFactory(patient_control_number="C77", payer=medicare, payer_control_number="ICN77")
    case = placed(house, credit(payer=medicare, claim="C77", facility=claim.facility))
    say(case, worker, "of_payer", medicare)

    made = send(case, worker, "recoup")

    case.refresh_from_db()
    assert case.status == CaseStatus.PENDING_PAYER
    assert made.request_reference == ""
    later = RemittanceFactory(payer=medicare, paid_on=date(2026, 3, 20))
    earlier = RemittanceFactory(payer=medicare, paid_on=date(2026, 2, 20))
    early = ProviderAdjustmentFactory(
        remittance=earlier, reason="WO", reference="ICN77", amount=Decimal("120.00")
    )
    assert [finding.disposition for finding in detect([told(early)])] == [None]
    other = ProviderAdjustmentFactory(
        remittance=later, reason="WO", reference="WO 77", amount=Decimal("120.00")
    )
    assert list(detect([told(other)])) == []
    taken = ProviderAdjustmentFactory(
        remittance=later, ordinal=2, reason="WO", reference="X ICN77", amount=Decimal("120.00")
    )

    [finding] = detect([told(taken)])

    assert finding.disposition is Disposition.RECOUPED
    assert finding.reason == "The payer’s remittance shows the money taken back (PLB)."


def told(adjustment):
    return Change(
        record=Record.PROVIDER_ADJUSTMENT, record_id=adjustment.pk, correlation_id="later"
    )


def test_signed_acts_set_the_clock_and_the_cases_deadline(house, worker, medicare):
    case = placed(house, credit(payer=medicare))
    assert list(open_clocks(clocked_by(worker))) == []

    sign(case, worker, "identified", "2026-01-10")
    case.refresh_from_db()
    assert case.deadline_on == date(2026, 3, 11)
    sign(case, worker, "started", "2026-01-20")
    case.refresh_from_db()
    assert case.deadline_on == date(2026, 8, 28)
    sign(case, worker, "ended", "2026-02-20")

    case.refresh_from_db()
    assert case.deadline_on == date(2026, 4, 11)
    assert case.deadline_at.date() == date(2026, 4, 4)
    [clock] = open_clocks(clocked_by(worker))
    assert (clock.case, clock.due_on) == (case, date(2026, 4, 11))
    reasons = set(FederalAct.objects.values_list("reason", "signed_by"))
    assert reasons == {("Seen on the statement", worker.pk)}


def test_compliance_sees_every_open_clock_and_others_only_theirs(house, worker, medicare):
    case = placed(house, credit(payer=medicare))
    sign(case, worker, "identified", "2026-01-10")

    compliance = house.person("compliance_officer")
    assert [each.case for each in open_clocks(clocked_by(compliance))] == [case]
    assert list(open_clocks(clocked_by(house.person("denial_specialist")))) == []


def test_an_act_is_signed_once_and_only_on_federal_money(house, worker, medicare):
    case = placed(house, credit(payer=medicare))
    sign(case, worker, "identified", "2026-01-10")

    with pytest.raises(ActRefused, match="signed already"):
        sign(case, worker, "identified", "2026-01-11")
    plain = placed(house, credit(claim="C2"))
    worker = type(worker).objects.get(pk=worker.pk)  # grants are read once
    with pytest.raises(CreditRefused, match="No federal payer"):
        sign(plain, worker, "identified", "2026-01-10")


def test_in_the_evening_an_act_is_judged_by_the_houses_day(house, worker, medicare, settings):
    settings.SITE_TIME_ZONE = "America/Chicago"
    evening = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    case = placed(house, credit(payer=medicare))

    with pytest.raises(ActRefused):
        sign(case, worker, "identified", "2026-03-03", at=evening)
    sign(case, worker, "identified", "2026-03-02", at=evening)


def test_checks_age_by_the_rule_of_their_state(house, worker):
    case = placed(house, credit())
    old = RefundCheckFactory(case=case, issued_on=date(2025, 9, 3))
    young = RefundCheckFactory(case=case, issued_on=date(2025, 9, 4))

    assert actions.age_checks(at=AT) == 1

    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, young.status) == (CheckStatus.STALE, CheckStatus.OUTSTANDING)
    assert old.history.count() == 2
    moved = actions.move_check(
        check=old, to=CheckStatus.CONTACTED, on=AT.date(), by=worker, reason="Letter sent"
    )
    assert moved.contacted_on == AT.date()
    with pytest.raises(CheckRefused, match="nobody says it"):
        actions.move_check(
            check=old, to=CheckStatus.ESCHEAT_DUE, on=AT.date(), by=worker, reason="Now"
        )


def test_five_years_pass_in_missouri_before_the_state_has_it(house):
    case = placed(house, credit())
    written = {"status": "contacted", "contacted_on": date(2025, 11, 1), "case": case}
    due = RefundCheckFactory(issued_on=date(2021, 3, 2), **written)
    RefundCheckFactory(issued_on=date(2021, 3, 3), **written)

    assert actions.age_checks(at=AT) == 1
    due.refresh_from_db()
    assert due.status == CheckStatus.ESCHEAT_DUE


def test_checks_that_cannot_move_do_not_hold_up_those_that_can(house):
    case = placed(house, credit())
    StateRuleFactory(state="ZZ")
    stuck = {"status": "stale", "case": case, "issued_on": date(2015, 1, 1)}
    RefundCheckFactory(owner_state="YY", **stuck)
    RefundCheckFactory(owner_state="ZZ", **stuck)
    young = RefundCheckFactory(case=case, status="issued", issued_on=date(2025, 9, 3))

    assert actions.age_checks(at=AT, limit=1) == 1
    young.refresh_from_db()
    assert young.status == CheckStatus.STALE


@pytest.mark.parametrize("checks", [1, 6])
def test_ageing_reads_the_states_rules_once(house, checks, django_assert_num_queries):
    case = placed(house, credit())
    for number in range(checks):
        RefundCheckFactory(case=case, owner_state=f"Y{chr(65 + number)}", status="stale")

    with django_assert_num_queries(5):  # a savepoint and its end, the actor, the rules, the checks
        assert actions.age_checks(at=AT) == 0


def test_the_patients_money_is_due_by_the_rule_of_the_guarantors_state(house, worker):
    case = placed(house, credit(guarantor_state="ZZ"))
    StateRuleFactory(state="ZZ", patient_refund_days=45)

    say(case, worker, "of_patient")

    case.refresh_from_db()
    assert case.deadline_on == date(2026, 4, 16)
    assert case.deadline_at.date() == date(2026, 4, 9)


def test_no_check_without_a_refund_that_was_approved(house, worker):
    case = placed(house, credit())

    with pytest.raises(CreditRefused, match="No approved refund"):
        actions.issue_check(
            case=case,
            number="1",
            issued_on=AT.date(),
            by=worker,
            reason="Printed",
            seen_version=case.version,
        )
