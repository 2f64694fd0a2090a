"""Ninety days of claims, read back from their bytes."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from billing_portal.management.demo.claims import CLAIMS, Size, generate
from billing_portal.management.demo.organisation import FACILITIES, PAYERS
from billing_portal.management.demo.remittances import RemittanceFile, render
from tests.billing_portal.management.demo.reading import Claim, Transaction, transactions

TODAY = date(2026, 11, 20)
NOT_DENIALS = {"45", "253", "1", "2", "3", "23"}


@pytest.fixture(scope="module")
def files() -> list[RemittanceFile]:
    return generate(as_of=TODAY, size=Size.M)


@pytest.fixture(scope="module")
def read(files) -> list[Transaction]:
    return [transaction for file in files for transaction in transactions(render(file))]


@pytest.fixture(scope="module")
def claims(read) -> list[Claim]:
    return [claim for transaction in read for claim in transaction.claims]


def is_denied(claim: Claim) -> bool:
    codes = {code.split("-")[1] for code in claim.codes}
    return claim.status != "22" and bool(codes - NOT_DENIALS)


def test_the_same_day_size_and_seed_give_the_same_bytes():
    once, again = ([render(file) for file in generate(as_of=TODAY, size=Size.S)] for _ in range(2))

    assert once == again


def test_another_seed_gives_other_bytes():
    assert [render(file) for file in generate(as_of=TODAY, size=Size.S, seed=1)] != [
        render(file) for file in generate(as_of=TODAY, size=Size.S, seed=2)
    ]


def test_every_line_claim_and_transaction_balances_to_the_cent(read, claims):
    assert all(line.charge - line.adjusted == line.paid for c in claims for line in c.lines)
    assert all(claim.charge - claim.adjusted == claim.paid for claim in claims)
    assert all(
        claim.charge == sum(x.charge for x in claim.lines) for claim in claims if claim.lines
    )
    assert all(transaction.is_balanced for transaction in read)


def test_the_patients_share_is_what_its_adjustments_say(claims):
    assert all(Decimal(c.patient_share) == c.shares for c in claims if c.status != "22")


def test_no_payment_is_negative_and_a_carried_balance_comes_back(read):
    assert all(transaction.amount >= 0 for transaction in read)
    carried = [amount for t in read for reason, amount in t.provider_adjustments if reason == "FB"]
    assert min(carried) < 0 < max(carried)


def test_about_one_claim_in_eight_is_denied_at_first_sight(claims):
    reversals = {claim.control_number for claim in claims if claim.status == "22"}
    first = [c for c in claims if c.status != "2" and c.control_number not in reversals]
    denied = sum(map(is_denied, first)) + sum(
        1 for claim in claims if claim.status == "22" and claim.paid == 0
    )

    assert 0.10 <= denied / CLAIMS[Size.M] <= 0.135


def test_denials_are_whole_and_partial_and_of_many_reasons(claims):
    denied = [claim for claim in claims if is_denied(claim)]
    reasons = Counter(code for c in denied for code in c.codes)

    assert {claim.paid == 0 for claim in denied} == {True, False}
    assert len([code for code in reasons if code.split("-")[1] not in NOT_DENIALS]) > 25


def test_denials_that_need_a_remark_have_one(claims):
    needing = {"CO-16", "CO-96", "CO-226", "CO-252"}

    assert all(claim.remarks for claim in claims if needing & set(claim.codes) and is_denied(claim))


def test_a_reversal_is_followed_by_its_correction_in_the_same_payment(read):
    pairs = [
        (a, b)
        for t in read
        for a, b in pairwise([*t.claims, None])
        if a is not None and a.status == "22"
    ]

    assert len(pairs) > 20
    assert all(b is not None and b.control_number == a.control_number for a, b in pairs)
    assert any(b.paid > 0 for a, b in pairs if a.paid == 0)


def test_second_payers_forwarded_claims_and_every_provider_adjustment_occur(read, claims):
    reasons = {reason for t in read for reason, _ in t.provider_adjustments}

    assert {"WO", "72", "L6", "FB"} <= reasons
    assert {"1", "2", "4", "19", "22"} == {claim.status for claim in claims}
    assert any("OA-23" in claim.codes for claim in claims if claim.status == "2")


def test_one_file_per_payer_and_week_ending_yesterday_at_the_latest(files):
    assert len(files) == len(PAYERS) * 13
    assert max(file.produced_on for file in files) <= TODAY - timedelta(days=1)
    assert min(file.produced_on for file in files) >= TODAY - timedelta(days=98)
    assert all(file.produced_on.isoweekday() <= 5 for file in files)


def test_every_facility_is_paid(read):
    assert {transaction.payee for transaction in read} == {site.npi for site in FACILITIES}


def test_nobody_is_served_after_the_payer_received_the_bill(files):
    decided = [(f, c) for f in files for p in f.payments for c in p.claims]

    assert all(c.served_to < c.received_on < f.produced_on for f, c in decided)
