"""What was carried out: effects, and the journals that some of them book. Facts, never changed."""

import re
import uuid
from collections.abc import Iterable
from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    currency_field,
    is_currency,
    money_field,
)
from billing_portal.kernel.pure.money import ZERO
from cases.effects.models.accounts import Account
from cases.effects.models.templates import JournalTemplate
from cases.work.models import Case
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility

KEY = re.compile(r"[0-9a-f]{32}")


class EffectQuerySet(models.QuerySet["Effect"]):
    """Questions asked of effects."""

    def standing(self) -> Self:
        """That hold: neither reversed, nor a reversal."""
        reversed_ = Effect.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(reversed_), reverses__isnull=True)

    def with_keys(self, keys: Iterable[str]) -> Self:
        """Known under one of these keys; what is no key of ours finds nothing."""
        ours = [uuid.UUID(key) for key in keys if KEY.fullmatch(key)]
        return self.filter(event_key__in=ours)

    def visible_to(self, user: User) -> Self:
        """Of cases in queues and sites that somebody sees."""
        scope = scope_of(user)
        return self.filter(case__queue__in=scope.queues, case__facility__in=scope.facilities)


class Effect(AppendOnlyModel):
    """One thing that a decided case does outside: a voucher, a payment, a release.

    `event_key` follows from case, event and version, travels with the command and stands in the
    partner's document: the same decision never does it twice. `event` says what it does; of one
    case only one stands for an event, until its reversal. `digest` is that of the approval it rests
    on, `amount` what was approved, in `currency`.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="effects", db_index=False)
    kind = models.TextField(help_text="The matter that was decided.")
    event = models.TextField()
    version = models.PositiveIntegerField(help_text="Of the case, when it was decided.")
    event_key = models.UUIDField(unique=True)
    amount = money_field()
    currency = currency_field()
    request_reference = models.TextField()
    digest = models.TextField()
    reverses = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )
    reason = models.TextField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects = EffectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "event", "version"], name="effect_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="effect_amount"),
            models.CheckConstraint(condition=is_currency("currency"), name="effect_currency"),
            models.CheckConstraint(
                condition=~Q(event="") & ~Q(digest="") & ~Q(request_reference="") & ~Q(reason=""),
                name="effect_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} of case {self.case_id}"


class JournalQuerySet(models.QuerySet["Journal"]):
    """Questions asked of journals."""

    def visible_to(self, user: User) -> Self:
        """Of cases in queues and sites that somebody sees."""
        scope = scope_of(user)
        return self.filter(
            effect__case__queue__in=scope.queues, effect__case__facility__in=scope.facilities
        )


class Journal(AppendOnlyModel):
    """One voucher: dated, of one site, in one currency; debits and credits both come to `total`.

    The database adds its lines up when the transaction commits, so no line can come later.
    `original_on` is the day of the decision, `posting_on` that day or the first open one after it.
    """

    effect = models.OneToOneField(Effect, on_delete=models.PROTECT, related_name="journal")
    template = models.ForeignKey(JournalTemplate, on_delete=models.PROTECT, related_name="+")
    entity = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="+")
    currency = currency_field()
    total = money_field()
    posting_on = models.DateField()
    original_on = models.DateField()
    text = models.TextField()
    recorded_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    objects = JournalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(total__gt=0), name="journal_total"),
            models.CheckConstraint(condition=is_currency("currency"), name="journal_currency"),
            models.CheckConstraint(
                condition=Q(posting_on__gte=models.F("original_on")), name="journal_posting_on"
            ),
        ]
        indexes = [models.Index(fields=["entity", "posting_on"], name="journal_of_entity")]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """The number that people and the ERP know it by."""
        return f"JE-{self.pk:06}"


class JournalLine(AppendOnlyModel):
    """One side of a journal on one account; either debit or credit, in the journal's currency."""

    journal = models.ForeignKey(
        Journal, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    position = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    debit = money_field(default=ZERO)
    credit = money_field(default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journal", "position"], name="journalline_once"),
            models.CheckConstraint(
                condition=Q(debit__gt=0, credit=0) | Q(debit=0, credit__gt=0),
                name="journalline_one_side",
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.position} of journal {self.journal_id}"
