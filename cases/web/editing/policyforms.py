"""An approval policy as a form: what it holds for, then its steps, one line each."""

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal
from itertools import count
from typing import Any

from django import forms
from django.conf import settings
from django.forms import BaseFormSet, formset_factory
from django.utils.text import slugify

from billing_portal.access.roles import ROLES
from billing_portal.kernel.pure.money import CENT, plain
from cases.actions.books.approvals import (
    AMOUNTS,
    LONGEST_KEY,
    MOST_DAYS,
    MOST_FACTS,
    MOST_PEOPLE,
    MOST_STEPS,
)
from cases.approvals.vocabulary import Matter, StepMode
from cases.web.editing.rowforms import RowForm
from integrations.canonical.models import Facility, PayerClass

SPARE = 1
"""Empty steps at the end of a chain."""
TAIL = 8
"""Digits of a digest that tell two long keys apart."""
ROLE_CHOICES = [(role.key, role.label) for role in ROLES]
Row = Mapping[str, Any]


def amount_field(label: str, help_text: str = "", *, required: bool = False) -> forms.DecimalField:
    """An amount in the policy's currency."""
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        max_digits=14,
        decimal_places=2,
        min_value=Decimal(0),
        error_messages={"required": "Say an amount, like 500.00."},
    )


def days_field(label: str, initial: int) -> forms.IntegerField:
    """Business days of the case's site, counted from when a step began to wait."""
    missing = "Say a number of business days."
    return forms.IntegerField(
        label=label,
        help_text="Business days.",
        min_value=0,
        max_value=MOST_DAYS,
        initial=initial,
        error_messages={"required": missing},
    )


def facts_of(text: str) -> dict[str, str]:
    """“federal: yes, avoidable: no” as facts. Raises ValidationError."""
    parts = [part.partition(":") for part in text.split(",") if part.strip()]
    facts = {name.strip(): value.strip() for name, _colon, value in parts}
    if len(facts) < len(parts) or not all(name and value for name, value in facts.items()):
        message = "Write each fact once, with a colon: “federal: yes”."
        raise forms.ValidationError(message)
    if len(facts) > MOST_FACTS:
        raise forms.ValidationError(f"At most {MOST_FACTS} facts.")
    return facts


def texts_of(facts: Mapping[str, str]) -> str:
    """Facts as they are typed."""
    return ", ".join(f"{name}: {value}" for name, value in facts.items())


def key_of(words: str) -> str:
    """Words as a key; what is too long for one ends in a digest of all of it."""
    key = slugify(words.replace("_", "-").replace(".", "-")).strip("-")
    if len(key) <= LONGEST_KEY:
        return key
    tail = hashlib.sha256(words.encode()).hexdigest()[:TAIL]
    return f"{key[: LONGEST_KEY - TAIL - 1]}-{tail}"


def apart(key: str, taken: Collection[str]) -> str:
    """A key that is not taken: this one, or numbered."""
    names = (key if number == 1 else f"{key}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


class StepForm(forms.Form):
    """Who is asked in one turn; without anybody it is left out."""

    turn = forms.IntegerField(label="Turn", min_value=1, max_value=MOST_STEPS, required=False)
    label = forms.CharField(label="Called", max_length=100, required=False)
    mode = forms.ChoiceField(label="How many", choices=StepMode.choices, required=False)
    n = forms.IntegerField(
        label="So many", min_value=1, max_value=MOST_PEOPLE, required=False, initial=1
    )
    roles = forms.MultipleChoiceField(
        label="Roles",
        choices=ROLE_CHOICES,
        required=False,
        widget=forms.SelectMultiple({"size": 5}),
    )
    people = forms.CharField(
        label="People", help_text="User names, separated by commas.", required=False
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.label_suffix = ""
        self.key = (given.get("initial") or {}).get("key", "")

    @property
    def step(self) -> dict[str, Any] | None:
        """What was typed, as a content holds it; None for nobody."""
        said = self.cleaned_data
        people = [name for part in said.get("people", "").split(",") if (name := part.strip())]
        seats = [*said.get("roles", ()), *people]
        if not seats:
            return None
        labels = dict(ROLE_CHOICES)
        named = said.get("label") or " and ".join(labels.get(seat, seat) for seat in seats)
        return {
            "key": self.key or key_of("-and-".join(seats)) or "step",
            "label": named,
            "mode": said.get("mode") or StepMode.ANY.value,
            "n": said.get("n") or 1,
            "roles": list(said.get("roles", ())),
            "people": people,
        }


Steps = formset_factory(StepForm, extra=0, max_num=MOST_STEPS + SPARE, validate_max=True)


class PolicyForm(RowForm):
    """Who decides on which requests, in which order; what it is about never changes."""

    label = forms.CharField(
        label="Name",
        max_length=100,
        error_messages={"required": "Give the policy a name: whom does it ask?"},
    )
    matter = forms.ChoiceField(label="Holds for", choices=Matter.choices)
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label="Currency",
        initial=settings.BASE_CURRENCY,
        error_messages={"invalid": "Write three capital letters, like USD."},
    )
    from_amount = amount_field("From", required=True)
    to_amount = amount_field("To under", "Empty: without end.")
    facility = forms.ChoiceField(label="Site", required=False)
    payer_class = forms.ChoiceField(label="Payers", required=False)
    facts = forms.CharField(
        label="Only where",
        required=False,
        help_text="Facts of a request, like “federal: yes”; several are separated by commas.",
    )
    remind_after = days_field("Reminds after", 1)
    escalate_after = days_field("Lets those above decide after", 2)
    manager_after = days_field("Tells managers after", 4)
    escalate_to = forms.ChoiceField(label="Those above", required=False)
    fresh_from = amount_field("Fresh sign-in from", "Empty: never.")
    bulk_up_to = amount_field("Several at once up to", "Empty: each by itself.")
    citation = forms.CharField(label="Source", required=False, max_length=500)

    def prepare(self) -> None:
        """The sites, the roles and the steps; an existing policy keeps its matter."""
        fields: Any = self.fields
        sites = Facility.objects.filter(is_active=True).order_by("name", "pk")
        fields["facility"].choices = [("", "Every site"), *sites.values_list("key", "name")]
        fields["payer_class"].choices = [("", "All"), *PayerClass.choices]
        fields["escalate_to"].choices = [("", "Nobody"), *ROLE_CHOICES]
        if self.held:
            del fields["matter"]
        held = [
            {**step, "turn": turn, "people": ", ".join(step["people"])}
            for turn, step in enumerate(self.held.get("steps", ()), start=1)
        ]
        blank: list[dict[str, Any]] = [{"turn": len(held) + 1} for _ in range(SPARE)]
        self.steps: BaseFormSet[StepForm] = Steps(
            self.data or None, initial=[*held, *blank], prefix="step"
        )

    @staticmethod
    def initial_of(row: Row) -> dict[str, Any]:
        """The policy, its facts as they are typed."""
        return {**row, "facts": texts_of(row["facts"])}

    def clean_facts(self) -> dict[str, str]:
        """The facts by name."""
        return facts_of(self.cleaned_data["facts"])

    def clean(self) -> dict[str, Any]:
        """A band that ends above its beginning, and somebody who is asked."""
        said: dict[str, Any] = super().clean() or {}
        start, end = said.get("from_amount"), said.get("to_amount")
        if start is not None and end is not None and end < start + CENT:
            self.add_error("to_amount", "It must be above where the band begins.")
        if not self.steps.is_valid():
            self.add_error(None, "A step cannot be read: it says why beside it.")
        elif not self.chain:
            self.add_error(None, "Name a role or a person in one step at least.")
        return said

    @property
    def chain(self) -> list[dict[str, Any]]:
        """The steps that were typed, by their turns; a new one whose key is taken is numbered."""
        last = MOST_STEPS + SPARE
        typed = sorted(self.steps, key=lambda form: form.cleaned_data.get("turn") or last)
        taken = {form.key for form in typed if form.key}
        steps = []
        for form in typed:
            if step := form.step:
                key = form.key or apart(step["key"], taken)
                taken.add(key)
                steps.append({**step, "key": key})
        return steps

    def read(self) -> dict[str, Any]:
        """The policy as a content holds it; a new one is named after all that it holds for."""
        said = self.cleaned_data
        row = {**self.held, **said, "steps": self.chain}
        for name in AMOUNTS:
            row[name] = None if said[name] is None else plain(said[name])
        for name in ("facility", "payer_class"):
            row[name] = said[name] or None
        if not self.held:
            scope = (said["currency"], said["facility"], said["payer_class"])
            parts = (said["matter"], "from", row["from_amount"], *scope, texts_of(said["facts"]))
            row["key"] = key_of("-".join(filter(None, parts)))
        return row
