"""The words of denial work."""

from django.db.models import TextChoices


class Category(TextChoices):
    """Why payers deny, in groups that one team can work."""

    ELIGIBILITY = "ELIGIBILITY", "Eligibility"
    REGISTRATION = "REGISTRATION", "Registration"
    COB = "COB", "Coordination of benefits"
    AUTH = "AUTH", "Authorization"
    MED_NECESSITY = "MED_NECESSITY", "Medical necessity"
    CODING = "CODING", "Coding"
    BUNDLING = "BUNDLING", "Bundling"
    DOCUMENTATION = "DOCUMENTATION", "Documentation"
    TIMELY_FILING = "TIMELY_FILING", "Timely filing"
    DUPLICATE = "DUPLICATE", "Duplicate"
    BILLING_DATA = "BILLING_DATA", "Billing data"
    PROVIDER_ENROLLMENT = "PROVIDER_ENROLLMENT", "Provider enrollment"
    CONTRACTUAL = "CONTRACTUAL", "Contractual"
    NETWORK = "NETWORK", "Network"
    BENEFIT_LIMIT = "BENEFIT_LIMIT", "Benefit limit"
    NON_COVERED = "NON_COVERED", "Not covered"
    PATIENT_RESP = "PATIENT_RESP", "Patient responsibility"
    PAYER_PROCESS = "PAYER_PROCESS", "Payer process"
    APPEAL_OUTCOME = "APPEAL_OUTCOME", "Appeal outcome"
    INTEREST = "INTEREST", "Interest"
    REFUND = "REFUND", "Refund"
    UNSPECIFIED = "UNSPECIFIED", "Unspecified"
    UNKNOWN = "UNKNOWN", "Unknown code"
    NONE = "NONE", "None"


class Appealable(TextChoices):
    """Whether a denial for this reason can be appealed."""

    YES = "Y", "Yes"
    NO = "N", "No"
    SOMETIMES = "S", "Sometimes"


class Group(TextChoices):
    """Who bears an adjustment, as remittances say (CAS01)."""

    CONTRACTUAL = "CO", "Contractual: the provider may not bill the patient"
    PATIENT = "PR", "Patient responsibility"
    OTHER = "OA", "Other: neither"
    PAYER = "PI", "Payer initiated: the provider may dispute"
    CORRECTION = "CR", "Correction (4010 reversals)"


class ClaimStatus(TextChoices):
    """The claim statuses of a remittance (CLP02) that say what an adjudication is.

    The others (processed as primary, secondary, …) say nothing about being paid.
    """

    REVERSAL = "22", "Reversal of a previous payment"
    PREDETERMINATION = "25", "Predetermination, no payment"
