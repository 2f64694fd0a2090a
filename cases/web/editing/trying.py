"""What a sample asks: something that somebody could ask for."""

from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings

from billing_portal.accounts.models import User, UserKind
from cases.actions.books.sampling import Sample
from cases.approvals.vocabulary import Matter
from cases.web.editing.policyforms import facts_of
from integrations.canonical.models import Facility, PayerClass


class SampleForm(forms.Form):
    """Amount, site, payers, facts and who asks."""

    edition = forms.CharField(widget=forms.HiddenInput, required=False)
    matter = forms.ChoiceField(label="What is asked for", choices=Matter.choices)
    amount = forms.DecimalField(
        label="Amount",
        help_text="With what the same person asked for within thirty days, if it counts together.",
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
        error_messages={"required": "Say an amount, like 500.00."},
    )
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label="Currency",
        initial=settings.BASE_CURRENCY,
        error_messages={"invalid": "Write three capital letters, like USD."},
    )
    facility = forms.ModelChoiceField(
        label="Site",
        queryset=Facility.objects.none(),
        empty_label=None,
        error_messages={"required": "Choose a site."},
    )
    payer_class = forms.ChoiceField(
        label="Payers", choices=[("", "No payer"), *PayerClass.choices], required=False
    )
    facts = forms.CharField(
        label="Facts", required=False, help_text="Like “federal: yes”, separated by commas."
    )
    requester = forms.CharField(
        label="Who asks",
        help_text="A user name.",
        error_messages={"required": "Say who asks: a user name."},
    )

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **{**given, "auto_id": "sample_%s"})
        fields: Any = self.fields
        fields["facility"].queryset = Facility.objects.filter(is_active=True).order_by("name", "pk")

    def clean_facts(self) -> dict[str, str]:
        """The facts by name."""
        return facts_of(self.cleaned_data["facts"])

    def clean_requester(self) -> User:
        """Somebody who is there."""
        name = self.cleaned_data["requester"].strip()
        found = User.objects.filter(username=name, is_active=True, kind=UserKind.PERSON).first()
        if found is None:
            message = "Nobody active has this user name."
            raise forms.ValidationError(message)
        return found

    @property
    def sample(self) -> Sample:
        """What was typed."""
        said = self.cleaned_data
        return Sample(
            matter=Matter(said["matter"]),
            amount=said["amount"],
            currency=said["currency"],
            facility=said["facility"],
            requester=said["requester"],
            payer_class=said["payer_class"],
            facts=said["facts"],
        )
