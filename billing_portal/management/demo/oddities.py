"""What is deliberately wrong in the demo's files, so that every way of going wrong can be seen.

One of each, in the newest weeks: a claim one cent off, a transaction whose payment is not what its
claims say, a file cut off in the middle, a file sent twice, an adjustment code that nobody knows,
and a facility that no crosswalk names.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from billing_portal.management.demo import adjudication
from billing_portal.management.demo.bills import CENT, write_bill
from billing_portal.management.demo.claims import SEED, Size, generate
from billing_portal.management.demo.denials import REASONS, UNHEARD_OF
from billing_portal.management.demo.organisation import UNKNOWN_SITE, FacilitySite
from billing_portal.management.demo.remittances import (
    Adjudication,
    Payment,
    RemittanceFile,
    render,
)

MISSING_MONEY = Decimal("-125.00")
NUMBERED_FROM = 9_000_000
RECENT = 3
MET = 3


@dataclass(frozen=True, slots=True)
class Drop:
    """One file as it arrives: its name, its bytes, the day it was produced, and what is odd."""

    name: str
    data: bytes
    produced_on: date
    oddity: str = ""


def drops(*, as_of: date, size: Size, seed: int = SEED) -> list[Drop]:
    """Every file of the demo in the order of arrival, the odd ones among them."""
    files = generate(as_of=as_of, size=size, seed=seed)
    rng = Random(f"odd:{seed}")  # noqa: S311 -- repeatable, not secret
    files, notes = _with_odd_payments(files, rng)
    found = [
        Drop(each.name, render(each), each.produced_on, notes.get(each.name, "")) for each in files
    ]
    found = _changed(found, "summit-choice", _one_cent_off, "one claim is a cent off")
    found = _changed(found, "bluestem-medicaid", _cut_off, "cut off in the middle of a claim")
    return sorted([*found, _sent_twice(found)], key=lambda drop: (drop.produced_on, drop.name))


def _with_odd_payments(
    files: list[RemittanceFile], rng: Random
) -> tuple[list[RemittanceFile], dict[str, str]]:
    """The files, with three transactions added or changed; and what is odd, by file name."""
    files, notes = list(files), {}
    changes: tuple[tuple[str, str, Callable[[RemittanceFile, Random], RemittanceFile]], ...] = (
        ("prairie-mutual", "one payment is 125.00 less than its claims", _misstated),
        ("northlight", "one adjustment code is on no list", _with_unknown_code),
        ("silver-harbor", "one payee is no facility we know", _with_unknown_facility),
    )
    for payer, note, change in changes:
        at = max(n for n, file in enumerate(files) if file.payer.key == payer)
        files[at] = change(files[at], rng)
        notes[files[at].name] = note
    return files, notes


def _misstated(file: RemittanceFile, _rng: Random) -> RemittanceFile:
    largest = max(file.payments, key=lambda payment: payment.amount)
    wrong = replace(largest, misstated=MISSING_MONEY)
    return replace(
        file, payments=tuple(wrong if each is largest else each for each in file.payments)
    )


def _with_unknown_code(file: RemittanceFile, rng: Random) -> RemittanceFile:
    """A new code of the payer's own, met at once wherever it pays."""
    met = [
        replace(
            each, claims=(*each.claims, _odd_claim(file, each.facility, rng, number=n, code=True))
        )
        for n, each in enumerate(file.payments[:MET], start=MET)
    ]
    return replace(file, payments=(*met, *file.payments[MET:]))


def _with_unknown_facility(file: RemittanceFile, rng: Random) -> RemittanceFile:
    claims = tuple(_odd_claim(file, UNKNOWN_SITE, rng, number=n, code=False) for n in (0, 1, 2))
    trace = f"{file.payer.identifier}{file.produced_on:%Y%m%d}{UNKNOWN_SITE.prefix}"
    payment = Payment(file.payer, UNKNOWN_SITE, trace, file.produced_on, claims)
    return replace(file, payments=(*file.payments, payment))


def _odd_claim(
    file: RemittanceFile, facility: FacilitySite, rng: Random, *, number: int, code: bool
) -> Adjudication:
    bill = write_bill(
        rng, number=NUMBERED_FROM // 7 + number, payer=file.payer, facility=facility,
        paid_on=file.produced_on,
    )  # fmt: skip
    icn = f"{file.payer.identifier[:2]}{file.produced_on:%y%j}9{number:05}"
    if code:
        return adjudication.deny(rng, bill, UNHEARD_OF, icn=icn)
    if number == 0:
        return adjudication.deny(rng, bill, REASONS[0], icn=icn)
    return adjudication.pay(rng, bill, icn=icn)


def _changed(
    found: list[Drop], payer: str, change: Callable[[bytes], bytes], note: str
) -> list[Drop]:
    """The drops, the largest of a payer's newest ones changed."""
    theirs = [n for n, drop in enumerate(found) if drop.name.startswith(payer)]
    at = max(theirs[-RECENT:], key=lambda n: found[n].data.count(b"CLP*"))
    changed = replace(found[at], data=change(found[at].data), oddity=note)
    return [*found[:at], changed, *found[at + 1 :]]


def _one_cent_off(data: bytes) -> bytes:
    """The first contractual adjustment of the file raised by a cent."""
    text = data.decode("ascii")
    start = text.index("CAS*CO*45*") + len("CAS*CO*45*")
    end = min(text.index(mark, start) for mark in "*~")
    return f"{text[:start]}{Decimal(text[start:end]) + CENT}{text[end:]}".encode("ascii")


def _cut_off(data: bytes) -> bytes:
    """The file without its last third: it stops in the middle of a claim."""
    starts = [match.start() for match in re.finditer(rb"CLP\*", data)]
    return data[: starts[len(starts) * 2 // 3] + 90]


def _sent_twice(found: list[Drop]) -> Drop:
    """The last but one file of a payer, come again the next day under another name."""
    *_, once, _newest = (drop for drop in found if drop.name.startswith("northlight"))
    return replace(
        once,
        name=once.name.replace(".835", "_resent.835"),
        produced_on=once.produced_on + timedelta(days=1),
        oddity="the same file again under another name",
    )
