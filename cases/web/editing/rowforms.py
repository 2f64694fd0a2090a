"""One row of a book as a form: a rule as a sentence, a target, a code, the weights.

A form shapes input and explains what cannot be read; what a whole content may say, its book checks.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.utils.text import slugify

from cases.actions.books.priority import NUMBERS, OF_A_CATEGORY, Bounds, text_of
from cases.routing.conditions import OPERATORS, ConditionRefused, Operator, compiled
from cases.routing.fields import FIELDS, TERMS
from cases.sla.vocabulary import Clock, CountsIn, Unit
from cases.types.denial.vocabulary import Appealable, Category
from cases.web.editing.sentences import ALL, JOINS, WORDS, Clause, Sentence, sentence_of, tree_of
from cases.work.models import Queue
from cases.work.types import CASE_TYPES

SPARE = 2
"""Empty clauses at the end of a sentence."""
MOST_CLAUSES = 30
Row = Mapping[str, Any]


class RowForm(forms.Form):
    """A row of a content; `row` is None for a new one."""

    def __init__(self, *args: Any, row: Row | None = None, **given: Any) -> None:
        given.setdefault("initial", self.initial_of(row) if row else None)
        super().__init__(*args, **{**given, "auto_id": "row_%s"})
        self.held: Row = row or {}
        self.prepare()

    @staticmethod
    def initial_of(row: Row) -> dict[str, Any]:
        """What the fields show of a row."""
        return dict(row)

    def prepare(self) -> None:
        """Fill choices."""

    def read(self) -> dict[str, Any]:
        """The row as it was written; what the form does not show stays."""
        return {**self.held, **self.cleaned_data}


def queue_choices() -> list[tuple[str, str]]:
    """The open queues, by key."""
    return list(
        Queue.objects.filter(is_active=True)
        .order_by("position", "name", "pk")
        .values_list("key", "name")
    )


class ClauseForm(forms.Form):
    """“category is AUTH”."""

    field = forms.ChoiceField(
        choices=[("", "…"), *((key, each.term.label) for key, each in FIELDS.items())],
        required=False,
        label="Field",
    )
    operator = forms.ChoiceField(
        choices=[(each.value, WORDS[each]) for each in Operator], required=False, label="Comparison"
    )
    value = forms.CharField(required=False, max_length=2_000, label="Value")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name == "value":
                field.widget.attrs["size"] = 16

    def clean(self) -> dict[str, Any]:
        """A comparison that its field takes; an empty clause is none."""
        said: dict[str, Any] = super().clean() or {}
        term = TERMS.get(said.get("field", ""))
        if term is None:
            if said.get("value"):
                self.add_error("field", "Choose what this value is compared with.")
            return said
        operator = Operator(said.get("operator") or Operator.IS)
        if operator not in OPERATORS[term.kind]:
            known = ", ".join(WORDS[each] for each in sorted(OPERATORS[term.kind]))
            self.add_error("operator", f"“{term.label}” takes: {known}.")
        if not said.get("value", "").strip():
            self.add_error("value", f"Say with what “{term.label}” is compared.")
        return said

    @property
    def clause(self) -> Clause | None:
        """What was typed; None for nothing."""
        said = self.cleaned_data
        if not said.get("field"):
            return None
        return Clause(said["field"], said["operator"], said["value"])


Clauses = formset_factory(ClauseForm, extra=0, max_num=MOST_CLAUSES, validate_max=True)


class RuleForm(RowForm):
    """When the condition holds, a case goes to the queue."""

    name = forms.CharField(
        label="What the rule does, in words",
        max_length=200,
        error_messages={"required": "Say what the rule does, in a few words."},
    )
    join = forms.ChoiceField(
        label="When", choices=JOINS, initial=ALL, widget=forms.RadioSelect({"class": "choices"})
    )
    written = forms.JSONField(
        label="Condition as it is written",
        required=False,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false", "class": "mono"}),
        help_text="It is nested too deep for a sentence, so it is edited as it is written.",
    )
    queue = forms.ChoiceField(label="Then the case goes to")
    is_active = forms.BooleanField(label="The rule is active", required=False, initial=True)

    def prepare(self) -> None:
        """A sentence where the condition makes one, else its text."""
        fields: Any = self.fields
        fields["queue"].choices = queue_choices()
        sentence = sentence_of(self.held["condition"]) if self.held else Sentence(ALL, ())
        if sentence is None:
            del fields["join"]
            self.clauses: BaseFormSet[ClauseForm] | None = None
            return
        del fields["written"]
        held = [
            {"field": each.field, "operator": each.operator, "value": each.value}
            for each in sentence.clauses
        ]
        blank: list[dict[str, Any]] = [{} for _ in range(SPARE)]
        self.clauses = Clauses(self.data or None, initial=[*held, *blank], prefix="clause")

    @staticmethod
    def initial_of(row: Row) -> dict[str, Any]:
        """The rule, its condition as a sentence or as text."""
        sentence = sentence_of(row["condition"])
        return {**row, "written": row["condition"], "join": sentence.join if sentence else ALL}

    def clean(self) -> dict[str, Any]:
        """A condition that can be understood."""
        said: dict[str, Any] = super().clean() or {}
        if self.clauses is not None and not self.clauses.is_valid():
            self.add_error(None, "A part of the sentence cannot be read: it says why beside it.")
            return said
        if not self.errors:
            said["condition"] = self.condition(said)
        return said

    def condition(self, said: Row) -> Any:
        """The tree that was typed; an error when it is none."""
        tree = said["written"] if self.clauses is None else self._tree(said["join"])
        try:
            compiled(tree, TERMS)
        except ConditionRefused as refusal:
            self.add_error(None, str(refusal))
        return tree

    def _tree(self, join: str) -> Any:
        typed = [form.clause for form in self.clauses or () if form.clause is not None]
        return tree_of(Sentence(join, tuple(typed)), TERMS)

    def read(self) -> dict[str, Any]:
        """The rule; a new one is named after its words."""
        said = self.cleaned_data
        key = self.held.get("key") or slugify(said["name"])[:50].strip("-") or "rule"
        names = ("name", "condition", "queue", "is_active")
        return {**self.held, "key": key, **{name: said[name] for name in names}}


class TargetForm(RowForm):
    """By when a queue's cases are to be touched or resolved; which target it is never changes."""

    queue = forms.ChoiceField(label="Queue")
    case_type = forms.ChoiceField(label="Kind of case", required=False)
    clock = forms.ChoiceField(label="What is timed", choices=Clock.choices)
    amount = forms.IntegerField(
        label="How much",
        min_value=0,
        max_value=1_000,
        error_messages={"required": "Say how much time there is."},
    )
    unit = forms.ChoiceField(label="Of what", choices=Unit.choices)
    counts_in = forms.ChoiceField(label="Counted in", choices=CountsIn.choices)
    pauses_for_payer = forms.BooleanField(
        label="Pauses while it waits for the payer", required=False
    )
    pauses_for_info = forms.BooleanField(
        label="Pauses while it waits for information", required=False
    )
    pauses_when_deferred = forms.BooleanField(label="Pauses while it is deferred", required=False)
    pause_cap = forms.IntegerField(
        label="A pause ends by itself after",
        help_text="Business days.",
        min_value=1,
        max_value=250,
        initial=15,
        error_messages={"required": "Say after how many business days a pause ends by itself."},
    )

    def prepare(self) -> None:
        """A new target says which one it is."""
        fields: Any = self.fields
        if self.held:
            for name in ("queue", "case_type", "clock"):
                del fields[name]
            return
        fields["queue"].choices = queue_choices()
        kinds = [(each.key, each.label) for each in CASE_TYPES]
        fields["case_type"].choices = [("", "Every kind"), *kinds]


class CodeForm(RowForm):
    """What an adjustment code (CARC) means from a day on."""

    code = forms.CharField(label="Code (CARC)", max_length=10)
    words = forms.CharField(label="In our words", max_length=500)
    category = forms.ChoiceField(choices=Category.choices)
    is_denial = forms.BooleanField(label="It makes a denial", required=False)
    queue = forms.ChoiceField(label="Queue")
    first_action = forms.CharField(label="First action", max_length=500)
    appealable = forms.ChoiceField(label="Can be appealed", choices=Appealable.choices)
    preventable_stage = forms.CharField(label="Where it could be prevented", max_length=50)
    valid_from = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}))
    valid_to = forms.DateField(
        label="Until (that day not included)",
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )

    def prepare(self) -> None:
        """The open queues."""
        fields: Any = self.fields
        fields["queue"].choices = queue_choices()

    def clean(self) -> dict[str, Any]:
        """A period that ends after it begins."""
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("valid_from"), said.get("valid_to")
        if begins and ends and ends <= begins:
            self.add_error("valid_to", "It ends the day before this one, so a later day is needed.")
        return said

    def read(self) -> dict[str, Any]:
        """Days as text, as contents hold them."""
        row = super().read()
        for name in ("valid_from", "valid_to"):
            row[name] = row[name].isoformat() if row[name] else None
        return row


class RemarkForm(CodeForm):
    """What a remark code (RARC) adds from a day on."""

    is_alert = forms.BooleanField(label="It is an alert: it never makes a denial", required=False)
    is_denial = appealable = preventable_stage = None  # type: ignore[assignment]  # not of remarks

    field_order = ("code", "words", "is_alert")


class WeightsForm(RowForm):
    """What the next case is chosen by, for all cases."""

    def prepare(self) -> None:
        """A number for each weight."""
        for name, bounds in NUMBERS.items():
            self.fields[name] = number_field(bounds)

    def read(self) -> dict[str, Any]:
        """Numbers as text, as contents hold them."""
        return {name: text_of(self.cleaned_data[name]) for name in NUMBERS}


class CategoryForm(RowForm):
    """What holds for the cases of one category instead."""

    category = forms.ChoiceField(label="Category")

    def prepare(self) -> None:
        """The categories of denials, and the row's own; a number for what can be otherwise."""
        fields: Any = self.fields
        held = self.held.get("category")
        others = [(held, held)] if held and held not in Category.values else []
        fields["category"].choices = [*Category.choices, *others]
        for name, bounds in OF_A_CATEGORY.items():
            fields[name] = number_field(bounds, required=False)

    def read(self) -> dict[str, Any]:
        """Numbers as text; empty where it is as for all."""
        numbers = {name: text_of(self.cleaned_data[name]) for name in OF_A_CATEGORY}
        return {"category": self.cleaned_data["category"], **numbers}


def number_field(bounds: Bounds, *, required: bool = True) -> forms.DecimalField:
    """A number within its bounds."""
    unit = f"{bounds.unit.capitalize()}."
    return forms.DecimalField(
        label=bounds.label,
        help_text=unit if required else f"{unit} Empty: as for all cases.",
        min_value=bounds.least,
        max_value=bounds.most,
        decimal_places=bounds.places,
        required=required,
        error_messages={"required": f"Say a number from {bounds.least:f} to {bounds.most:f}."},
    )
