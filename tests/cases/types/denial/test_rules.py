from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cases.types.denial.codes import CodeMap, Dated
from cases.types.denial.rules import judge
from cases.types.denial.vocabulary import Category
from tests.factories.adjudications import CODES, adjudication, cut, line


def judged(*lines, **fields):
    return judge([adjudication(*lines, **fields)], CODES)


def test_a_claim_paid_nothing_for_a_denial_reason_is_denied_whatever_its_status():
    denial = judged(line(cut("CO-197")), status_code="1")

    assert denial.amount == 100
    assert denial.leading.code == "CO-197"
    assert denial.leading.category is Category.AUTH
    assert denial.leading.queue == "authorization"
    assert denial.procedure == "99285"


@pytest.mark.parametrize("code", ["CO-45", "PR-1", "CO-253", "OA-45"])
def test_price_and_cost_share_deny_nothing(code):
    assert judged(line(cut(code))) is None


@pytest.mark.parametrize("group", ["CO", "OA", "PI", "PR"])
def test_a_denial_reason_denies_in_every_group_that_can(group):
    assert judged(line(cut(f"{group}-197"))).leading.group == group


def test_a_correction_of_the_old_format_denies_nothing():
    assert judged(line(cut("CR-197"))) is None


@pytest.mark.parametrize("status", ["22", "25"])
def test_reversals_and_predeterminations_deny_nothing(status):
    assert judged(line(cut("CO-197")), status_code=status) is None


def test_what_is_denied_is_the_sum_of_the_denying_adjustments():
    denial = judged(
        line(cut("CO-45", 20), cut("CO-197", 30), charge=Decimal(100)),
        line(cut("CO-50", 60), ordinal=2, procedure="71046"),
        cuts=(cut("OA-97", 5),),
    )

    assert denial.amount == 95
    assert (denial.leading.code, denial.procedure) == ("CO-50", "71046")


def test_equal_reasons_on_two_lines_weigh_together():
    denial = judged(
        line(cut("CO-197", 40)),
        line(cut("CO-197", 40), ordinal=2, procedure="71046"),
        line(cut("CO-50", 60), ordinal=3),
    )

    assert denial.leading.code == "CO-197"


def test_a_denial_reason_of_no_amount_denies_a_line_that_was_not_paid():
    assert judged(line(cut("CO-45", 100), cut("CO-97", 0))).amount == 0
    assert judged(line(cut("CO-45", 10), cut("CO-97", 0))) is None


def test_a_negative_adjustment_denies_nothing():
    assert judged(line(cut("CO-197", -10))) is None


def test_the_remark_says_what_the_reason_leaves_to_it():
    denial = judged(line(cut("CO-16"), remarks=("N29",)))

    assert denial.leading.category is Category.DOCUMENTATION
    assert denial.leading.queue == "documentation"
    assert denial.leading.code == "CO-16"


def test_a_remark_of_the_claim_says_it_for_its_lines():
    assert judged(line(cut("CO-16")), remarks=("N29",)).leading.queue == "documentation"


def test_a_remark_adds_nothing_to_a_reason_that_speaks_for_itself():
    assert judged(line(cut("CO-197"), remarks=("N29",))).leading.queue == "authorization"


@pytest.mark.parametrize("remark", ["MA01", "N9999"])
def test_an_alert_or_an_unknown_remark_shapes_nothing(remark):
    denial = judged(line(cut("CO-16"), remarks=(remark,)))

    assert denial.leading.queue == "billing"
    assert denial.remarks == (remark,)


def test_a_remark_alone_denies_nothing():
    assert judged(line(cut("CO-45"), remarks=("N29", "MA130"))) is None


def test_an_unprocessable_claim_has_no_appeal():
    alone = judged(line(cut("CO-16")), remarks=("MA130",))
    explained = judged(line(cut("CO-16"), remarks=("MA130", "N29")))

    assert not alone.appeal_allowed
    assert alone.leading.queue == "claim-edits"
    assert not explained.appeal_allowed
    assert explained.leading.queue == "documentation"


def test_what_cannot_be_appealed_says_so():
    assert judged(line(cut("CO-197"))).appeal_allowed
    assert not judged(line(cut("CO-204"))).appeal_allowed


def test_an_unknown_code_on_money_held_back_is_for_triage():
    denial = judged(line(cut("CO-999")))

    assert denial.leading.category is Category.UNKNOWN
    assert denial.leading.queue == "triage"
    assert denial.unknown == ("CO-999",)
    assert denial.amount == 100


def test_an_unknown_code_beside_a_known_denial_is_named_and_leads_nothing():
    denial = judged(line(cut("CO-999", 60), cut("CO-197", 40)))

    assert denial.leading.code == "CO-197"
    assert denial.amount == 40
    assert denial.unknown == ("CO-999",)


def test_an_unknown_code_that_gives_money_alarms_nobody():
    assert judged(line(cut("CO-999", -10))) is None


def test_a_code_means_what_it_meant_on_the_day_of_payment():
    [today] = CODES.carcs["197"]
    codes = CodeMap(
        carcs={
            "197": [
                Dated(replace(today.meaning, is_denial=False), date(1990, 1, 1), date(2026, 1, 1)),
                Dated(today.meaning, date(2026, 1, 1), None),
            ]
        },
        rarcs={},
    )

    def on(day):
        return judge([adjudication(line(cut("CO-197")), paid_on=day)], codes)

    assert on(date(2025, 12, 31)) is None
    assert on(date(2026, 1, 1)) is not None
    assert on(None) is not None
