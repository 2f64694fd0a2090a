"""Fiscal periods: the days on which may be posted."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History
from cases.effects.models.accounts import ANY_ENTITY
from cases.effects.vocabulary import PeriodState
from integrations.canonical.models import Facility

DAYS = Func(
    F("starts_on"),
    F("ends_on"),
    Value("[]"),
    function="daterange",
    output_field=models.TextField(),
)


class FiscalPeriod(TimestampedModel):
    """Days that are open or closed for posting; a site's own period goes before everybody's.

    A day in no period is closed.
    """

    entity = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: every site without a period of its own on that day.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The last day of it.")
    state = models.TextField(choices=PeriodState.choices, default=PeriodState.OPEN)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=is_choice("state", PeriodState), name="fiscalperiod_state"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="fiscalperiod_days"
            ),
            ExclusionConstraint(
                name="fiscalperiod_once_a_day",
                expressions=[
                    (ANY_ENTITY, RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"
