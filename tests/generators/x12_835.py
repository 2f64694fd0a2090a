"""835 files made to order: balanced by construction, the same for the same seed, of any length."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

ISA = (
    "ISA*00*          *00*          *ZZ*GENERATEDPAYER *ZZ*GENERATEDHOSP  "
    "*260105*0600*^*00501*{control:09d}*0*P*:~GS*HP*PAYER*HOSP*20260105*0600*{control}*X*005010X221A1~"
)
HEADER = (
    "ST*835*{control:04d}~BPR*I*{amount}*C*ACH*CCP*01*111*DA*33*1512345678**01*111*DA*22*20260105~"
    "TRN*1*{trace}*1512345678~DTM*405*20260105~N1*PR*GENERATED PAYER*XV*{payer}~"
    "N1*PE*GENERATED HOSPITAL*XX*1234567893~"
)
DENIALS = ("197", "16", "50", "11", "97", "29", "22", "27", "18", "252")
PROCEDURES = ("99213", "99285", "71046", "85025", "93010", "36415", "80053", "70450")


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: how many claims, the share of them that is denied in full, and the seed."""

    claims: int
    denied: float = 0.12
    seed: int = 1
    control: int = 1
    payer: str = "GENPAYER1"


def cents(value: int) -> str:
    """An amount from cents."""
    sign, value = ("-", -value) if value < 0 else ("", value)
    return f"{sign}{value // 100}.{value % 100:02d}"


def line(chance: random.Random, ordinal: int, *, is_denied: bool) -> tuple[int, int, str]:
    """Charge and payment in cents, and the segments of one service line."""
    charge = chance.randrange(2_500, 250_000)
    procedure = chance.choice(PROCEDURES)
    if is_denied:
        paid = 0
        cas = f"CAS*CO*{chance.choice(DENIALS)}*{cents(charge)}~"
    else:
        reduced, shared = charge * chance.randrange(20, 60) // 100, charge * 10 // 100
        paid = charge - reduced - shared
        cas = f"CAS*CO*45*{cents(reduced)}~CAS*PR*2*{cents(shared)}~"
    text = (
        f"SVC*HC:{procedure}*{cents(charge)}*{cents(paid)}**1~"
        f"DTM*472*202512{chance.randrange(1, 29):02d}~"
        f"{cas}REF*6R*{ordinal}~"
    )
    return charge, paid, text


def claim(chance: random.Random, number: int, *, denied: float) -> tuple[int, str]:
    """What one claim was paid in cents, and its segments."""
    is_denied = chance.random() < denied
    lines = [line(chance, n, is_denied=is_denied) for n in range(1, chance.randrange(1, 4) + 1)]
    charge, paid = sum(row[0] for row in lines), sum(row[1] for row in lines)
    shared = 0 if is_denied else sum(row[0] * 10 // 100 for row in lines)
    head = (
        f"LX*{number}~CLP*G{number:08d}*1*{cents(charge)}*{cents(paid)}*{cents(shared)}"
        f"*12*ICN{number:010d}*11*1~"
        f"NM1*QC*1*FAMILY{number % 997}*GIVEN{number % 89}****MI*M{number:09d}~"
        "NM1*82*1*DOCTOR*ANY****XX*1234567893~"
    )
    return paid, head + "".join(row[2] for row in lines)


def chunks(order: Order) -> Iterator[bytes]:
    """The file: one interchange, one remittance, so many claims. Walks the claims twice."""
    chance = random.Random(order.seed)
    total = sum(claim(chance, n, denied=order.denied)[0] for n in range(1, order.claims + 1))
    header = HEADER.format(
        control=order.control,
        amount=cents(total),
        trace=f"T{order.seed}-{order.claims}",
        payer=order.payer,
    )
    yield (ISA.format(control=order.control) + header).encode()
    chance = random.Random(order.seed)
    segments, held = header.count("~"), []
    for number in range(1, order.claims + 1):
        text = claim(chance, number, denied=order.denied)[1]
        segments += text.count("~")
        held.append(text)
        if len(held) == 500:
            yield "".join(held).encode()
            held = []
    held.append(
        f"SE*{segments + 1}*{order.control:04d}~GE*1*{order.control}~IEA*1*{order.control:09d}~"
    )
    yield "".join(held).encode()
