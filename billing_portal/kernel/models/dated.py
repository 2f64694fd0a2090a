"""Rows that hold for some days: from `valid_from` on, before `valid_to`; an open end is NULL."""

from datetime import date
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q

PERIOD = Func(F("valid_from"), F("valid_to"), function="daterange", output_field=models.TextField())


def in_force(on: date) -> Q:
    """The condition that a row holds on a day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gt=on))


def is_period(name: str) -> models.CheckConstraint:
    """The constraint that a row ends after it began."""
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name=name
    )


def once_at_a_time(name: str, *same: Any, **options: Any) -> ExclusionConstraint:
    """The constraint that no two rows with the same values of these hold on one day.

    `same` names columns or gives expressions; `options` are Django's, such as `deferrable`.
    """
    equal = [(each, RangeOperators.EQUAL) for each in same]
    return ExclusionConstraint(
        name=name, expressions=[*equal, (PERIOD, RangeOperators.OVERLAPS)], **options
    )
