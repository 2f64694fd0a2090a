"""What is to be done on a case: what its type says, and what the site adds."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from cases.work.models import Case, ChecklistItem, StepMark
from cases.work.types import CASE_TYPES, Step

PREFIX = "site:"
"""Keeps the site's keys apart from those of a type."""


def steps_of(case: Case) -> list[Step]:
    """The steps of a case; no query for one that was read with `checklist`."""
    own = CASE_TYPES.get(case.case_type).steps(case.details)
    return [*own, *(Step(f"{PREFIX}{item['key']}", item["words"]) for item in _items(case))]


def step_columns() -> dict[str, ArraySubquery]:
    """For `annotate`: all that a case's steps and their marks are read from."""
    return {"marks": marks(), "checklist": checklist()}


def marks() -> ArraySubquery:
    """The newest mark of each step of a case's present cycle, as `[{"step", "done"}]`."""
    newest = (
        StepMark.objects.filter(case=OuterRef("pk"), cycle=OuterRef("cycle"))
        .order_by("step", "-pk")
        .distinct("step")
    )
    return ArraySubquery(newest.values(mark=JSONObject(step="step", done="is_done")))


def done_steps(case: Case) -> frozenset[str]:
    """The steps done on a case that was read with `marks`."""
    found: Sequence[Mapping[str, Any]] = getattr(case, "marks", ())
    return frozenset(mark["step"] for mark in found if mark["done"])


def checklist() -> ArraySubquery:
    """What the site adds for a case's type and category, as `[{"key", "words"}]`."""
    added = _active(
        ChecklistItem.objects.filter(case_type=OuterRef("case_type"), category=OuterRef("category"))
    )
    return ArraySubquery(added.values(item=JSONObject(key="key", words="words")))


def _items(case: Case) -> Sequence[Mapping[str, Any]]:
    held: Sequence[Mapping[str, Any]] | None = getattr(case, "checklist", None)
    if held is None:
        items = ChecklistItem.objects.filter(case_type=case.case_type, category=case.category)
        held = list(_active(items).values("key", "words"))
    return held


def _active(items: QuerySet[ChecklistItem]) -> QuerySet[ChecklistItem]:
    return items.filter(is_active=True).order_by("position", "key")
