"""The words of the ledger: what accounts are for, what templates book. Pure."""

from django.db.models import TextChoices


class AccountKind(TextChoices):
    """What an account holds; the sub-ledger vouches for what a receivable holds."""

    ASSET = "asset", "Asset"
    RECEIVABLE = "receivable", "Receivable"
    LIABILITY = "liability", "Liability"
    REVENUE = "revenue", "Revenue"
    EXPENSE = "expense", "Expense"


class AccountRole(TextChoices):
    """What a template asks an account for; which account that is, mappings say, site by site."""

    CASH = "cash", "Cash"
    CLEARING = "clearing", "Payments clearing"
    AR_INSURANCE = "ar_insurance", "A/R insurance"
    AR_PATIENT = "ar_patient", "A/R patient"
    DENIAL_RESERVE = "denial_reserve", "Denial reserve"
    CONCESSION_RESERVE = "concession_reserve", "Price-concession reserve"
    VENDOR_RECEIVABLE = "vendor_receivable", "Vendor receivable"
    RECOVERABLE_TAX = "recoverable_tax", "Recoverable tax"
    PATIENT_REFUNDS = "patient_refunds", "Patient refunds payable"
    PAYER_REFUNDS = "payer_refunds", "Payer refunds payable"
    UNCLAIMED = "unclaimed", "Unclaimed property"
    PAYABLE = "payable", "Accounts payable"
    GOODS_RECEIVED = "goods_received", "Goods received, not invoiced (GR/IR)"
    ACCRUED = "accrued", "Accrued expenses"
    GROSS_REVENUE = "gross_revenue", "Gross patient revenue"
    CONTRACTUAL = "contractual", "Contractual adjustments"
    DENIAL_ADJUSTMENT = "denial_adjustment", "Denial adjustments"
    CHARITY = "charity", "Charity care"
    PRICE_CONCESSION = "price_concession", "Implicit price concessions"
    SMALL_BALANCE = "small_balance", "Small-balance adjustments"
    EXPENSE = "expense", "Expense"
    PRICE_VARIANCE = "price_variance", "Price variance"
    CREDIT_LOSS = "credit_loss", "Credit losses"
    INTEREST = "interest", "Interest income"


class Template(TextChoices):
    """The templates that come with the house; a site may add its own."""

    REMITTANCE_POSTED = "remittance_posted", "Remittance posted"
    COST_SHARE = "cost_share", "Cost share to the patient"
    DENIAL_RESERVED = "denial_reserved", "Denial received, reserved"
    DENIAL_WRITTEN_OFF = "denial_written_off", "Denial written off"
    DENIAL_OVERTURNED = "denial_overturned", "Denial overturned and paid"
    PAYER_CREDIT = "payer_credit", "Credit balance owed to a payer"
    PATIENT_CREDIT = "patient_credit", "Credit balance owed to a patient"
    PAYER_REFUND = "payer_refund", "Payer refund approved"
    PATIENT_REFUND = "patient_refund", "Patient refund approved"
    REFUND_PAID = "refund_paid", "Refund paid"
    CHEQUE_STALE = "cheque_stale", "Refund cheque gone stale"
    PAYER_CHEQUE_STALE = "payer_cheque_stale", "Refund cheque to a payer gone stale"
    CHEQUE_ESCHEATED = "cheque_escheated", "Stale refund due to the state"
    UNCLAIMED_REMITTED = "unclaimed_remitted", "Unclaimed property remitted"
    TAKEBACK = "takeback", "Overpayment taken back by the payer"
    PAYER_INTEREST = "payer_interest", "Interest from a payer"
    SMALL_BALANCE = "small_balance", "Small balance adjusted"
    CHARITY = "charity", "Charity care granted"
    CONCESSION_RESERVED = "concession_reserved", "Expected price concession"
    CREDIT_LOSS = "credit_loss", "Credit loss on a patient balance"
    INVOICE_POSTED = "invoice_posted", "Vendor invoice with an order"
    INVOICE_WITHOUT_ORDER = "invoice_without_order", "Vendor invoice without an order"
    INVOICE_ACCRUED = "invoice_accrued", "Held invoice at month end"
    VENDOR_CREDIT = "vendor_credit", "Vendor credit"
    DUPLICATE_RECOVERY = "duplicate_recovery", "Duplicate payment to be recovered"


class PeriodState(TextChoices):
    """Whether a fiscal period takes postings."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
