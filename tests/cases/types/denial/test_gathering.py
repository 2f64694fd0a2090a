"""Findings of several claims as one case's."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from cases.types.denial.details import DenialDetails
from cases.types.denial.gathering import together
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from tests.factories.cases import denial_details


def finding(amount, *, decision="d", disposition=None, on=date(2026, 2, 2)):
    details: DenialDetails = replace(
        denial_details(), decision=decision, denied_amount=Decimal(amount), paid_on=on
    )
    return Finding(
        case_type="denial",
        key="denial:1",
        title=f"Denied {amount}",
        details=details,
        facility_id=1,
        amount=Decimal(amount),
        currency="USD",
        decision=decision,
        reason="Denied",
        correlation_id="c",
        disposition=disposition,
    )


def test_one_stays_as_it_is():
    one = finding(10)

    assert together([one]) is one


def test_what_stands_is_added_up_and_the_earliest_day_counts():
    both = together([finding(10, decision="a"), finding(5, decision="b", on=date(2026, 1, 1))])

    assert (both.amount, both.decision, both.disposition) == (Decimal(15), "a+b", None)
    assert both.details.denied_amount == Decimal(15)
    assert both.details.paid_on == date(2026, 1, 1)
    assert both.details.decision == both.decision
    assert len(both.details.lines) == 2


def test_it_stands_while_one_of_them_does():
    ended = finding(10, decision="a", disposition=Disposition.PAID_ON_REPROCESS)
    stands = finding(5, decision="b")

    both = together([ended, stands])

    assert (both.amount, both.title, both.disposition) == (Decimal(5), "Denied 5", None)
    none = together([ended, replace(stands, disposition=Disposition.REVERSED)])
    assert (none.amount, none.disposition) == (Decimal(15), Disposition.PAID_ON_REPROCESS)
