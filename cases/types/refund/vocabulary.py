"""The words of credit balances: why an account is in credit, whose it is, what became of it."""

from django.db.models import TextChoices


class Reason(TextChoices):
    """Why more was paid than is owed, the surest first."""

    DUPLICATE = "duplicate", "The same payer paid the same line twice"
    TWO_PRIMARIES = "two_primaries", "Two insurers both paid first"
    NOT_TAKEN_BACK = "not_taken_back", "The payer reversed its payment; the account was not told"
    OVER_ALLOWED = "over_allowed", "More was paid than is allowed"
    UNAPPLIED = "unapplied", "Money was taken in and given to no charge"
    PATIENT_FIRST = "patient_first", "The patient paid before the insurer did"
    CHARGE_REVERSED = "charge_reversed", "A charge was taken back after it was paid"
    LATE_CONTRACTUAL = "late_contractual", "The contractual adjustment came after the payments"
    CREDIT = "credit", "The account is in credit"


FEDERAL = frozenset({"medicare", "medicare_advantage", "medicaid", "tricare"})
"""Payer classes whose overpayments are the government's."""
CATEGORY = "CREDIT_BALANCE"


class Outcome(TextChoices):
    """What research found; it is required before money may leave."""

    POSTING_ERROR = "posting_error", "A posting error: the account is put right"
    CHARGE_ERROR = "charge_error", "A charge error: it is billed again"
    OF_PAYER = "of_payer", "A payer paid too much"
    OF_PATIENT = "of_patient", "The patient paid too much"
    UNKNOWN = "unknown", "Too much was paid, by whom is not known yet"


OVERPAID = frozenset({Outcome.OF_PAYER, Outcome.OF_PATIENT})


class Way(TextChoices):
    """How money goes back."""

    CLAIM_ADJUSTMENT = "claim_adjustment", "Adjust or void the claim (frequency 7 or 8)"
    VOLUNTARY_REFUND = "voluntary_refund", "Voluntary refund with a check to the payer"
    RECOUP = "recoup", "Let the payer recoup: a WO on its remittance is expected"
    PATIENT_REFUND = "patient_refund", "Refund to the patient or guarantor"


PAYING = frozenset({Way.VOLUNTARY_REFUND, Way.PATIENT_REFUND})
"""What sends money out, so that it needs approval."""


class FederalActKind(TextChoices):
    """What is signed on a federal overpayment."""

    IDENTIFIED = "identified", "Overpayment identified"
    STARTED = "started", "Good-faith investigation begun"
    ENDED = "ended", "Good-faith investigation ended"


class CheckStatus(TextChoices):
    """Where a refund check stands on its way to its owner, or to the state."""

    ISSUED = "issued", "Issued"
    OUTSTANDING = "outstanding", "Outstanding"
    CLEARED = "cleared", "Cleared"
    STALE = "stale", "Stale"
    CONTACTED = "contacted", "Owner written to"
    ESCHEAT_DUE = "escheat_due", "Due to the state"
    REMITTED = "remitted", "Remitted to the state"
