"""From bank lists and remittances to findings: halves of payments that are apart wait for a poster.

A case closes by itself when the other half comes, to the cent.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from billing_portal.kernel.pure.money import ZERO
from cases.types.deposit_variance.details import DepositDetails
from cases.types.deposit_variance.loading import PLAUSIBLE, World, around, changed, listed
from cases.types.deposit_variance.vocabulary import CATEGORY, KEY, Gap
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.sets import any_text
from cases.work.types import Change
from integrations.canonical.models import Deposit, Remittance

TIES = "Remittance and deposit tie to the cent."


@dataclass(frozen=True, slots=True)
class Standing:
    """One payment as it stands: `gap` None when nothing is apart, or nobody can say so (yet)."""

    key: str
    details: DepositDetails
    gap: Gap | None
    has_halves: bool
    facility_id: int
    payer_id: int | None
    remittance_id: int | None
    currency: str

    @property
    def amount(self) -> Decimal:
        """What is apart."""
        return abs(self.details.remitted - self.details.deposited)


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How each payment that the changes touch stands; nothing for one that was never apart.

    Nothing, too, for one of which nobody can say any more whether it is apart: its case waits.
    """
    world = changed(changes)
    if world is None:
        return
    stand = [*of_remittances(world), *of_deposits(world)]
    keys = any_text(each.key for each in stand)
    known = set(Case.objects.filter(key=keys).values_list("key", flat=True))
    for each in stand:
        if each.gap is not None or (each.has_halves and each.key in known):
            yield finding_of(each, correlation_id=changes[-1].correlation_id)


def standings(remittances: Iterable[Remittance]) -> list[Standing]:
    """How some remittances stand beside the bank's deposits; none where it never sent a list."""
    first, last = PLAUSIBLE
    told = listed()
    wanted = {
        each.pk: each for each in remittances if each.paid_on and first <= each.paid_on <= last
    }
    if told is None or not wanted:
        return []
    days = {each.paid_on for each in wanted.values() if each.paid_on is not None}
    world = around(days, {each.trace_number for each in wanted.values()} - {""}, told)
    return [each for each in of_remittances(world) if each.remittance_id in wanted]


def of_remittances(world: World) -> Iterator[Standing]:
    """How each remittance stands beside its deposits."""
    for remittance in world.remittances:
        deposits = world.by_remittance.get(remittance.pk, [])
        gap = gap_of(remittance, deposits, world)
        yield Standing(
            key=f"{KEY}:remittance:{remittance.pk}",
            details=details_of(remittance, deposits, gap, world),
            gap=gap,
            has_halves=bool(deposits),
            facility_id=remittance.facility_id,
            payer_id=remittance.payer_id,
            remittance_id=remittance.pk,
            currency=remittance.currency,
        )


def of_deposits(world: World) -> Iterator[Standing]:
    """How each deposit of a payer's stands: with a remittance, waiting for it, or late."""
    paired = world.paired
    for deposit in world.deposits:
        is_payers = bool(deposit.trace) or deposit.payer_id is not None
        is_alone = deposit.pk not in paired
        gap = Gap.NO_REMITTANCE if is_alone and world.is_late(deposit.deposited_on) else None
        if is_payers:
            yield Standing(
                key=f"{KEY}:deposit:{deposit.pk}",
                details=details_of(None, [deposit], gap, world),
                gap=gap,
                has_halves=not is_alone,
                facility_id=world.elsewhere,
                payer_id=deposit.payer_id,
                remittance_id=None,
                currency=deposit.deposit_list.currency,
            )


def gap_of(remittance: Remittance, deposits: Sequence[Deposit], world: World) -> Gap | None:
    """What is apart."""
    if deposits:
        return None if summed(deposits) == remittance.amount else Gap.OTHER_AMOUNT
    is_listed = remittance.paid_on is not None and world.is_listed(remittance.paid_on)
    return Gap.NO_DEPOSIT if is_listed else None


def details_of(
    remittance: Remittance | None, deposits: Sequence[Deposit], gap: Gap | None, world: World
) -> DepositDetails:
    """The details of a payment; `remittance` None: there is a deposit alone."""
    paid_on = remittance.paid_on if remittance else None
    deposited_on = max((each.deposited_on for each in deposits), default=None)
    remitted, deposited = remittance.amount if remittance else ZERO, summed(deposits)
    trace = remittance.trace_number if remittance else deposits[0].trace
    return DepositDetails(
        decision=f"{gap or ''}:{remitted:.2f}:{deposited:.2f}",
        gap=gap or "",
        trace=trace,
        paid_on=paid_on,
        remitted=remitted,
        deposited_on=deposited_on,
        deposited=deposited,
        deposits=tuple(each.number for each in deposits),
        due_on=world.due_on(paid_on or deposits[0].deposited_on),
    )


def summed(deposits: Sequence[Deposit]) -> Decimal:
    """What deposits come to."""
    return sum((each.amount for each in deposits), ZERO)


def finding_of(standing: Standing, *, correlation_id: str) -> Finding:
    """A payment as a finding: it stands while its halves are apart."""
    details, gap = standing.details, standing.gap
    return Finding(
        case_type=KEY,
        key=standing.key,
        title=gap.label if gap else "Deposit and remittance",
        facility_id=standing.facility_id,
        payer_id=standing.payer_id,
        remittance_id=standing.remittance_id,
        amount=standing.amount if gap else ZERO,
        currency=standing.currency,
        code=gap.upper() if gap else "",
        category=CATEGORY,
        decision=details.decision,
        disposition=None if gap else Disposition.CORRECTED,
        reason=reason_of(standing) if gap else TIES,
        correlation_id=correlation_id,
        details=details,
    )


def reason_of(standing: Standing) -> str:
    """Why it waits for a person."""
    details, currency = standing.details, standing.currency
    if standing.gap is Gap.OTHER_AMOUNT:
        return (
            f"The remittance says {details.remitted} {currency}, the bank received"
            f" {details.deposited}: {standing.amount} apart."
        )
    return f"{standing.amount} {currency}: the other half was due by {details.due_on}."
