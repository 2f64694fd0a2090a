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
