"""Ninety days of claims and what their payers made of them, as remittance files.

Deterministic: the same day, size and seed give the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

from billing_portal.management.demo import adjudication, denials
from billing_portal.management.demo.bills import CENT, Bill, write_bill
from billing_portal.management.demo.organisation import (
    FACILITIES,
    PAYERS,
    PRIMARY_THAT_FORWARDS,
    SECONDARY,
    FacilitySite,
    PayerProfile,
)
from billing_portal.management.demo.remittances import (
    ZERO,
    Adjudication,
    Payment,
    ProviderAdjustment,
    RemittanceFile,
)

SEED = 835
WEEKS = 13
WEEKLY_FROM = 30
VOLUME = (*(10,) * (WEEKS - 4), 13, 17, 24, 30)
"""How much is decided in each week: of late more than before, so that there is work to do."""
LAST = WEEKS - 1


class Size(StrEnum):
    """How much of it."""

    S = "s"
    M = "m"
    L = "l"


CLAIMS = {Size.S: 300, Size.M: 2_000, Size.L: 20_000}
PAYER_BY_KEY = {payer.key: payer for payer in PAYERS}
SITE_BY_KEY = {site.key: site for site in FACILITIES}


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One payer's payment to one facility in one week (0 is the oldest)."""

    week: int
    payer: str
    site: str


@dataclass
class Ledger:
    """What is decided, by payment; and the numbers given out so far."""

    as_of: date
    rng: Random
    decided: dict[Slot, list[Adjudication]] = field(default_factory=lambda: defaultdict(list))
    given: int = 0
    denial_phase: dict[str, Decimal] = field(default_factory=dict)

    def paid_on(self, payer: PayerProfile, week: int) -> date:
        """The day on which a payer pays in a week: its weekday, yesterday at the latest."""
        yesterday = self.as_of - timedelta(days=1)
        newest = yesterday - timedelta(days=(yesterday.isoweekday() - payer.weekday) % 7)
        return newest - timedelta(weeks=LAST - week)

    def payday(self, facility: FacilitySite, week: int) -> int:
        """The week in which a facility is paid: the large every week, the others every second."""
        if facility.weight >= WEEKLY_FROM:
            return week
        ahead = (week + FACILITIES.index(facility)) % 2
        return week - ahead if week >= ahead else week + ahead

    def icn(self, payer: PayerProfile, week: int) -> str:
        """A payer's own number for a claim."""
        self.given += 1
        return f"{payer.identifier[:2]}{self.paid_on(payer, week):%y%j}{self.given:06}"

    def denies(self, payer: PayerProfile) -> bool:
        """Whether the payer denies its next claim: evenly spread, so that its rate holds."""
        phase = self.denial_phase.get(payer.key, payer.denial_rate / 2) + payer.denial_rate
        self.denial_phase[payer.key] = phase % 1
        return phase >= 1

    def add(self, bill: Bill, week: int, *decisions: Adjudication) -> None:
        """Note decisions on a bill, to be paid in a week."""
        self.decided[Slot(week, bill.payer.key, bill.facility.key)].extend(decisions)


def generate(*, as_of: date, size: Size, seed: int = SEED) -> list[RemittanceFile]:
    """The files of the ninety days before `as_of`, oldest first; each transaction balances."""
    ledger = Ledger(as_of, Random(f"{seed}:{size}"))  # noqa: S311 -- repeatable, not secret
    for number in range(CLAIMS[size]):
        _decide(ledger, number)
    return _files(ledger, list(_payments(ledger)))


def _decide(ledger: Ledger, number: int) -> None:
    """One claim's whole story."""
    rng = ledger.rng
    payer = rng.choices(PAYERS, [each.weight for each in PAYERS])[0]
    facility = rng.choices(FACILITIES, [each.weight for each in FACILITIES])[0]
    week = ledger.payday(facility, rng.choices(range(WEEKS), VOLUME)[0])
    bill = write_bill(
        rng, number=number, payer=payer, facility=facility, paid_on=ledger.paid_on(payer, week)
    )
    if ledger.denies(payer):
        _denied(ledger, bill, week)
    else:
        _paid(ledger, bill, week)


def _denied(ledger: Ledger, bill: Bill, week: int) -> None:
    """Denied; some weeks later perhaps reversed and paid after all, or denied once more."""
    rng = ledger.rng
    reason = denials.pick(rng, bill.payer, bill.kind)
    first = adjudication.deny(rng, bill, reason, icn=ledger.icn(bill.payer, week))
    ledger.add(bill, week, first)
    again, fate = ledger.payday(bill.facility, week + rng.randint(3, 7)), rng.random()
    if again > LAST or fate > 0.42:
        return
    icn = ledger.icn(bill.payer, again)
    if fate < 0.36:
        second = adjudication.pay(rng, bill, icn=icn)
    else:
        other = denials.pick(rng, bill.payer, bill.kind)
        second = adjudication.deny(rng, bill, other, icn=icn)
    ledger.add(bill, again, first.reversed(), second)


def _paid(ledger: Ledger, bill: Bill, week: int) -> None:
    """Paid; perhaps forwarded to a second payer, or partly taken back later."""
    rng, payer = ledger.rng, bill.payer
    forwards = payer.key == PRIMARY_THAT_FORWARDS and rng.random() < 0.22
    first = adjudication.pay(
        rng, bill, icn=ledger.icn(payer, week), status="19" if forwards else "1"
    )
    ledger.add(bill, week, first)
    if forwards and week + 2 <= LAST and first.patient_share:
        _forwarded(ledger, bill, first, ledger.payday(bill.facility, week + 2))
    later = ledger.payday(bill.facility, week + rng.randint(3, 6))
    if not forwards and later <= LAST and _may_be_taken_back(first) and rng.random() < 0.012:
        icn = ledger.icn(payer, later)
        reduced = adjudication.take_back(first, denials.REDUCED, icn=icn)
        ledger.add(bill, later, first.reversed(), reduced)


def _may_be_taken_back(decision: Adjudication) -> bool:
    return decision.paid > ZERO and bool(decision.lines)


def _forwarded(ledger: Ledger, bill: Bill, first: Adjudication, week: int) -> None:
    second = PAYER_BY_KEY[SECONDARY]
    theirs = Bill(
        control_number=bill.control_number,
        kind=bill.kind,
        payer=second,
        facility=bill.facility,
        bill_type=bill.bill_type,
        patient=bill.patient,
        clinician=bill.clinician,
        received_on=ledger.paid_on(bill.payer, week - 2) + timedelta(days=1),
        lines=bill.lines,
    )
    icn = ledger.icn(second, week)
    ledger.add(theirs, week, adjudication.pay_second(ledger.rng, theirs, first, icn=icn))


def _payments(ledger: Ledger) -> Iterator[tuple[int, Payment]]:
    """Payments in order of time; a balance that a payer may not yet take is carried forward."""
    carried: dict[tuple[str, str], Decimal] = {}
    for slot in sorted(ledger.decided):
        payer, site = PAYER_BY_KEY[slot.payer], SITE_BY_KEY[slot.site]
        paid_on = ledger.paid_on(payer, slot.week)
        claims = tuple(ledger.decided[slot])
        adjustments = _provider_adjustments(ledger.rng, claims)
        owed = carried.pop((slot.payer, slot.site), ZERO)
        trace = f"{payer.identifier}{paid_on:%Y%m%d}{site.prefix}"
        if owed:
            adjustments.append(ProviderAdjustment("FB", trace, owed))
        payment = Payment(payer, site, trace, paid_on, claims, tuple(adjustments))
        if payment.amount < ZERO:
            carried[slot.payer, slot.site] = -payment.amount
            forward = ProviderAdjustment("FB", trace, payment.amount)
            payment = Payment(payer, site, trace, paid_on, claims, (*adjustments, forward))
        yield slot.week, payment


def _provider_adjustments(
    rng: Random, claims: tuple[Adjudication, ...]
) -> list[ProviderAdjustment]:
    """Interest on a late payment, a refund acknowledged, an overpayment recovered: now and then."""
    paid = [claim for claim in claims if claim.paid > ZERO]
    chance = rng.random()
    if not paid or chance > 0.14:
        return []
    claim = rng.choice(paid)
    reference = claim.payer_control_number
    amount = (claim.paid * rng.randint(2, 9) / 100).quantize(CENT)
    if chance < 0.07:
        return [ProviderAdjustment("L6", reference, -(amount / 4).quantize(CENT))]
    if chance < 0.1:
        return [
            ProviderAdjustment("72", reference, -amount),
            ProviderAdjustment("WO", reference, amount),
        ]
    return [ProviderAdjustment("WO", reference, amount)]


def _files(ledger: Ledger, payments: list[tuple[int, Payment]]) -> list[RemittanceFile]:
    """One file per payer and week."""
    grouped: dict[tuple[date, str], list[Payment]] = defaultdict(list)
    for _week, payment in payments:
        grouped[payment.paid_on, payment.payer.key].append(payment)
    return [
        RemittanceFile(
            name=f"{payer}_{paid_on:%Y%m%d}.835",
            payer=PAYER_BY_KEY[payer],
            produced_on=paid_on,
            control_number=1_000 + ordinal,
            payments=tuple(members),
        )
        for ordinal, ((paid_on, payer), members) in enumerate(sorted(grouped.items()))
    ]
