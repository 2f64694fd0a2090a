"""From changed accounts and remittances to findings: money that is not ours waits for a person.

A credit is never cleared here: a finding is settled only when the account's own ledger says that
the credit is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from cases.types.refund.asking import guarantor_digest
from cases.types.refund.details import RefundDetails, ShareDetails, SuspicionDetails
from cases.types.refund.loading import Loaded, accounts_of, load, payers
from cases.types.refund.postings import ZERO, insurers, paid, patients, total
from cases.types.refund.rules import Judgement, judge
from cases.types.refund.vocabulary import CATEGORY, FEDERAL
from cases.work.findings import Finding
from cases.work.lifecycle import Disposition
from cases.work.models import Case
from cases.work.sets import any_text
from cases.work.types import Change
from integrations.canonical.models import EntryKind, Payer

KEY = "refund"
PATIENT = "Patient"
NOTHING = Judgement(ZERO, (), ())
TAKEN = "The payer’s remittance shows the money taken back (PLB)."
GONE = "The account’s newest statement shows no credit any more."


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """How each account stands that the changes bear on; nothing if it never held a credit."""
    correlations = accounts_of(changes)
    loaded = load(correlations)
    known = set(
        Case.objects.filter(key=any_text(key_of(each) for each in loaded)).values_list(
            "key", flat=True
        )
    )
    judged = [(each, standing(each)) for each in loaded]
    wanted = [(each, how) for each, how in judged if how or key_of(each) in known]
    people = payers(
        {
            share.payer_id
            for _each, how in wanted
            for share in (how or NOTHING).shares
            if share.payer_id
        }
    )
    for each, how in wanted:
        yield finding_of(each, how, people, correlation_id=correlations[each.account.pk])


def standing(loaded: Loaded) -> Judgement | None:
    """What is wrong with an account; None too when just that was sent back and the payer has it."""
    how = judge(loaded.ledger)
    return None if how and decision_of(how) == loaded.returned else how


def key_of(loaded: Loaded) -> str:
    """What names an account's credit for ever."""
    return f"{KEY}:{loaded.account.pk}"


def finding_of(
    loaded: Loaded, judged: Judgement | None, people: Mapping[int, Payer], *, correlation_id: str
) -> Finding:
    """An account as a finding: it stands while anything is wrong with it."""
    account, how = loaded.account, judged or NOTHING
    details = details_of(loaded, how, people)
    first = leading(how, people)
    claim = loaded.claims[-1] if loaded.claims else None
    return Finding(
        case_type=KEY,
        key=key_of(loaded),
        title="Credit balance" + (f" · {details.words}" if details.words else ""),
        facility_id=account.facility_id,
        payer_id=first or (claim.payer_id if claim else None),
        claim_id=claim.pk if claim else None,
        account_id=account.pk,
        amount=how.amount if judged else ZERO,
        currency=account.currency,
        code=how.suspicions[0].reason.upper() if judged else "",
        category=CATEGORY,
        decision=details.decision,
        disposition=None if judged else settled_as(loaded),
        reason=reason_of(details, account.currency) if judged else gone(loaded),
        correlation_id=correlation_id,
        facts={"is_federal": details.is_federal},
        details=details,
    )


def leading(how: Judgement, people: Mapping[int, Payer]) -> int | None:
    """The payer whose law rules a credit: the first with a share under federal law, or the first.

    None where the patient alone has one.
    """
    payer_ids = [share.payer_id for share in how.shares if share.payer_id is not None]
    federal = [each for each in payer_ids if people[each].payer_class in FEDERAL]
    return next(iter([*federal, *payer_ids]), None)


def details_of(loaded: Loaded, how: Judgement, people: Mapping[int, Payer]) -> RefundDetails:
    """The details of an account."""
    ledger, payments = loaded.ledger, loaded.ledger.payments
    return RefundDetails(
        decision=decision_of(how),
        words=how.suspicions[0].reason.label if how.suspicions else "",
        guarantor=guarantor_digest(loaded.account),
        guarantor_changed_on=loaded.account.guarantor_changed_on,
        balance=ledger.balance,
        credit=ledger.credit,
        owed=ledger.owed,
        insurers_paid=paid(insurers(payments)),
        patient_paid=paid(patients(payments)),
        refunded=total(ledger.of(EntryKind.REFUND)),
        is_federal=any(
            people[share.payer_id].payer_class in FEDERAL
            for share in how.shares
            if share.payer_id is not None
        ),
        suspicions=tuple(
            SuspicionDetails(each.reason.value, each.reason.label, each.amount)
            for each in how.suspicions
        ),
        shares=tuple(
            ShareDetails(
                share.payer_id,
                PATIENT if share.payer_id is None else people[share.payer_id].name,
                share.amount,
            )
            for share in how.shares
        ),
    )


def decision_of(how: Judgement) -> str:
    """SHA-256 (hex) of the credit, its reasons and whose it seems."""
    parts = [
        f"{how.credit:.2f}",
        *(f"{each.reason}:{each.amount:.2f}" for each in how.suspicions),
        *(f"{each.payer_id}:{each.amount:.2f}" for each in how.shares),
    ]
    return sha256("\x1f".join(parts).encode()).hexdigest()


def settled_as(loaded: Loaded) -> Disposition:
    """How a credit went away: taken by the payer, given back by the account's words, put right."""
    if loaded.returned and loaded.ledger.credit:
        return Disposition.RECOUPED
    refunded = loaded.ledger.of(EntryKind.REFUND)
    return Disposition.REFUNDED if refunded else Disposition.CREDIT_CORRECTED


def gone(loaded: Loaded) -> str:
    """Why nothing is wrong any more."""
    return TAKEN if settled_as(loaded) is Disposition.RECOUPED else GONE


def reason_of(details: RefundDetails, currency: str) -> str:
    """What was found, in words."""
    if details.credit:
        return f"The account is {details.credit} {currency} in credit: {details.words.lower()}."
    return f"The account is not in credit, but {details.words.lower()}."
