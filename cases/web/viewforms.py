"""The forms of saved views."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet

from cases.views.columns import COLUMNS
from cases.views.models import Sharing


class ViewForm(forms.Form):
    """A view's name, its columns, its place among the tabs."""

    name = forms.CharField(
        max_length=60, error_messages={"required": "Give the view a name."}, label="Name"
    )
    columns = forms.MultipleChoiceField(
        choices=[(column.key, column.label) for column in COLUMNS],
        widget=forms.CheckboxSelectMultiple({"class": "choices"}),
        required=False,
        help_text="“Case” is always shown.",
    )
    position = forms.IntegerField(
        min_value=0,
        max_value=10_000,
        initial=100,
        label="Place among the tabs",
        help_text="Smaller comes first.",
        error_messages={"required": "Say where it stands: smaller comes first."},
    )


class NewViewForm(ViewForm):
    """The same with who sees it; only who leads a queue may share."""

    position = None  # type: ignore[assignment]  # Django's way to leave a field out
    sharing = forms.ChoiceField(
        choices=Sharing.choices, label="Who sees it", widget=forms.RadioSelect({"class": "choices"})
    )
    group = forms.ModelChoiceField(Group.objects.none(), required=False, label="Which team")
    list = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, groups: QuerySet[Group] | None, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["group"]
        if groups is None:
            del self.fields["sharing"], self.fields["group"]
        else:
            field.queryset = groups

    def clean(self) -> dict[str, Any]:
        """A shared view names its team."""
        given = super().clean() or {}
        is_shared = given.get("sharing", Sharing.PRIVATE) != Sharing.PRIVATE
        if is_shared and not given.get("group"):
            self.add_error("group", "Choose the team that sees it.")
        return given

    @property
    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        sharing = Sharing(given.get("sharing", Sharing.PRIVATE))
        return {
            "name": given["name"],
            "columns": given["columns"],
            "sharing": sharing,
            "group": None if sharing is Sharing.PRIVATE else given["group"],
        }
