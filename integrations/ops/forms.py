"""What an operator says about a message that waits."""

from django import forms


class DecisionForm(forms.Form):
    """Why, and where a confirmed one stands in the other system."""

    reason = forms.CharField(max_length=2_000)
    reference = forms.CharField(max_length=200, required=False)
