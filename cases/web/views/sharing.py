"""Working together on a case: notes with macros, watching, links, labels."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.web import reader_of
from cases.actions import macros, sharing, working
from cases.collaboration.mentions import Named, named_in
from cases.collaboration.models import CaseLink
from cases.collaboration.queries import links_of, macros_for, people_who_see
from cases.web import forms
from cases.web.sharingforms import CommentForm, LabelsForm, LinkForm
from cases.web.views.verbs import VerbView, Words, visible
from cases.work.models import Case


class Comment(VerbView):
    """Say something; a macro may put the words in and name what is done next."""

    words = Words("Comment", "Comment")
    form_class = CommentForm
    names_version = False

    def suggested(self, case: Case) -> dict[str, Any]:
        """The chosen macro's words."""
        asked = self.request.GET.get("macro", "")
        macro = macros_for(case).filter(key=asked).first() if asked else None
        if macro is None:
            return {}
        text = macros.filled(macro, case, at=timezone.now())
        return {"macro": macro.key, "kind": macro.note_kind, "text": text, "then": True}

    def kept(self, case: Case) -> dict[str, Any]:
        """What was typed before, unless a macro's words are wanted instead."""
        return {} if self.request.GET.get("macro") else super().kept(case)

    def beside(self, case: Case) -> dict[str, Any]:
        """The macros to choose from, and where the people to tell are named."""
        return {
            "macros": macros_for(case),
            "people_url": reverse("cases:people", args=[case.public_id]),
        }

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """Plain text, kept for ever; the macro's verb with it, if it was left ticked."""
        assert isinstance(form, CommentForm)
        said, macro, by = form.said, form.macro_to_do, reader_of(self.request)
        if macro is None:
            working.comment(
                case=case, by=by, text=said.text, kind=said.kind, reference=said.reference
            )
        else:
            seen = form.cleaned_data["seen_version"]
            given = {"said": said, "at": timezone.now(), "seen_version": seen}
            macros.use(case=case, macro=macro, by=by, **given)
        return told_of(named_in(said.text, case))


def told_of(named: Named) -> str:
    """That it is written, whom it told, and which names told nobody."""
    said = "Your comment is on the case."
    if named.people:
        said += f" Told: {', '.join(map(str, named.people))}."
    if named.unknown:
        names = ", ".join(f"@{name}" for name in named.unknown)
        said += f" Nobody who sees this case is called {names}."
    return said


@require_safe
def people(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Who can be named on a case, as options of a field."""
    case = get_object_or_404(visible(request), public_id=public_id)
    return render(request, "cases/parts/people.html", {"people": people_who_see(case)})


@require_POST
def watch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Be told of what becomes of a case."""
    case = get_object_or_404(visible(request), public_id=public_id)
    sharing.watch(case=case, by=reader_of(request))
    messages.success(request, f"You are told of what becomes of {case}.")
    return redirect("cases:case", public_id=case.public_id)


@require_POST
def unwatch(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Be told no longer."""
    case = get_object_or_404(visible(request), public_id=public_id)
    sharing.unwatch(case=case, by=reader_of(request))
    messages.success(request, f"You are told of {case} no longer.")
    return redirect("cases:case", public_id=case.public_id)


class Labels(VerbView):
    """Choose the labels of a case."""

    words = Words("Labels", "Save")
    form_class = LabelsForm
    names_version = False

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """These and no others."""
        by, labels = reader_of(self.request), form.cleaned_data["labels"]
        carried = sharing.set_labels(case=case, labels=labels, by=by)
        return f"Labels: {', '.join(map(str, carried)) or 'none'}."


class Link(VerbView):
    """Link a case to another."""

    words = Words("Link to another case", "Link")
    form_class = LinkForm
    names_version = False

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """Both show it."""
        sharing.link(case=case, by=reader_of(self.request), **form.asked)
        return f"{case} is linked to {form.cleaned_data['other']}."

    def where(self, case: Case, form: forms.VerbForm) -> str:
        """Where links are shown."""
        return f"{super().where(case, form)}?tab=related"


class Unlink(VerbView):
    """Take a link away."""

    words = Words("Take the link away", "Take away")
    form_class = forms.ReasonForm
    names_version = False

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """Its history stays."""
        sharing.unlink(link=self.link(case), case=case, by=reader_of(self.request), **form.asked)
        return "The link is taken away."

    def get(self, request: HttpRequest, public_id: uuid.UUID, link: int) -> HttpResponse:  # type: ignore[override]  # one of the case's links
        """The question."""
        return super().get(request, public_id)

    def post(self, request: HttpRequest, public_id: uuid.UUID, link: int) -> HttpResponse:  # type: ignore[override]  # one of the case's links
        """The act."""
        return super().post(request, public_id)

    def link(self, case: Case) -> CaseLink:
        """One of the links that the reader sees on the case."""
        for linked in links_of(reader_of(self.request), case):
            if linked.link.pk == self.kwargs["link"]:
                return linked.link
        raise Http404

    def where(self, case: Case, form: forms.VerbForm) -> str:
        """Where links are shown."""
        return f"{super().where(case, form)}?tab=related"
