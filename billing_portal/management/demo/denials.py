"""Why the demo's payers deny, and how often.

The mix follows published shares of reasons (health-plan transparency data: administrative 18 %,
excluded service 16 %, benefit limit 12 %, authorization or referral 9 %, medical necessity 6 %,
other a third), spread over the codes that hospitals meet. Code numbers only: the words are the
code map's.
"""

from dataclasses import dataclass
from random import Random

from billing_portal.management.demo.organisation import Kind, PayerProfile

ALL = frozenset(Kind)
FACILITY_BILLS = frozenset({Kind.INPATIENT, Kind.OUTPATIENT})
CLINIC_BILLS = frozenset({Kind.OUTPATIENT, Kind.PROFESSIONAL})


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: adjustment group and code, its remarks, its category, its relative weight.

    `whole` means that it always denies the whole claim.
    """

    group: str
    carc: str
    remarks: tuple[str, ...]
    category: str
    weight: float
    whole: bool = False
    kinds: frozenset[Kind] = ALL
    status: str = "1"


REASONS = (
    Reason("CO", "96", ("N174",), "NON_COVERED", 5),
    Reason("CO", "96", ("N425",), "NON_COVERED", 2),
    Reason("PR", "204", ("N130",), "NON_COVERED", 5),
    Reason("CO", "272", ("N180",), "NON_COVERED", 2.5),
    Reason("CO", "256", ("N381",), "NON_COVERED", 1.5),
    Reason("PR", "119", (), "BENEFIT_LIMIT", 5),
    Reason("CO", "273", ("N362",), "BENEFIT_LIMIT", 3),
    Reason("CO", "222", ("N362",), "BENEFIT_LIMIT", 4, kinds=CLINIC_BILLS),
    Reason("CO", "197", (), "AUTH", 5, whole=True),
    Reason("CO", "198", (), "AUTH", 1.5),
    Reason("CO", "15", ("M62",), "AUTH", 1.5, whole=True),
    Reason("PI", "288", (), "AUTH", 1, whole=True, kinds=CLINIC_BILLS),
    Reason("CO", "50", ("N115", "MA01"), "MED_NECESSITY", 3.5),
    Reason("CO", "151", ("N362",), "MED_NECESSITY", 1),
    Reason("CO", "150", ("M25",), "MED_NECESSITY", 1, kinds=FACILITY_BILLS),
    Reason("CO", "58", (), "MED_NECESSITY", 0.5, whole=True, kinds=frozenset({Kind.INPATIENT})),
    Reason("CO", "16", ("N290",), "BILLING_DATA", 3, kinds=CLINIC_BILLS),
    Reason("CO", "16", ("MA130", "MA61"), "BILLING_DATA", 2.5, whole=True),
    Reason("CO", "16", ("M53",), "BILLING_DATA", 2),
    Reason("OA", "18", ("N522",), "DUPLICATE", 3, whole=True),
    Reason("CO", "252", ("N706",), "DOCUMENTATION", 3, whole=True),
    Reason("CO", "226", ("N29",), "DOCUMENTATION", 2, whole=True),
    Reason("CO", "29", (), "TIMELY_FILING", 2.5, whole=True),
    Reason("CO", "27", (), "ELIGIBILITY", 4, whole=True),
    Reason("CO", "31", ("N382",), "ELIGIBILITY", 3, whole=True, status="4"),
    Reason("CO", "26", (), "ELIGIBILITY", 1.5, whole=True),
    Reason("CO", "22", ("MA04",), "COB", 5, whole=True),
    Reason("OA", "109", ("N418",), "COB", 2, whole=True),
    Reason("CO", "11", ("M76",), "CODING", 3),
    Reason("CO", "4", ("N519",), "CODING", 3, kinds=CLINIC_BILLS),
    Reason("CO", "181", ("M20",), "CODING", 1, kinds=CLINIC_BILLS),
    Reason("CO", "97", ("M15",), "BUNDLING", 5, kinds=CLINIC_BILLS),
    Reason("CO", "236", ("N20",), "BUNDLING", 3, kinds=CLINIC_BILLS),
    Reason("CO", "B7", ("N570",), "PROVIDER_ENROLLMENT", 2, whole=True),
    Reason("CO", "170", ("N95",), "PROVIDER_ENROLLMENT", 1, kinds=CLINIC_BILLS),
    Reason("PI", "242", (), "NETWORK", 1, whole=True),
)

UNHEARD_OF = Reason("CO", "D99", (), "UNKNOWN", 0, whole=True)
REDUCED = Reason("CO", "97", ("M15", "MA67"), "BUNDLING", 0)


def pick(rng: Random, payer: PayerProfile, kind: Kind) -> Reason:
    """A reason that this payer has for denying this kind of bill."""
    stresses = dict(payer.stresses)
    able = [reason for reason in REASONS if kind in reason.kinds]
    weights = [reason.weight * stresses.get(reason.category, 1) for reason in able]
    return rng.choices(able, weights)[0]
