"""What the network bills: service lines with believable codes, units and charges.

Code numbers only. Charges are in US dollars.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from billing_portal.management.demo.organisation import (
    CLINICIANS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    Clinician,
    FacilitySite,
    Kind,
    PayerProfile,
)
from billing_portal.management.demo.remittances import INPATIENT_BILL, Line, Person

T = TypeVar("T")

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Service:
    """A thing that is billed, between a lowest and a highest charge in dollars."""

    code: str
    revenue_code: str
    lowest: int
    highest: int
    most_units: int = 1


OUTPATIENT = (
    Service("HC:99284", "0450", 900, 2600),
    Service("HC:99283:25", "0450", 600, 1500),
    Service("HC:70450", "0351", 1100, 2900),
    Service("HC:71046", "0324", 220, 640),
    Service("HC:73630", "0320", 240, 560),
    Service("HC:80053", "0301", 90, 310),
    Service("HC:85025", "0305", 60, 190),
    Service("HC:93005", "0730", 150, 480),
    Service("HC:45378", "0750", 1900, 4800),
    Service("HC:70551", "0611", 1700, 4200),
    Service("HC:97110:GP", "0420", 110, 260, 4),
    Service("HC:J1885", "0636", 20, 95, 4),
    Service("HC:76700", "0402", 420, 980),
    Service("HC:96365", "0260", 310, 890),
)
INPATIENT = (
    Service("NU:0120", "", 6200, 21000, 6),
    Service("NU:0250", "", 900, 9800),
    Service("NU:0270", "", 500, 6400),
    Service("NU:0300", "", 700, 5200),
    Service("NU:0360", "", 4800, 26000),
    Service("NU:0410", "", 600, 3900),
    Service("NU:0710", "", 900, 3100),
)
PROFESSIONAL = (
    Service("HC:99213", "", 130, 210),
    Service("HC:99214", "", 190, 330),
    Service("HC:99214:25", "", 190, 330),
    Service("HC:99215", "", 280, 460),
    Service("HC:99203", "", 180, 310),
    Service("HC:36415", "", 15, 35),
    Service("HC:93000", "", 60, 140),
    Service("HC:20610:RT", "", 210, 420),
    Service("HC:96372", "", 45, 95, 2),
    Service("HC:J1100", "", 10, 40, 4),
    Service("HC:99232", "", 140, 260, 3),
    Service("HC:71046:26", "", 40, 95),
)
CATALOGUE = {
    Kind.OUTPATIENT: OUTPATIENT,
    Kind.INPATIENT: INPATIENT,
    Kind.PROFESSIONAL: PROFESSIONAL,
}
# how many lines a claim has, as measured on masked real remittances
LINE_COUNTS = {
    Kind.OUTPATIENT: ((1, 30), (2, 26), (3, 16), (4, 11), (5, 8), (6, 5), (8, 4)),
    Kind.INPATIENT: ((3, 20), (4, 30), (5, 30), (6, 20)),
    Kind.PROFESSIONAL: ((1, 58), (2, 28), (3, 10), (4, 4)),
}
BILL_TYPES = {Kind.OUTPATIENT: "13", Kind.INPATIENT: INPATIENT_BILL}


@dataclass(frozen=True, slots=True)
class Bill:
    """One claim as sent to a payer, before the payer decides."""

    control_number: str
    kind: Kind
    payer: PayerProfile
    facility: FacilitySite
    bill_type: str
    patient: Person
    clinician: Clinician | None
    received_on: date
    lines: tuple[Line, ...]

    @property
    def charge(self) -> Decimal:
        """What was billed."""
        return sum((line.charge for line in self.lines), Decimal("0.00"))


def write_bill(
    rng: Random, *, number: int, payer: PayerProfile, facility: FacilitySite, paid_on: date
) -> Bill:
    """A claim whose payer will have decided by `paid_on`: served two to seven weeks before."""
    kind = weighted(rng, facility.kinds)
    served_on = paid_on - timedelta(days=rng.randint(16, 52))
    lines = tuple(_line(rng, service, served_on) for service in _services(rng, kind))
    place = "11" if facility.kinds == ((Kind.PROFESSIONAL, 100),) else "22"
    return Bill(
        control_number=f"{facility.prefix}{1_000_000 + number * 7}",
        kind=kind,
        payer=payer,
        facility=facility,
        bill_type=BILL_TYPES.get(kind, place),
        patient=_patient(rng, payer),
        clinician=rng.choice(CLINICIANS) if kind is Kind.PROFESSIONAL else None,
        received_on=served_on + timedelta(days=rng.randint(3, 9)),
        lines=lines,
    )


def weighted(rng: Random, choices: tuple[tuple[T, int], ...]) -> T:
    """One of the choices, by weight."""
    return rng.choices([value for value, _ in choices], [weight for _, weight in choices])[0]


def _services(rng: Random, kind: Kind) -> list[Service]:
    return rng.sample(CATALOGUE[kind], weighted(rng, LINE_COUNTS[kind]))


def _line(rng: Random, service: Service, served_on: date) -> Line:
    cents = rng.randint(service.lowest * 100, service.highest * 100)
    units = rng.randint(1, service.most_units)
    return Line(
        code=service.code,
        revenue_code=service.revenue_code,
        units=units,
        charge=cents * units * CENT,
        served_on=served_on,
    )


def _patient(rng: Random, payer: PayerProfile) -> Person:
    """One of some thousands of people; the same name and number come back now and then."""
    family, given = rng.randrange(len(FAMILY_NAMES)), rng.randrange(len(GIVEN_NAMES))
    return Person(
        family_name=FAMILY_NAMES[family],
        given_name=GIVEN_NAMES[given],
        member_id=f"{payer.identifier[0]}{family:03}{given:03}{len(payer.identifier)}",
    )
