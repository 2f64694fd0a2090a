"""How the demo's payers decide a bill: paid, denied in part or whole, taken back, or as second."""

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from billing_portal.management.demo.bills import CENT, Bill
from billing_portal.management.demo.denials import Reason
from billing_portal.management.demo.organisation import Kind
from billing_portal.management.demo.remittances import ZERO, Adjudication, Line, Reduction

SEQUESTRATION = Decimal("0.02")


def pay(rng: Random, bill: Bill, *, icn: str, status: str = "1") -> Adjudication:
    """Paid as the contract says, less what the patient owes."""
    return _decision(bill, icn, status, _paid_lines(rng, bill))


def deny(rng: Random, bill: Bill, reason: Reason, *, icn: str) -> Adjudication:
    """Denied for a reason: the whole bill, or (when the reason allows) some of its lines."""
    refused = _refused(rng, bill, reason)
    paid = _paid_lines(rng, bill)
    lines = tuple(
        refuse(bill, line, reason) if ordinal in refused else paid[ordinal]
        for ordinal, line in enumerate(bill.lines)
    )
    status = reason.status if len(refused) == len(lines) else "1"
    remarks = tuple(remark for remark in reason.remarks if remark.startswith("MA"))
    return _decision(bill, icn, status, lines, remarks)


def pay_second(rng: Random, bill: Bill, first: Adjudication, *, icn: str) -> Adjudication:
    """What a second payer makes of the share that the first left to the patient."""
    lines = []
    for line, decided in zip(bill.lines, _lines_of(first, bill), strict=True):
        share = sum((each.amount for each in decided.reductions if each.group == "PR"), ZERO)
        kept = _cents(share * rng.choice((Decimal(0), Decimal("0.2"))))
        before = Reduction("OA", "23", line.charge - share)
        rest = (Reduction("PR", "2", kept),) if kept else ()
        lines.append(replace(line, reductions=(before, *rest)))
    return _decision(bill, icn, "2", tuple(lines))


def take_back(decided: Adjudication, reason: Reason, *, icn: str) -> Adjudication:
    """A paid claim decided again, its last paid line now refused."""
    last = max(ordinal for ordinal, line in enumerate(decided.lines) if line.paid > ZERO)
    lines = list(decided.lines)
    line = lines[last]
    refused = Reduction(reason.group, reason.carc, line.paid)
    lines[last] = replace(
        line, reductions=(*line.reductions, refused), remarks=_line_remarks(reason)
    )
    return replace(decided, payer_control_number=icn, lines=tuple(lines))


def refuse(bill: Bill, line: Line, reason: Reason) -> Line:
    """One line denied: what the contract allows after its own cut, or the whole charge."""
    contract = _contract_cut(bill, line) if bill.payer.after_contract else ZERO
    reductions = [Reduction("CO", "45", contract)] if contract else []
    reductions.append(Reduction(reason.group, reason.carc, line.charge - contract))
    return replace(line, reductions=tuple(reductions), remarks=_line_remarks(reason))


def _line_remarks(reason: Reason) -> tuple[str, ...]:
    return tuple(remark for remark in reason.remarks if not remark.startswith("MA"))


def _decision(
    bill: Bill, icn: str, status: str, lines: tuple[Line, ...], remarks: tuple[str, ...] = ()
) -> Adjudication:
    """The decision as this payer sends it: government payers adjust a stay on the claim alone."""
    whole = Adjudication(
        control_number=bill.control_number,
        payer_control_number=icn,
        status=status,
        filing_indicator=bill.payer.filing_indicator,
        bill_type=bill.bill_type,
        patient=bill.patient,
        clinician=bill.clinician,
        received_on=bill.received_on,
        served_from=bill.lines[0].served_on,
        served_to=bill.lines[0].served_on,
        lines=lines,
        remarks=remarks,
    )
    return _on_the_claim(whole) if _decides_stays_whole(bill) else whole


def _decides_stays_whole(bill: Bill) -> bool:
    return bill.kind is Kind.INPATIENT and bill.payer.payer_class == "medicare"


def _on_the_claim(decision: Adjudication) -> Adjudication:
    sums: dict[tuple[str, str], Decimal] = {}
    for each in decision.all_reductions:
        key = (each.group, each.carc)
        sums[key] = sums.get(key, ZERO) + each.amount
    line_remarks = tuple(dict.fromkeys(code for line in decision.lines for code in line.remarks))
    return replace(
        decision,
        billed=decision.charge,
        lines=(),
        reductions=tuple(Reduction(*key, amount) for key, amount in sums.items()),
        remarks=decision.remarks + line_remarks,
    )


def _lines_of(decision: Adjudication, bill: Bill) -> tuple[Line, ...]:
    """The decision line by line; a stay decided whole stands on its first line."""
    if decision.lines:
        return decision.lines
    first, *others = bill.lines
    return (replace(first, reductions=decision.reductions), *others)


def _refused(rng: Random, bill: Bill, reason: Reason) -> set[int]:
    count = len(bill.lines)
    if reason.whole or count == 1 or _decides_stays_whole(bill) or rng.random() < 0.45:
        return set(range(count))
    return set(rng.sample(range(count), rng.randint(1, count - 1)))


def _contract_cut(bill: Bill, line: Line) -> Decimal:
    return line.charge - _cents(line.charge * bill.payer.allowed)


def _paid_lines(rng: Random, bill: Bill) -> tuple[Line, ...]:
    owes_deductible = rng.random() < float(bill.payer.deductible_rate)
    owes_copay = bill.kind is Kind.PROFESSIONAL and rng.random() < 0.5
    deductible = Decimal(rng.randint(40, 900)) if owes_deductible else ZERO
    copay = bill.payer.copay if owes_copay else ZERO
    lines = []
    for line in bill.lines:
        cut = _contract_cut(bill, line)
        allowed = line.charge - cut
        first = min(deductible, allowed)
        visit = min(copay, allowed - first)
        share = ZERO if copay else _cents((allowed - first) * bill.payer.coinsurance)
        federal = bill.payer.payer_class == "medicare"
        kept = _cents((allowed - first - share) * SEQUESTRATION) if federal else ZERO
        lines.append(replace(line, reductions=_nonzero(cut, kept, first, share, visit)))
        deductible, copay = deductible - first, copay - visit
    return tuple(lines)


def _nonzero(
    contract: Decimal, federal: Decimal, deductible: Decimal, coinsurance: Decimal, copay: Decimal
) -> tuple[Reduction, ...]:
    every = (
        Reduction("CO", "45", contract),
        Reduction("CO", "253", federal),
        Reduction("PR", "1", deductible),
        Reduction("PR", "2", coinsurance),
        Reduction("PR", "3", copay),
    )
    return tuple(each for each in every if each.amount)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
