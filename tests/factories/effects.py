"""The ledger: accounts, periods, templates, effects and their journals."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory

from cases.actions import backdating
from cases.actions.backdating import Voucher
from cases.effects.comparing import DifferenceKind
from cases.effects.models import (
    Account,
    AccountMapping,
    Effect,
    FiscalPeriod,
    Journal,
    JournalLine,
    JournalTemplate,
    Ledger,
    LedgerDifference,
    Reconciliation,
    Reopening,
    TemplateLine,
)
from cases.effects.services import event_key
from cases.effects.vocabulary import AccountKind, AccountRole, PeriodState
from tests.factories.approvals import ApprovedRequestFactory
from tests.factories.approvers import approvers, decided
from tests.factories.base import Made
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.outbox import DestinationFactory
from tests.factories.people import PersonFactory

AMOUNT = Decimal("100.00")


class AccountFactory(Made):
    """An account beside those that come with the house."""

    class Meta:
        model = Account

    code = factory.Sequence(lambda n: f"9{n:04}")
    name = factory.Sequence(lambda n: f"Test account {n}")
    kind = AccountKind.ASSET


class AccountMappingFactory(Made):
    """A site's own cash account."""

    class Meta:
        model = AccountMapping

    role = AccountRole.CASH
    entity = factory.SubFactory(FacilityFactory)
    account = factory.SubFactory(AccountFactory)
    valid_from = date(2026, 1, 1)


class FiscalPeriodFactory(Made):
    """A site's own March, open."""

    class Meta:
        model = FiscalPeriod

    entity = factory.SubFactory(FacilityFactory)
    starts_on = date(2026, 3, 1)
    ends_on = date(2026, 3, 31)


class JournalTemplateFactory(Made):
    """A template without lines."""

    class Meta:
        model = JournalTemplate

    key = factory.Sequence(lambda n: f"test-{n}")
    label = factory.Sequence(lambda n: f"Test template {n}")
    citation = "Made for a test"
    valid_from = date(2026, 1, 1)


class TemplateLineFactory(Made):
    """From the receivable to denial adjustments."""

    class Meta:
        model = TemplateLine

    template = factory.SubFactory(JournalTemplateFactory)
    position = 1
    debit = AccountRole.DENIAL_ADJUSTMENT
    credit = AccountRole.AR_INSURANCE


class EffectFactory(Made):
    """Something approved and done, that books nothing by itself."""

    class Meta:
        model = Effect

    class Params:
        approval = factory.SubFactory(
            ApprovedRequestFactory,
            case=factory.SelfAttribute("..case"),
            matter=factory.SelfAttribute("..kind"),
            amount=factory.SelfAttribute("..amount"),
        )

    case = factory.SubFactory(CaseFactory)
    kind = "write_off"
    event = "denial_written_off"
    version = 1
    event_key = factory.LazyAttribute(lambda o: event_key(o.case.public_id, o.event, o.version))
    amount = AMOUNT
    request_reference = factory.SelfAttribute("approval.reference")
    digest = factory.SelfAttribute("approval.digest")
    reason = "Approved for a test"
    made_by = factory.SubFactory(PersonFactory)
    decided_at = OPENED


class BareJournalFactory(Made):
    """A journal without lines: the database refuses it when the transaction commits."""

    class Meta:
        model = Journal

    effect = factory.SubFactory(EffectFactory)
    template = factory.LazyFunction(
        lambda: JournalTemplate.objects.get(key="denial_written_off", valid_to=None)
    )
    entity = factory.SelfAttribute("effect.case.facility")
    total = AMOUNT
    posting_on = date(2026, 3, 2)
    original_on = date(2026, 3, 2)
    text = "Written off for a test"


class JournalLineFactory(Made):
    """The debit of a journal."""

    class Meta:
        model = JournalLine

    journal = factory.SubFactory(BareJournalFactory)
    position = 1
    account = factory.LazyFunction(lambda: Account.objects.get(code="4110"))
    debit = AMOUNT


class JournalFactory(BareJournalFactory):
    """A denial written off, both of its sides."""

    class Meta:
        model = Journal
        skip_postgeneration_save = True

    @factory.post_generation
    def sides(self, create, extracted, **_options):
        if extracted is not None:
            return
        JournalLineFactory(journal=self, debit=self.total)
        JournalLineFactory(
            journal=self,
            position=2,
            account=Account.objects.get(code="1100"),
            debit=Decimal(0),
            credit=self.total,
        )


class LedgerFactory(Made):
    """One system keeps the books of every site."""

    class Meta:
        model = Ledger
        django_get_or_create = ("entity",)

    entity = None
    destination = factory.SubFactory(DestinationFactory)


class ReconciliationFactory(Made):
    """A comparison of a month."""

    class Meta:
        model = Reconciliation

    destination = factory.SubFactory(DestinationFactory)
    since = OPENED
    effects = 1
    entries = 1
    ran_at = OPENED


class LedgerDifferenceFactory(Made):
    """Something that stands in the ledger twice."""

    class Meta:
        model = LedgerDifference

    reconciliation = factory.SubFactory(ReconciliationFactory)
    key = "a" * 32
    kind = DifferenceKind.DOUBLED
    ours = AMOUNT
    theirs = AMOUNT * 2
    words = "There more than once"


class ReopeningFactory(Made):
    """January 2026, reopened by two people for one write-off of 100.00."""

    class Meta:
        model = Reopening

    @classmethod
    def _create(cls, model_class: type[Reopening], **fields: Any) -> Reopening:
        case = fields.get("case") or CaseFactory(amount_at_risk=AMOUNT)
        close(date(2026, 1, 1), case.facility)
        somebody = approvers(case)
        voucher = Voucher("denial_written_off", AMOUNT, date(2026, 1, 20))
        approval = backdating.request(
            case=case,
            voucher=voucher,
            by=somebody("denial_specialist"),
            reason="The auditors ask for it",
            at=OPENED,
            seen_version=case.version,
        )
        for role in ("controller", "cfo"):
            decided(approval, somebody(role))
        return model_class.objects.get(reference=approval.reference)


def close(month: date, entity: Any) -> FiscalPeriod:
    """A site's own month, closed."""
    ends_on = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return FiscalPeriodFactory(
        entity=entity, starts_on=month, ends_on=ends_on, state=PeriodState.CLOSED
    )
