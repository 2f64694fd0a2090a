"""The words of payment variances. Pure."""

from django.db.models import TextChoices

KEY = "payment_variance"
CATEGORY = "UNDERPAYMENT"
UNDERPAID = "UNDERPAID"


class CodeKind(TextChoices):
    """What a contract rate is for."""

    PROCEDURE = "procedure", "Procedure (CPT or HCPCS)"
    REVENUE = "revenue", "Revenue code"
