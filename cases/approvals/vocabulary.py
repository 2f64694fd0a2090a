"""The words of approvals. Pure.

Sources: the house's approval policies and its segregation-of-duties matrix.
"""

from django.db.models import TextChoices


class Matter(TextChoices):
    """What is asked for."""

    WRITE_OFF = "write_off", "Write-off"
    SMALL_BALANCE = "small_balance", "Small balances"
    PATIENT_REFUND = "patient_refund", "Patient refund"
    PAYER_REFUND = "payer_refund", "Payer refund"
    INVOICE_VARIANCE = "invoice_variance", "Invoice variance"
    NO_ORDER_INVOICE = "no_order_invoice", "Invoice without an order"
    DUPLICATE_RELEASE = "duplicate_release", "Release of a suspected duplicate"
    CONTRACT_SETTLEMENT = "contract_settlement", "Contract settlement"
    MANUAL_JOURNAL = "manual_journal", "Manual journal"
    CLOSED_PERIOD = "closed_period", "Posting to a closed period"
    ABANDON_DEADLINE = "abandon_deadline", "Abandoning a missed deadline"
    VOID_CASE = "void_case", "Voiding a case"
    BREAK_GLASS = "break_glass", "Emergency access"
    VENDOR_BANK_CHANGE = "vendor_bank_change", "Change of a vendor’s bank"


MONEYLESS = frozenset(
    {
        Matter.CLOSED_PERIOD,
        Matter.ABANDON_DEADLINE,
        Matter.VOID_CASE,
        Matter.BREAK_GLASS,
        Matter.VENDOR_BANK_CHANGE,
    }
)
"""What may be asked for without an amount."""


class RequestState(TextChoices):
    """How far a request has come."""

    PENDING = "pending", "Waiting for a decision"
    RETURNED = "returned", "Returned for information"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    VOIDED = "voided", "Void: what it was about changed"


LIVE = frozenset({RequestState.PENDING, RequestState.RETURNED})


class Act(TextChoices):
    """What somebody had to do with a request: made what it asks for, or decided on it."""

    REQUEST = "request", "Asked for it"
    PREPARE = "prepare", "Prepared it"
    EDIT = "edit", "Last changed amount or payee"
    OWN = "own", "Owned the case"
    POST_PAYMENT = "post_payment", "Posted the payment"
    ENTER_INVOICE = "enter_invoice", "Entered the invoice"
    RECEIVE_GOODS = "receive_goods", "Received the goods"
    APPROVE = "approve", "Approved"
    REJECT = "reject", "Rejected"
    RETURN = "return", "Returned for information"


VERDICTS = frozenset({Act.APPROVE, Act.REJECT, Act.RETURN})
MAKERS = frozenset(Act) - VERDICTS


class StepMode(TextChoices):
    """How many of those named in a step must approve."""

    ANY = "any", "Any of"
    ALL = "all", "Each of"
    SOME = "n_of", "So many of"


class Told(TextChoices):
    """Who was told of the step that a request waits in."""

    NOBODY = "nobody", "Nobody yet"
    ASKED = "asked", "Those who may decide"
    REMINDED = "reminded", "Those who may decide, again"
    ESCALATED = "escalated", "Those above"
    MANAGER = "manager", "The managers"


class PayeeKind(TextChoices):
    """Who receives money."""

    PAYER = "payer", "Payer"
    PATIENT = "patient", "Patient"
    VENDOR = "vendor", "Vendor"
