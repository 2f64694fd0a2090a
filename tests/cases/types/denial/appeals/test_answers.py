from datetime import date
from decimal import Decimal

import pytest

from cases.types.denial.appeals.answers import (
    Acts,
    Answered,
    Asked,
    Standing,
    answer,
    disposition_of,
)
from cases.types.denial.appeals.lifecycle import Outcome
from cases.types.denial.fold import fold
from cases.types.denial.rules import judge
from cases.work.lifecycle import Disposition
from tests.factories.adjudications import CODES, adjudication, cut, line

SENT, LATER = date(2026, 3, 1), date(2026, 4, 1)
ASKED = Asked("T1", Decimal(100), Decimal(60), SENT)


def standing(decision="T2", denied=100, on=LATER, disposition=None):
    return Standing(decision, Decimal(denied), on, disposition)


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        (standing(denied=100), None),
        (standing(denied=120), None),
        (standing(denied=70), Answered(Outcome.OVERTURNED_PARTIAL, Decimal(30))),
        (standing(denied=40), Answered(Outcome.OVERTURNED_FULL, Decimal(60))),
        (standing(denied=0), Answered(Outcome.OVERTURNED_FULL, Decimal(60))),
        (standing(decision="T1", denied=0), None),
        (standing(denied=0, on=date(2026, 2, 28)), None),
        (standing(denied=0, on=SENT), Answered(Outcome.OVERTURNED_FULL, Decimal(60))),
        (standing(disposition=Disposition.REVERSED), None),
        (
            standing(disposition=Disposition.PAID_ON_REPROCESS),
            Answered(Outcome.OVERTURNED_FULL, Decimal(60)),
        ),
    ],
)
def test_a_later_decision_answers_by_what_it_still_denies(now, wanted):
    assert answer(ASKED, now) == wanted


@pytest.mark.parametrize(
    ("acts", "wanted"),
    [
        (Acts(), Disposition.PAID_ON_REPROCESS),
        (Acts(appealed_on=SENT), Disposition.APPEAL_OVERTURNED_FULL),
        (Acts(appealed_on=date(2026, 4, 2)), Disposition.PAID_ON_REPROCESS),
        (Acts(corrected_on=SENT), Disposition.CORRECTED_CLAIM_PAID),
        (Acts(SENT, SENT), Disposition.APPEAL_OVERTURNED_FULL),
    ],
)
def test_what_we_did_before_is_what_it_ended_by(acts, wanted):
    given = [adjudication(line(cut("CO-197"))), adjudication(line(), paid_on=LATER)]
    state = fold(given, lambda parts: judge(parts, CODES))

    assert disposition_of(state, acts) == wanted


def test_a_denial_that_stands_stays_open():
    state = fold([adjudication(line(cut("CO-197")))], lambda parts: judge(parts, CODES))

    assert disposition_of(state, Acts(appealed_on=SENT)) is None
