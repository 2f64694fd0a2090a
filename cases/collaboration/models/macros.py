"""Macros: what is often written, and what is done right after it."""

from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.collaboration.vocabulary import MacroVerb
from cases.work.lifecycle import Disposition
from cases.work.models import NoteKind


class Macro(TimestampedModel):
    """A named text of one team (of everybody without one), perhaps with a verb that follows.

    The text may hold `{reference}`, `{payer}`, `{code}`, `{amount}` and `{today}`.
    """

    key = models.SlugField(unique=True)
    name = models.TextField()
    team = models.TextField(
        default="", blank=True, help_text="As the queue names its team; empty: every team's."
    )
    text = models.TextField(
        help_text="May hold {reference}, {payer}, {code}, {amount} and {today}."
    )
    note_kind = models.TextField(choices=NoteKind.choices, default=NoteKind.COMMENT)
    verb = models.TextField(
        choices=MacroVerb.choices, default="", blank=True, help_text="What is done with the note."
    )
    days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="For how many days it is deferred."
    )
    disposition = models.TextField(
        choices=Disposition.choices, null=True, blank=True, help_text="How it is resolved."
    )
    position = models.PositiveIntegerField(default=100, help_text="Order in lists.")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("note_kind", NoteKind), name="macro_kind"),
            models.CheckConstraint(
                condition=Q(verb="") | is_choice("verb", MacroVerb), name="macro_verb"
            ),
            models.CheckConstraint(
                condition=Q(disposition__isnull=True) | is_choice("disposition", Disposition),
                name="macro_disposition",
            ),
            models.CheckConstraint(condition=~Q(text="") & ~Q(name=""), name="macro_says"),
            models.CheckConstraint(
                condition=Q(verb=MacroVerb.DEFER, days__isnull=False, days__gt=0)
                | (~Q(verb=MacroVerb.DEFER) & Q(days__isnull=True)),
                name="macro_days_iff_defer",
            ),
            models.CheckConstraint(
                condition=Q(verb=MacroVerb.RESOLVE, disposition__isnull=False)
                | (~Q(verb=MacroVerb.RESOLVE) & Q(disposition__isnull=True)),
                name="macro_disposition_iff_resolve",
            ),
        ]

    def __str__(self) -> str:
        return self.name
