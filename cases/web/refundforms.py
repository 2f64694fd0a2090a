"""The forms of a credit balance."""

from typing import Any

from django import forms

from cases.types.refund.models import RefundCheck
from cases.types.refund.owning import WAYS, Found
from cases.types.refund.queries import acts_of, research_of
from cases.types.refund.unclaimed import BY_PEOPLE
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Outcome, Way
from cases.web.forms import VerbForm, reason_field
from cases.work.models import Case
from integrations.canonical.models import LedgerEntry, Payer

DAY = forms.DateInput(attrs={"type": "date"})


def first_share(case: Case) -> dict[str, Any]:
    """To whom a credit seems to belong, the case's payer first, and how much of it."""
    shares = sorted(
        case.details.get("shares", ()), key=lambda each: each["payer_id"] != case.payer_id
    )
    first = next(iter(shares), None)
    if first is None:
        return {"outcome": Outcome.UNKNOWN, "amount": case.amount_at_risk}
    is_patients = first["payer_id"] is None
    return {
        "outcome": Outcome.OF_PATIENT if is_patients else Outcome.OF_PAYER,
        "payer": None if is_patients or case.payer is None else case.payer.key,
        "amount": first["amount"],
    }


class ResearchForm(VerbForm):
    """What was wrong, and whose the money is."""

    outcome = forms.ChoiceField(label="What was wrong", choices=Outcome.choices)
    payer = forms.ModelChoiceField(
        Payer.objects.none(), label="Which payer’s", required=False, to_field_name="key"
    )
    amount = forms.DecimalField(label="Amount to go back", max_digits=14, decimal_places=2)
    reason = reason_field("What you found", "Say what you found.")

    def prepare(self) -> None:
        """The payers that paid on the account."""
        paid = LedgerEntry.objects.filter(account=self.case.account_id, payer__isnull=False)
        field = self.fields["payer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Payer.objects.filter(pk__in=paid.values("payer")).order_by("name", "pk")

    @property
    def found(self) -> Found:
        """As the action takes it."""
        given = self.cleaned_data
        payer = given["payer"]
        return Found(
            Outcome(given["outcome"]), given["amount"], self.case.currency, payer and payer.pk
        )


class SignForm(VerbForm):
    """A federal act."""

    kind = forms.ChoiceField(label="What you sign", choices=FederalActKind.choices)
    on = forms.DateField(label="On which day it was", widget=DAY)
    reason = reason_field("Why on this day", "Say why it was this day.")

    def prepare(self) -> None:
        """What is not signed yet."""
        signed = acts_of(self.case)
        kinds = [(kind.value, kind.label) for kind in FederalActKind if kind not in signed]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> dict[str, Any]:
        """With the kind as one."""
        return super().asked | {"kind": FederalActKind(self.cleaned_data["kind"])}


class WayForm(VerbForm):
    """How money goes back."""

    way = forms.ChoiceField(label="How it goes back", choices=Way.choices)
    reason = reason_field("Why this way", "Say why this way.")

    def prepare(self) -> None:
        """The ways that fit what was found."""
        found = research_of(self.case)
        fit = WAYS.get(Outcome(found.outcome), frozenset()) if found else frozenset(Way)
        ways = [(way.value, way.label) for way in Way if way in fit]
        self.fields["way"].choices = ways  # type: ignore[attr-defined]  # a choice field

    @property
    def asked(self) -> dict[str, Any]:
        """With the way as one."""
        return super().asked | {"way": Way(self.cleaned_data["way"])}


class IssueCheckForm(VerbForm):
    """A check that was sent."""

    number = forms.CharField(label="Number of the check", max_length=60)
    issued_on = forms.DateField(label="Issued on", widget=DAY)
    reason = reason_field("What it is for", "Say what it is for.")


class MoveCheckForm(VerbForm):
    """What became of a check."""

    check = forms.ModelChoiceField(RefundCheck.objects.none(), label="Which check")
    to = forms.ChoiceField(
        label="What became of it",
        choices=[(each.value, each.label) for each in CheckStatus if each in BY_PEOPLE],
    )
    on = forms.DateField(label="On which day", widget=DAY)
    reason = reason_field("How you know", "Say how you know.")

    def prepare(self) -> None:
        """The checks of the case."""
        field = self.fields["check"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = RefundCheck.objects.filter(case=self.case).order_by("pk")

    @property
    def asked(self) -> dict[str, Any]:
        """With the state as one."""
        return super().asked | {"to": CheckStatus(self.cleaned_data["to"])}
