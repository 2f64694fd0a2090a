"""Appeals, their letters and evidence, other ways, and what is known of payers."""

from datetime import date
from decimal import Decimal

import factory

from cases.payers.models import PayerContact, PayerRule, Topic
from cases.types.denial.appeals.models import (
    Appeal,
    Attestation,
    Exhibit,
    ExhibitKind,
    FollowUp,
    Ground,
    Letter,
    LetterTemplate,
    Method,
    Packet,
    Recourse,
    RecourseStatus,
    Submission,
    Way,
)
from tests.factories.base import Made
from tests.factories.cases import AttachmentFactory, CaseFactory
from tests.factories.integrations import PayerFactory
from tests.factories.people import PersonFactory


class LetterTemplateFactory(Made):
    """A letter that asks to be paid."""

    class Meta:
        model = LetterTemplate

    key = factory.Sequence(lambda n: f"template-{n}")
    name = "Test letter"
    ground = Ground.AUTHORIZATION
    subject = "Appeal of claim {{claim.number}}"
    body = "We dispute {{appeal.amount}}.\n\n{{claim.lines}}\n\nSincerely, {{letter.signer}}"
    required = factory.LazyFunction(list)


class AppealFactory(Made):
    """A first level, in draft."""

    class Meta:
        model = Appeal

    case = factory.SubFactory(CaseFactory)
    decision = factory.LazyAttribute(lambda appeal: appeal.case.details["decision"])
    ground = Ground.AUTHORIZATION
    amount_denied = factory.SelfAttribute("case.amount_at_risk")
    amount_disputed = factory.SelfAttribute("case.amount_at_risk")


class LetterFactory(Made):
    """As its template says."""

    class Meta:
        model = Letter

    appeal = factory.SubFactory(AppealFactory)
    template = factory.SubFactory(LetterTemplateFactory)
    template_version = 1
    subject = factory.SelfAttribute("template.subject")
    body = factory.SelfAttribute("template.body")


class ExhibitFactory(Made):
    """The authorization."""

    class Meta:
        model = Exhibit

    appeal = factory.SubFactory(AppealFactory)
    attachment = factory.SubFactory(AttachmentFactory, case=factory.SelfAttribute("..appeal.case"))
    kind = ExhibitKind.AUTHORIZATION


class AttestationFactory(Made):
    """Somebody stands for a letter."""

    class Meta:
        model = Attestation

    appeal = factory.SubFactory(AppealFactory)
    attachment = factory.SubFactory(AttachmentFactory, case=factory.SelfAttribute("..appeal.case"))
    sha256 = "0" * 64
    statement = "I have read it."
    attested_by = factory.SubFactory(PersonFactory)


class PacketFactory(Made):
    """Two pages."""

    class Meta:
        model = Packet

    appeal = factory.SubFactory(AppealFactory)
    attachment = factory.SubFactory(AttachmentFactory, case=factory.SelfAttribute("..appeal.case"))
    sha256 = "0" * 64
    pages = 2
    manifest = factory.LazyFunction(lambda: {"parts": []})
    built_by = factory.SubFactory(PersonFactory)


class SubmissionFactory(Made):
    """Sent by the payer's portal."""

    class Meta:
        model = Submission

    appeal = factory.SubFactory(AppealFactory)
    packet = factory.SubFactory(PacketFactory, appeal=factory.SelfAttribute("..appeal"))
    packet_sha256 = factory.SelfAttribute("packet.sha256")
    method = Method.PORTAL
    sent_on = date(2026, 3, 5)
    submitted_by = factory.SubFactory(PersonFactory)


class FollowUpFactory(Made):
    """After thirty days."""

    class Meta:
        model = FollowUp

    appeal = factory.SubFactory(AppealFactory)
    days = 30
    due_on = date(2026, 4, 4)


class RecourseFactory(Made):
    """A corrected claim, sent."""

    class Meta:
        model = Recourse

    case = factory.SubFactory(CaseFactory)
    way = Way.CORRECTED_CLAIM
    status = RecourseStatus.SENT
    amount = Decimal("100.00")
    reason = "Modifier 25 added."
    payer_control_number = "ICN1"
    sent_on = date(2026, 3, 5)
    expected_on = date(2026, 4, 4)
    recorded_by = factory.SubFactory(PersonFactory)


class PayerContactFactory(Made):
    """The appeals department."""

    class Meta:
        model = PayerContact

    payer = factory.SubFactory(PayerFactory)
    department = "Appeals"
    phone = "555-0100"


class PayerRuleFactory(Made):
    """Where appeals go."""

    class Meta:
        model = PayerRule

    payer = factory.SubFactory(PayerFactory)
    topic = Topic.APPEAL_ADDRESS
    words = "Appeals, PO Box 1, Springfield"
    citation = "Provider manual 2026, page 12"
