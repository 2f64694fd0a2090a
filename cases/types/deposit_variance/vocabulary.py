"""The words of deposit variances. Pure."""

from django.db.models import TextChoices

KEY = "deposit_variance"
CATEGORY = "DEPOSIT"


class Gap(TextChoices):
    """What keeps a payment and its deposit apart."""

    NO_DEPOSIT = "no_deposit", "Remittance without its deposit"
    NO_REMITTANCE = "no_remittance", "Deposit without its remittance"
    OTHER_AMOUNT = "other_amount", "Deposit of another amount"
