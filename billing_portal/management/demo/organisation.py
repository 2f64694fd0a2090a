"""A fictional hospital network and the payers it bills. Nothing here exists; every name says so.

The identifiers follow the rules of real ones (an NPI carries its check digit) but lie outside the
numbers that are given out. Rates are shares of what they multiply; weights are relative.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

NETWORK = "Alder Valley Health (demo)"


class Kind(StrEnum):
    """What kind of bill a claim is."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"
    PROFESSIONAL = "professional"


@dataclass(frozen=True, slots=True)
class FacilitySite:
    """One place of the network: its payee NPI, its share of the claims, and what it bills."""

    key: str
    name: str
    npi: str
    prefix: str
    weight: int
    kinds: tuple[tuple[Kind, int], ...]
    time_zone: str = "America/Chicago"


@dataclass(frozen=True, slots=True)
class PayerProfile:
    """One payer and how it behaves.

    `allowed` is the contract's share of the charge, `denial_rate` the share of its claims denied in
    whole or in part on first sight (published: about 12 % over all, most at Medicare Advantage,
    least at Medicare), `stresses` multiplies the weight of denial categories.
    `after_contract`: it denies the allowed amount and adjusts the rest as contractual; else it
    denies the charge. `weekday` (ISO) is the day it pays, `by_qualifier` whether its id stands in
    N104 (else in REF*2U).
    """

    key: str
    name: str
    identifier: str
    payer_class: str
    filing_indicator: str
    weight: int
    allowed: Decimal
    coinsurance: Decimal
    deductible_rate: Decimal
    copay: Decimal
    denial_rate: Decimal
    weekday: int
    after_contract: bool = False
    by_qualifier: bool = True
    breaks_lines: bool = True
    stresses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Clinician:
    """Somebody who gives care, as NM1*82 names them."""

    family_name: str
    given_name: str
    npi: str


HOSPITAL = ((Kind.OUTPATIENT, 62), (Kind.INPATIENT, 22), (Kind.PROFESSIONAL, 16))
CLINIC = ((Kind.PROFESSIONAL, 100),)

FACILITIES = (
    FacilitySite(
        "alder-valley", "Alder Valley Medical Center (demo)", "1999900016", "AV", 38, HOSPITAL
    ),
    FacilitySite(
        "bracken-ridge", "Bracken Ridge Hospital (demo)", "1999900123", "BR", 22, HOSPITAL
    ),
    FacilitySite(
        "calder-creek",
        "Calder Creek Community Hospital (demo)",
        "1999900230",
        "CC",
        14,
        HOSPITAL,
        "America/Denver",
    ),
    FacilitySite("dunmore", "Dunmore Children's Pavilion (demo)", "1999900347", "DP", 8, HOSPITAL),
    FacilitySite("alder-clinics", "Alder Valley Clinics (demo)", "1999900453", "CL", 18, CLINIC),
)

PAYERS = (
    PayerProfile(
        key="northlight",
        name="Northlight Health Plan (demo)",
        identifier="NLHP1",
        payer_class="commercial",
        filing_indicator="12",
        weight=22,
        allowed=Decimal("0.58"),
        coinsurance=Decimal("0.20"),
        deductible_rate=Decimal("0.16"),
        copay=Decimal("40.00"),
        denial_rate=Decimal("0.125"),
        weekday=2,
        stresses=(("AUTH", 3), ("BUNDLING", 2)),
    ),
    PayerProfile(
        key="prairie-mutual",
        name="Prairie Mutual Assurance (demo)",
        identifier="PMA77",
        payer_class="commercial",
        filing_indicator="CI",
        weight=14,
        allowed=Decimal("0.64"),
        coinsurance=Decimal("0.20"),
        deductible_rate=Decimal("0.22"),
        copay=Decimal("35.00"),
        denial_rate=Decimal("0.105"),
        weekday=4,
        after_contract=True,
        stresses=(("COB", 3), ("BENEFIT_LIMIT", 2)),
    ),
    PayerProfile(
        key="summit-choice",
        name="Summit Choice PPO (demo)",
        identifier="SCPPO",
        payer_class="commercial",
        filing_indicator="12",
        weight=10,
        allowed=Decimal("0.61"),
        coinsurance=Decimal("0.25"),
        deductible_rate=Decimal("0.18"),
        copay=Decimal("50.00"),
        denial_rate=Decimal("0.135"),
        weekday=1,
        by_qualifier=False,
        stresses=(("DOCUMENTATION", 3), ("MED_NECESSITY", 2)),
    ),
    PayerProfile(
        key="medicare-q",
        name="Medicare Contractor Region Q (demo)",
        identifier="RQ901",
        payer_class="medicare",
        filing_indicator="MA",
        weight=22,
        allowed=Decimal("0.36"),
        coinsurance=Decimal("0.20"),
        deductible_rate=Decimal("0.08"),
        copay=Decimal("0.00"),
        denial_rate=Decimal("0.075"),
        weekday=3,
        by_qualifier=False,
        breaks_lines=False,
        stresses=(("CODING", 2), ("MED_NECESSITY", 2)),
    ),
    PayerProfile(
        key="silver-harbor",
        name="Silver Harbor Advantage (demo)",
        identifier="SHA20",
        payer_class="medicare_advantage",
        filing_indicator="16",
        weight=14,
        allowed=Decimal("0.37"),
        coinsurance=Decimal("0.10"),
        deductible_rate=Decimal("0.04"),
        copay=Decimal("25.00"),
        denial_rate=Decimal("0.16"),
        weekday=2,
        after_contract=True,
        stresses=(("AUTH", 4), ("MED_NECESSITY", 4)),
    ),
    PayerProfile(
        key="bluestem-medicaid",
        name="Bluestem State Medicaid (demo)",
        identifier="BSM00",
        payer_class="medicaid",
        filing_indicator="MC",
        weight=10,
        allowed=Decimal("0.27"),
        coinsurance=Decimal("0.00"),
        deductible_rate=Decimal("0.00"),
        copay=Decimal("3.00"),
        denial_rate=Decimal("0.13"),
        weekday=5,
        breaks_lines=False,
        stresses=(("ELIGIBILITY", 4), ("PROVIDER_ENROLLMENT", 3)),
    ),
    PayerProfile(
        key="bluestem-care",
        name="Bluestem Community Care (demo)",
        identifier="BCC41",
        payer_class="medicaid",
        filing_indicator="HM",
        weight=5,
        allowed=Decimal("0.29"),
        coinsurance=Decimal("0.00"),
        deductible_rate=Decimal("0.00"),
        copay=Decimal("2.00"),
        denial_rate=Decimal("0.15"),
        weekday=4,
        by_qualifier=False,
        stresses=(("ELIGIBILITY", 3), ("TIMELY_FILING", 3)),
    ),
    PayerProfile(
        key="uniformed-west",
        name="Uniformed Family Health West (demo)",
        identifier="UFHW3",
        payer_class="tricare",
        filing_indicator="CH",
        weight=3,
        allowed=Decimal("0.41"),
        coinsurance=Decimal("0.15"),
        deductible_rate=Decimal("0.06"),
        copay=Decimal("30.00"),
        denial_rate=Decimal("0.09"),
        weekday=1,
        stresses=(("COB", 2),),
    ),
)

PRIMARY_THAT_FORWARDS = "medicare-q"
SECONDARY = "prairie-mutual"

UNKNOWN_SITE = FacilitySite(
    "imaging", "Alder Valley Imaging (demo)", "1999900776", "IM", 0, ((Kind.OUTPATIENT, 100),)
)

CLINICIANS = (
    Clinician("ADEYEMI", "FOLAKE", "1999950011"),
    Clinician("BERGSTROM", "INGRID", "1999950029"),
    Clinician("CASTELLANOS", "MATEO", "1999950037"),
    Clinician("DHILLON", "GURPREET", "1999950045"),
    Clinician("EKWUEME", "CHIDI", "1999950052"),
    Clinician("FAIRWEATHER", "JUNE", "1999950060"),
    Clinician("GUTIERREZ", "PALOMA", "1999950078"),
    Clinician("HALVORSEN", "NILS", "1999950086"),
    Clinician("ISHIKAWA", "RENA", "1999950094"),
    Clinician("JANKOWSKI", "TOMASZ", "1999950102"),
    Clinician("KHALIL", "SAMIRA", "1999950110"),
    Clinician("LINDQVIST", "OVE", "1999950128"),
)

_FAMILY = """
    ABARA ANDERSSON ARROYO BAPTISTE BELLWEATHER BOATENG BRANDT CABRERA CHOWDHURY COSTELLO DELACROIX
    DUARTE EASTERLING ESPINOZA FENWICK FLORES GALLOWAY GOPALAN HARGROVE HIDALGO IBARRA IVERSEN
    JABLONSKI JEFFRIES KAPOOR KIPKEMBOI KOWALCZYK LANGSTON LEBLANC LUCERO MARCHETTI MBEKI
    MERRIWEATHER NAKASONE NOVAK OBRIEN OKAFOR OLADIPO PELLETIER PHAM QUINTERO RAMASWAMY REDCLOUD
    RINALDI SALCEDO SANDOVAL SINGLETON SOLBERG TAKAHASHI TRAN UNDERHILL URIBE VALDERRAMA VANDERMEER
    WASHBURN WHITEHORSE XIONG YAMAMOTO YBARRA ZIELINSKI
"""
_GIVEN = """
    AALIYAH ABEL AMARA ANTON BEATRIZ BENOIT CALLUM CARMEN DALIA DESMOND EBONY ELIAS ESME FARID FIONA
    GLORIA GRAHAM HANA HECTOR IMANI ISAAC JADE JOAQUIN KEIKO KOFI LEILA LUCIAN MARISOL MILO NADIA
    NOEL OCTAVIA ORSON PRIYA QUENTIN RAFAEL ROSALIND SANJAY SELMA TADEO THEA UMAR URSULA VALENTINA
    VIKRAM WILLA WYATT XIMENA YUSUF ZORA
"""
FAMILY_NAMES = tuple(_FAMILY.split())
GIVEN_NAMES = tuple(_GIVEN.split())
