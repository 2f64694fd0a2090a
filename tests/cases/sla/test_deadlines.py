from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.sla import deadlines
from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.deadlines import Question, assess_many
from cases.sla.models import CaseDeadline, DeadlineRule
from integrations.canonical.models import PayerClass
from tests.factories.cases import CaseFactory, DeadlineRuleFactory, HolidayFactory
from tests.factories.integrations import FacilityFactory, PayerFactory

pytestmark = pytest.mark.django_db
NOTICE = date(2026, 3, 2)
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def question(payer, facility=None, **fields):
    given = {
        "key": payer.pk,
        "payer_id": payer.pk,
        "payer_class": payer.payer_class,
        "facility_id": (facility or FacilityFactory()).pk,
        "clock_type": ClockType.APPEAL_1,
        "dates": {BaseEvent.NOTICE: NOTICE},
    }
    return Question(**given | fields)


def answer(payer, **fields):
    asked = question(payer, **fields)
    return assess_many(questions=[asked])[asked.key]


def test_a_medicare_denial_has_the_federal_limit_with_its_citation():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    found = answer(payer, dates={BaseEvent.NOTICE: date(2022, 5, 15)})

    assert found.legal_on == date(2022, 9, 17)
    assert "redetermination" in found.rule.citation


def test_the_due_moment_is_the_close_of_the_internal_day_at_the_site():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    found = answer(payer, facility=FacilityFactory(time_zone="America/Denver"))

    # 125 days from March 2: Sunday, July 5; July 3 is a federal holiday, so the fifth is June 26
    assert found.dates.internal_on == date(2026, 6, 26)
    assert found.due_at == datetime(2026, 6, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize("payer_class", [PayerClass.COMMERCIAL, PayerClass.UNKNOWN])
def test_a_payer_without_a_rule_has_no_date(payer_class):
    found = answer(PayerFactory(payer_class=payer_class))

    assert not found.is_configured
    assert (found.legal_on, found.due_at) == (None, None)


def test_a_payers_own_rule_goes_before_its_classs():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    own = DeadlineRuleFactory(payer=payer, days=10)

    assert answer(payer).rule == own


def test_a_plans_rule_goes_before_one_for_every_plan():
    payer = PayerFactory()
    every = DeadlineRuleFactory(payer=payer)
    gold = DeadlineRuleFactory(payer=payer, plan_type="gold")

    assert answer(payer, plan_type="gold").rule == gold
    assert answer(payer, plan_type="silver").rule == every
    assert answer(payer).rule == every


def test_a_plans_rule_is_not_everybodys():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE_ADVANTAGE)

    assert not answer(payer).is_configured
    assert answer(payer, plan_type="non-contract").legal_on == date(2026, 5, 6)


def test_the_rule_in_force_on_the_base_date_counts():
    payer = PayerFactory()
    old = DeadlineRuleFactory(payer=payer, valid_to=date(2026, 3, 2))
    new = DeadlineRuleFactory(payer=payer, valid_from=date(2026, 3, 2))

    assert answer(payer, dates={BaseEvent.NOTICE: date(2026, 3, 1)}).rule == old
    assert answer(payer, dates={BaseEvent.NOTICE: date(2026, 3, 2)}).rule == new
    assert not answer(payer, dates={BaseEvent.NOTICE: date(2019, 1, 1)}).is_configured


def test_a_rule_whose_base_date_is_not_known_gives_no_date():
    payer = PayerFactory()
    DeadlineRuleFactory(payer=payer, base_event=BaseEvent.SERVICE)

    assert not answer(payer).is_configured


def test_levels_have_limits_of_their_own():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    second = answer(
        payer, clock_type=ClockType.APPEAL_2, level=2, dates={BaseEvent.RECEIPT: NOTICE}
    )

    assert (second.legal_on - NOTICE).days == 185
    assert second.dates.internal_on < date(2026, 8, 21)  # ten business days at level 2


def test_a_sites_own_holiday_moves_the_internal_date():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    holiday = HolidayFactory(on=date(2026, 6, 30))
    found = answer(payer, facility=holiday.calendar.facility)

    assert found.legal_on == date(2026, 7, 5)
    assert found.dates.internal_on == date(2026, 6, 26)


def test_asking_costs_the_same_queries_for_any_number_of_questions():
    def queries(count):
        asked = [question(PayerFactory(), key=number) for number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assess_many(questions=asked)
        return len(captured)

    assert queries(1) == queries(20)


def test_nothing_asked_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert assess_many(questions=[]) == {}


def test_the_trace_says_by_which_version_of_which_rule():
    payer = PayerFactory(payer_class=PayerClass.MEDICARE)
    case = CaseFactory()
    deadlines.record_many(answers=[(case.pk, answer(payer))], at=NOW)

    trace = CaseDeadline.objects.get(case=case)
    assert (trace.base_on, trace.presumed_receipt_days, trace.legal_on) == (
        NOTICE,
        5,
        date(2026, 7, 5),
    )
    assert trace.rule_version == 1
    assert trace.citation == trace.rule.citation


def test_that_no_rule_is_configured_is_a_trace_too():
    case = CaseFactory()
    deadlines.record_many(answers=[(case.pk, answer(PayerFactory()))], at=NOW)

    assert CaseDeadline.objects.get(case=case).rule is None


def test_of_one_key_one_rule_is_in_force_at_a_time():
    rule = DeadlineRuleFactory()
    DeadlineRuleFactory(payer=rule.payer, level=2, clock_type=ClockType.APPEAL_2)

    with pytest.raises(IntegrityError, match="deadlinerule_once_at_a_time"), transaction.atomic():
        DeadlineRuleFactory(payer=rule.payer, valid_from=date(2026, 1, 1))


def test_a_class_too_has_one_rule_at_a_time():
    with pytest.raises(IntegrityError, match="deadlinerule_once_at_a_time"), transaction.atomic():
        DeadlineRuleFactory(payer=None, payer_class=PayerClass.MEDICARE)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"payer": None}, "payer_or_class"),
        ({"payer_class": PayerClass.MEDICARE}, "payer_or_class"),
        ({"citation": ""}, "citation"),
        ({"days": 0}, "days"),
        ({"level": 6}, "level"),
        ({"valid_to": date(2020, 1, 1)}, "period|range"),
        ({"internal_buffer": 61}, "internal_buffer"),
    ],
)
def test_the_database_refuses_half_a_rule(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        DeadlineRuleFactory(**fields)


def test_every_rule_that_comes_with_the_house_is_federal_and_cited():
    rules = DeadlineRule.objects.order_by("pk")

    assert {rule.payer_class for rule in rules} == {"medicare", "medicare_advantage"}
    assert all(rule.citation and rule.payer is None for rule in rules)
