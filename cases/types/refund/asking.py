"""What a refund asks approval for: whom it pays, how much, and who may not decide on it."""

from datetime import date, timedelta
from hashlib import sha256

from cases.approvals.asking import Ask
from cases.approvals.sealing import Payee
from cases.approvals.vocabulary import Act, Matter, PayeeKind
from cases.types.refund import queries
from cases.types.refund.loading import load_one
from cases.types.refund.models import Research
from cases.types.refund.owning import PayeeRefused
from cases.types.refund.postings import insurers
from cases.types.refund.vocabulary import FEDERAL, Outcome, Way
from cases.work.models import Case
from integrations.canonical.models import Patient, PatientAccount, Payer

RECENT = timedelta(days=30)
MATTERS = {Way.VOLUNTARY_REFUND: Matter.PAYER_REFUND, Way.PATIENT_REFUND: Matter.PATIENT_REFUND}


def ask_of(case: Case, found: Research, *, way: Way, on: date) -> Ask:
    """What is to be approved. Raises PayeeRefused.

    Who posted the payment that goes back may not decide; a guarantor whose address or bank details
    changed in the last thirty days asks for more hands.
    """
    assert case.account is not None
    facts = {}
    if found.payer is not None and found.payer.payer_class in FEDERAL:
        facts["federal"] = "yes"
    if way is Way.PATIENT_REFUND and changed_lately(case.account, on=on):
        facts["payee_changed"] = "yes"
    posted = queries.posters(case, payer_id=found.payer_id)
    return Ask(
        matter=MATTERS[way],
        amount=found.amount,
        currency=case.currency,
        payee=payee_of(case.account, found),
        accounts=(str(case.account.public_id),),
        facts=facts,
        makers={Act.POST_PAYMENT: [each.pk for each in posted], Act.PREPARE: [found.found_by_id]},
    )


def payee_of(account: PatientAccount, found: Research) -> Payee:
    """A payer that paid on the account, or its guarantor on file; nobody else. Raises PayeeRefused.

    Names are kept as digests.
    """
    if found.outcome == Outcome.OF_PAYER:
        return payer_of(account, found.payer)
    if account.guarantor is None:
        raise PayeeRefused("No guarantor is on file: nobody can be paid.")
    name = name_of(account.guarantor)
    return Payee(PayeeKind.PATIENT, account.guarantor.external_id, digest_of(name))


def payer_of(account: PatientAccount, payer: Payer | None) -> Payee:
    """A payer whose payment stands on the account. Raises PayeeRefused."""
    sources = {e.posting.payer_id for e in insurers(load_one(account).ledger.payments)}
    if payer is None or payer.pk not in sources:
        raise PayeeRefused("Only a payer whose payment stands on the account can be paid back.")
    return Payee(PayeeKind.PAYER, payer.key, digest_of(payer.name))


def guarantor_digest(account: PatientAccount) -> str:
    """SHA-256 (hex) of who the guarantor is and is called; empty when none is on file."""
    guarantor = account.guarantor
    return digest_of(f"{guarantor.external_id}|{name_of(guarantor)}") if guarantor else ""


def name_of(guarantor: Patient) -> str:
    """What a guarantor is called, in one text."""
    return f"{guarantor.family_name}|{guarantor.given_name}"


def changed_lately(account: PatientAccount, *, on: date) -> bool:
    """Whether the guarantor's address or bank details changed in the last thirty days."""
    changed = account.guarantor_changed_on
    return changed is not None and on - changed < RECENT


def digest_of(name: str) -> str:
    """SHA-256 (hex)."""
    return sha256(name.encode()).hexdigest()
