from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from cases.actions.deadlines import assess_unset
from cases.actions.opening import open_many
from cases.notices.models import Notice, NoticeKind
from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.models import CaseDeadline
from cases.work.models import Case
from integrations.canonical.models import PayerClass
from tests.factories.cases import OPENED, CaseFactory, DeadlineRuleFactory, denial_details
from tests.factories.findings import finding
from tests.factories.integrations import ClaimFactory, PayerFactory

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(days=3)
DENIED_ON = date(2026, 2, 27)


def denial(payer=None, **fields):
    payer = payer or PayerFactory(payer_class=PayerClass.MEDICARE)
    given = {"decision": "T1", "paid_on": DENIED_ON, "appeal_allowed": True}
    details = replace(denial_details(), **given | fields)
    return finding(ClaimFactory(payer=payer), details=details)


def opened(found, at=OPENED):
    open_many(findings=[found], at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return Case.objects.get(key=found.key)


def test_a_denial_opens_with_the_last_day_to_appeal_and_our_own_before_it():
    case = opened(denial())

    assert case.deadline_on == DENIED_ON + timedelta(days=125)
    assert case.deadline_at.date() == date(2026, 6, 25)  # July 2 less five business days
    [trace] = case.deadlines.all()
    assert (trace.clock_type, trace.base_on) == (ClockType.APPEAL_1, DENIED_ON)
    assert trace.legal_on == case.deadline_on


def test_what_cannot_be_appealed_has_the_limit_of_a_corrected_claim():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    DeadlineRuleFactory(payer=payer, clock_type=ClockType.CORRECTED_CLAIM, days=90)
    case = opened(denial(payer, appeal_allowed=False))

    assert case.deadline_on == DENIED_ON + timedelta(days=90)


def test_a_limit_from_the_date_of_service_counts_from_it():
    payer = PayerFactory()
    DeadlineRuleFactory(payer=payer, base_event=BaseEvent.SERVICE, days=365)
    case = opened(denial(payer, service_from=date(2026, 1, 10)))

    assert case.deadline_on == date(2027, 1, 10)


def test_without_a_rule_there_is_no_date_and_that_is_told_once():
    payer = PayerFactory(payer_class=PayerClass.COMMERCIAL)
    cases = [opened(denial(payer)), opened(denial(payer))]

    assert [case.deadline_on for case in cases] == [None, None]
    assert CaseDeadline.objects.filter(case__in=cases, rule=None).count() == 2
    notice = Notice.objects.get(key__startswith="deadline:")
    assert notice.kind == NoticeKind.DATA_QUALITY
    assert payer.name in notice.text
    assert "First-level appeal" in notice.text


def test_a_case_that_no_limit_runs_against_has_no_trace():
    case = CaseFactory(case_type="remittance_exception")

    assert assess_unset(at=LATER) == 0
    assert not case.deadlines.exists()


def test_the_same_decision_keeps_the_limit_it_was_opened_with():
    payer = PayerFactory()
    DeadlineRuleFactory(payer=payer, days=100)
    found = denial(payer)
    case = opened(found)
    again = opened(replace(found, amount=found.amount + 1))

    assert again.amount_at_risk == found.amount + 1
    assert again.deadline_on == case.deadline_on
    assert again.deadlines.count() == 1


def test_a_new_decision_counts_anew():
    found = denial()
    case = opened(found)
    later = replace(found.details, decision="T2", paid_on=DENIED_ON + timedelta(days=30))
    again = opened(replace(found, details=later, decision="T2", cycle=2), at=LATER)

    assert again.deadline_on == case.deadline_on + timedelta(days=30)
    assert again.deadlines.count() == 2


def test_a_case_that_comes_back_for_another_decision_gets_its_limit():
    found = denial()
    opened(replace(found, disposition="reversed"))
    again = opened(found, at=LATER)

    assert again.deadline_on is not None


def test_a_rule_that_is_configured_later_dates_the_cases_that_waited_for_it():
    payer = PayerFactory()
    CaseFactory(case_type="remittance_exception")  # so that a case and its limit differ in number
    case = opened(denial(payer))
    rule = DeadlineRuleFactory(payer=payer, days=50)
    assert rule.created_at > OPENED
    assert case.deadlines.get().pk != case.pk

    assert assess_unset(at=rule.created_at + timedelta(hours=1)) == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    dated = Case.objects.get(pk=case.pk)
    assert dated.deadline_on == DENIED_ON + timedelta(days=50)
    newest = dated.history.order_by("-version").first()
    assert newest.history_user.username == "system:deadlines"
    assert assess_unset(at=rule.created_at + timedelta(hours=2)) == 0


def test_a_case_from_before_there_were_deadlines_is_asked_for_once():
    case = CaseFactory(details=denial_details().as_json())

    assert assess_unset(at=LATER) == 1
    assert assess_unset(at=LATER) == 0
    assert case.deadlines.get().rule is None
