"""Merging cases into one, and splitting one in two."""

from typing import Any

from django.urls import reverse

from cases.actions import joining
from cases.web.forms import VerbForm
from cases.web.joiningforms import MergeForm, SplitForm
from cases.web.views.verbs import VerbView, Words
from cases.work.models import Case

KEPT = "What is at risk, the earliest deadline and the facts to come go to the one that stays."
ROUTED = "It goes where the rules send it, with its own clock, counted from when this one opened."


class Merge(VerbView):
    """Make several cases one."""

    words = Words("Merge with other cases", "Merge", KEPT)
    form_class = MergeForm

    def act(self, case: Case, form: VerbForm, **_seen: Any) -> str:
        """All at once."""
        kept = joining.merge(**self.who_and_when, **form.asked)
        ended = ", ".join(each.case.reference for each in form.asked["cases"])
        return f"{ended} is merged into {kept}."

    def where(self, case: Case, form: VerbForm) -> str:
        """The one that stays."""
        return reverse("cases:case", args=[form.asked["into"].public_id])


class Split(VerbView):
    """Make a part of a case a case of its own."""

    words = Words("Split this case", "Split", ROUTED)
    form_class = SplitForm

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Both come to what it was."""
        made = joining.split(case=case, **self.who_and_when, **seen, **form.asked)
        return f"{made} is split off, in {made.queue}."

    def where(self, case: Case, form: VerbForm) -> str:
        """Where the two are shown as linked."""
        return f"{super().where(case, form)}?tab=related"
