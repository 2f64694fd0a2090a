"""The clocks of cases: what happened to them, and how they stand by it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.sla.models.calendars import Calendar
from cases.sla.vocabulary import (
    LIVE,
    Clock,
    ClockState,
    EventKind,
    Party,
    PauseReason,
    Unit,
    WatchStep,
)
from cases.work.models import Case

IS_LIVE = Q(state__in=sorted(LIVE))
WITH_TERMS = [EventKind.START, EventKind.RETARGET]


class ClockTerms(AppendOnlyModel):
    """What a clock allows. Written once and shared by all clocks of the same terms."""

    amount = models.PositiveIntegerField()
    unit = models.TextField(choices=Unit.choices)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    zone = models.TextField()
    pauses = ArrayField(models.TextField(), default=list)
    cap = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "zone", "unit", "amount", "pauses", "cap"],
                name="clockterms_once",
            ),
            models.CheckConstraint(condition=is_choice("unit", Unit), name="clockterms_unit"),
            models.CheckConstraint(
                condition=Q(pauses__contained_by=sorted(PauseReason.values)),
                name="clockterms_pauses",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.get_unit_display().lower()}"


class ClockEvent(AppendOnlyModel):
    """Something that happened to the clocks of a case; in the order of their keys, the truth.

    `clock` empty means all of them. `terms` are the keys of the terms by clock. `version` is the
    case's version after the move that did it; who moved it and why, its history says.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, related_name="clock_events", db_index=False
    )
    kind = models.TextField(choices=EventKind.choices)
    at = models.DateTimeField()
    clock = models.TextField(choices=Clock.choices, default="")
    reason = models.TextField(choices=PauseReason.choices, null=True)
    party = models.TextField(choices=Party.choices, null=True)
    terms = models.JSONField(null=True)
    version = models.PositiveIntegerField(null=True)
    undoes = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", EventKind), name="clockevent_kind"),
            models.CheckConstraint(
                condition=Q(clock="") | is_choice("clock", Clock), name="clockevent_clock"
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.PAUSE, reason__isnull=False, party__isnull=False)
                | (~Q(kind=EventKind.PAUSE) & Q(reason__isnull=True, party__isnull=True)),
                name="clockevent_reason_iff_pause",
            ),
            models.CheckConstraint(
                condition=Q(reason__isnull=True) | is_choice("reason", PauseReason),
                name="clockevent_reason",
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=True) | is_choice("party", Party),
                name="clockevent_party",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(WITH_TERMS)) | Q(terms__isnull=False),
                name="clockevent_terms",
            ),
            models.CheckConstraint(
                condition=Q(kind=EventKind.UNDO, undoes__isnull=False)
                | (~Q(kind=EventKind.UNDO) & Q(undoes__isnull=True)),
                name="clockevent_undoes_iff_undo",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="clockevent_of_case")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d %H:%M}"


class SlaClock(models.Model):
    """How one clock of a case stands: a copy of what its events say, so that lists can ask.

    `run` counts the clocks of one kind: each start and each new target is another. `watch_at` is
    when it is to be looked at next, and for what (`watch_step`); `warned` the share of its time
    that people were last told of, in per cent.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", db_index=False)
    kind = models.TextField(choices=Clock.choices)
    run = models.PositiveSmallIntegerField(default=1)
    state = models.TextField(choices=ClockState.choices, default=ClockState.RUNNING)
    terms = models.ForeignKey(
        ClockTerms, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    pause_reason = models.TextField(choices=PauseReason.choices, null=True)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    watch_at = models.DateTimeField(null=True)
    watch_step = models.PositiveSmallIntegerField(choices=WatchStep.choices, null=True)
    warned = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "kind", "run"], name="slaclock_once"),
            models.UniqueConstraint(
                fields=["case", "kind"], condition=IS_LIVE, name="slaclock_one_live"
            ),
            models.CheckConstraint(condition=is_choice("kind", Clock), name="slaclock_kind"),
            models.CheckConstraint(condition=is_choice("state", ClockState), name="slaclock_state"),
            models.CheckConstraint(
                condition=(IS_LIVE & Q(ended_at__isnull=True))
                | (~IS_LIVE & Q(ended_at__isnull=False, watch_at__isnull=True)),
                name="slaclock_ended_iff_not_live",
            ),
            models.CheckConstraint(
                condition=Q(pause_reason__isnull=True) | is_choice("pause_reason", PauseReason),
                name="slaclock_pause_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=ClockState.PAUSED, pause_reason__isnull=False)
                | (~Q(state=ClockState.PAUSED) & Q(pause_reason__isnull=True)),
                name="slaclock_reason_iff_paused",
            ),
            models.CheckConstraint(
                condition=Q(watch_at__isnull=True, watch_step__isnull=True)
                | (Q(watch_at__isnull=False) & Q(watch_step__in=sorted(WatchStep.values))),
                name="slaclock_watch_paired",
            ),
        ]
        indexes = [
            models.Index(
                fields=["watch_at"], condition=Q(watch_at__isnull=False), name="slaclock_watch"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_state_display()}"
