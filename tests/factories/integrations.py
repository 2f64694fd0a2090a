"""Sources, parties, claims and remittances."""

from datetime import date
from decimal import Decimal

import factory

from integrations.canonical import models
from tests.factories.base import Made


class SourceFactory(Made):
    """A source of 835 files."""

    class Meta:
        model = models.Source
        django_get_or_create = ("name",)

    name = "test-clearinghouse"
    label = "Test clearinghouse"
    connector = "x12_835"


class PayerFactory(Made):
    """A payer that somebody confirmed."""

    class Meta:
        model = models.Payer

    key = factory.Sequence(lambda n: f"payer-{n}")
    name = factory.Sequence(lambda n: f"Test Health Plan {n}")
    is_confirmed = True


class PayerIdentifierFactory(Made):
    """What a source calls a payer."""

    class Meta:
        model = models.PayerIdentifier

    source = factory.SubFactory(SourceFactory)
    identifier = factory.Sequence(lambda n: f"P{n:05}")
    payer = factory.SubFactory(PayerFactory)


class FacilityFactory(Made):
    """A hospital."""

    class Meta:
        model = models.Facility

    key = factory.Sequence(lambda n: f"facility-{n}")
    name = factory.Sequence(lambda n: f"Test Hospital {n}")


class FacilityIdentifierFactory(Made):
    """What a source calls a facility."""

    class Meta:
        model = models.FacilityIdentifier

    source = factory.SubFactory(SourceFactory)
    identifier = factory.Sequence(lambda n: f"F{n:05}")
    facility = factory.SubFactory(FacilityFactory)


class ProviderFactory(Made):
    """A clinician."""

    class Meta:
        model = models.Provider

    identifier = factory.Sequence(lambda n: f"{n:010}")
    name = "Test Clinician"


class PatientFactory(Made):
    """A patient of nobody's acquaintance."""

    class Meta:
        model = models.Patient

    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"patient {n}")
    family_name = "Doe"
    given_name = "Jane"
    member_id = factory.Sequence(lambda n: f"M{n:08}")


class CoverageFactory(Made):
    """A patient's membership."""

    class Meta:
        model = models.Coverage

    source = factory.SubFactory(SourceFactory)
    patient = factory.SubFactory(PatientFactory)
    payer = factory.SubFactory(PayerFactory)
    member_id = factory.Sequence(lambda n: f"M{n:08}")


class EncounterFactory(Made):
    """One visit."""

    class Meta:
        model = models.Encounter

    source = factory.SubFactory(SourceFactory)
    external_id = factory.Sequence(lambda n: f"visit {n}")
    patient = factory.SubFactory(PatientFactory)
    facility = factory.SubFactory(FacilityFactory)


class ClaimFactory(Made):
    """A claim of 100.00."""

    class Meta:
        model = models.Claim

    source = factory.SubFactory(SourceFactory)
    payer_identifier = "P00001"
    payee_identifier = "1234567893"
    patient_control_number = factory.Sequence(lambda n: f"PCN{n:06}")
    payer = factory.SubFactory(PayerFactory)
    facility = factory.SubFactory(FacilityFactory)
    patient = factory.SubFactory(PatientFactory)
    charge = Decimal("100.00")
    currency = "USD"
    service_from = date(2026, 1, 2)


class ClaimLineFactory(Made):
    """One line as billed."""

    class Meta:
        model = models.ClaimLine

    claim = factory.SubFactory(ClaimFactory)
    number = factory.Sequence(lambda n: n + 1)
    charge = Decimal("100.00")


class AcknowledgementFactory(Made):
    """An acceptance of a claim that `ClaimFactory` makes, if it is given its number."""

    class Meta:
        model = models.Acknowledgement

    source = factory.SubFactory(SourceFactory)
    digest = factory.Sequence(lambda n: f"{n:064x}")
    patient_control_number = factory.Sequence(lambda n: f"PCN{n:06}")
    payer_control_number = "ICN1"
    payer_identifier = "P00001"
    payer_name = "Some payer"
    payee_identifier = "1234567893"
    batch_number = "B1"
    report_number = "R1"
    standing = models.AcknowledgementStanding.ACCEPTED
    category = "A2"
    status = "20"
    statuses = "A2:20"
    charge = Decimal("100.00")
    service_from = date(2026, 1, 2)
    received_on = date(2026, 1, 10)
    status_on = date(2026, 1, 11)
    position = 19
    message_sha256 = "0" * 64
    correlation_id = "a-test"


class RemittanceFactory(Made):
    """A payment of nothing on 10 February 2026."""

    class Meta:
        model = models.Remittance

    source = factory.SubFactory(SourceFactory)
    payer_identifier = "P00001"
    payee_identifier = "1234567893"
    trace_number = factory.Sequence(lambda n: f"TRACE{n:06}")
    paid_on = date(2026, 2, 10)
    amount = Decimal("0.00")
    payer = factory.SubFactory(PayerFactory)
    facility = factory.SubFactory(FacilityFactory)
    currency = "USD"


class RemittanceReadingFactory(Made):
    """A reading that balances."""

    class Meta:
        model = models.RemittanceReading

    remittance = factory.SubFactory(RemittanceFactory)
    digest = factory.Sequence(lambda n: f"reading {n}")
    claim_count = 1
    quarantined_count = 0
    paid_total = Decimal("0.00")
    provider_adjustment_total = Decimal("0.00")
    is_balanced = True
    is_complete = True


class RemittedClaimFactory(Made):
    """An adjudication that paid nothing of 100.00."""

    class Meta:
        model = models.RemittedClaim

    remittance = factory.SubFactory(RemittanceFactory)
    claim = factory.SubFactory(ClaimFactory)
    digest = factory.Sequence(lambda n: f"{n:016}")
    ordinal = 1
    status_code = "1"
    charge = Decimal("100.00")
    paid = Decimal("0.00")
    position = factory.Sequence(lambda n: n + 1)


class ReversalFactory(Made):
    """One adjudication takes another back."""

    class Meta:
        model = models.Reversal

    reversal = factory.SubFactory(RemittedClaimFactory, status_code="22")
    reversed_claim = factory.SubFactory(RemittedClaimFactory)


class ServiceLineFactory(Made):
    """A line that paid nothing of 100.00."""

    class Meta:
        model = models.ServiceLine

    remitted_claim = factory.SubFactory(RemittedClaimFactory)
    ordinal = 1
    procedure = "99285"
    charge = Decimal("100.00")
    paid = Decimal("0.00")


class AdjustmentFactory(Made):
    """CO-197 on the first line."""

    class Meta:
        model = models.Adjustment

    remitted_claim = factory.SubFactory(RemittedClaimFactory)
    line_ordinal = 1
    ordinal = 1
    group = "CO"
    carc = "197"
    amount = Decimal("100.00")


class RemarkFactory(Made):
    """A remark on the first line."""

    class Meta:
        model = models.Remark

    remitted_claim = factory.SubFactory(RemittedClaimFactory)
    line_ordinal = 1
    ordinal = 1
    place = models.RemarkPlace.LINE
    code = "N29"


class ProviderAdjustmentFactory(Made):
    """A payment change that belongs to no claim."""

    class Meta:
        model = models.ProviderAdjustment

    remittance = factory.SubFactory(RemittanceFactory)
    ordinal = 1
    reason = "WO"
    amount = Decimal("10.00")


class LedgerEntryFactory(Made):
    """One posting; its account must tie to all of them when the transaction ends."""

    class Meta:
        model = models.LedgerEntry

    account = factory.SubFactory("tests.factories.integrations.PatientAccountFactory")
    number = factory.Sequence(lambda n: f"{n}")
    digest = factory.Sequence(lambda n: f"{n:064x}")
    kind = models.EntryKind.CHARGE
    amount = Decimal("0.00")
    posted_on = date(2026, 2, 1)


class PatientAccountFactory(Made):
    """An account on which nothing was posted yet."""

    class Meta:
        model = models.PatientAccount

    source = factory.SubFactory(SourceFactory, name="test-ledger", connector="ledger_csv")
    number = factory.Sequence(lambda n: f"A{n:06}")
    facility = factory.SubFactory(FacilityFactory)
    guarantor = factory.SubFactory(PatientFactory, source=factory.SelfAttribute("..source"))
    guarantor_state = "MO"
    balance = Decimal("0.00")
    stated_on = date(2026, 3, 1)
    source_version = "2026-03-01|L1"
