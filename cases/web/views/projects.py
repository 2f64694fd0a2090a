"""Projects: like denials worked together. Each page asks, one action answers."""

import uuid
from abc import ABC, abstractmethod
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import gathering, looking
from cases.evidence.models import Attachment
from cases.projects.clusters import suggested
from cases.projects.models import Prevention, Project
from cases.projects.queries import standings
from cases.web import projectforms as forms
from cases.web.projectforms import HUNDRED
from cases.web.projectpage import Keys, ProjectPage, card_of, listed_of

LISTED = 100


def visible(request: HttpRequest) -> QuerySet[Project]:
    """The projects that hold a case the reader may see, and the reader's own."""
    return Project.objects.visible_to(reader_of(request)).for_list()


def project_of(request: HttpRequest, public_id: uuid.UUID) -> Project:
    """The project of an address."""
    return get_object_or_404(visible(request), public_id=public_id)


@require_safe
def projects(request: HttpRequest) -> HttpResponse:
    """The reader's projects, and what the data say could be one."""
    reader = reader_of(request)
    found = list(visible(request).order_by("closed_at", "-pk")[:LISTED])
    held = standings(found, reader)
    clusters = suggested(reader, at=timezone.now())
    keys = Keys(clusters)
    context = {
        "projects": [listed_of(each, held.get(each.pk)) for each in found],
        "cards": [card_of(each, keys=keys) for each in clusters],
    }
    return render(request, "cases/projects/projects.html", context)


@require_safe
def project(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One project: its cases, what is changed, and whether it worked."""
    held = project_of(request, public_id)
    page = ProjectPage(held, reader=reader_of(request), now=timezone.now())
    looking.listed(by=reader_of(request), cases=page.cases, where=request.path)
    return render(request, "cases/projects/project.html", {"page": page, "key": uuid.uuid4()})


class ProjectVerb(ABC, View):
    """One thing done to a project. GET asks, POST does; a refusal shows what was typed."""

    title: ClassVar[str]
    submit: ClassVar[str]
    form_class: ClassVar[type[forms.KeyedForm]]

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The question."""
        held = project_of(request, public_id)
        given = {"key": uuid.uuid4(), "seen_version": held.version} | self.suggested(held)
        return self.page(held, self.form(held, initial=given))

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The act, once however often it is sent."""
        held = project_of(request, public_id)
        form = self.form(held, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.page(held, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            return once_per_form(request, lambda: self.go(held, form))
        except DomainError as refusal:
            return self.page(held, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)

    def suggested(self, held: Project) -> dict[str, Any]:
        """What the form holds before anything is typed."""
        return {}

    def form(self, held: Project, **given: Any) -> forms.KeyedForm:
        """The form for this project and reader."""
        return self.form_class(reader=reader_of(self.request), project=held, **given)

    def go(self, held: Project, form: forms.KeyedForm) -> str:
        """Act, say so, and go back to the project."""
        messages.success(self.request, self.act(held, form))
        return reverse("cases:project", args=[held.public_id])

    @abstractmethod
    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """Call the action; returns what to say."""

    def page(
        self,
        held: Project,
        form: forms.KeyedForm,
        *,
        refusal: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The form on its page."""
        context = {
            "title": self.title,
            "submit": self.submit,
            "project": held,
            "back": reverse("cases:project", args=[held.public_id]),
            "form": form,
            "refusal": refusal,
            "action": self.request.path,
        }
        return render(self.request, "cases/projects/form.html", context, status=status)


class Change(ProjectVerb):
    """Another name, owner or aim."""

    title, submit = "Change this project", "Save"
    form_class = forms.ChangeForm

    def suggested(self, held: Project) -> dict[str, Any]:
        """As it is."""
        rate = held.target_rate
        return {
            "name": held.name,
            "owner": held.owner_id,
            "rate": None if rate is None else rate * HUNDRED,
            "until": held.target_on,
        }

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """Save it."""
        gathering.change(project=held, by=reader_of(self.request), **form.asked)
        return "The project is changed."


class Become(ProjectVerb):
    """Another state."""

    title, submit = "Where does this project stand?", "Set"
    form_class = forms.StateForm

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """Set it."""
        by, at = reader_of(self.request), timezone.now()
        changed = gathering.become(project=held, by=by, at=at, **form.asked)
        return f"{changed} is {changed.get_state_display().lower()} now."


class Prevent(ProjectVerb):
    """What is changed."""

    title, submit = "What is changed so that these denials stop?", "Save"
    form_class = forms.PreventionForm

    def suggested(self, held: Project) -> dict[str, Any]:
        """As it was planned."""
        item = Prevention.objects.filter(project=held).first()
        if item is None:
            return {"owner": reader_of(self.request).pk, "effective_on": house_day(timezone.now())}
        names = ("change", "effective_on")
        return {"owner": item.owner_id} | {name: getattr(item, name) for name in names}

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """Keep it."""
        item = gathering.prevent(project=held, by=reader_of(self.request), **form.asked)
        return f"In effect from {item.effective_on:%b %-d, %Y}."


class NoteAll(ProjectVerb):
    """One note on every open case."""

    title, submit = "Note on every open case", "Add to all"
    form_class = forms.NoteForm

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """On each record."""
        noted = gathering.note_all(project=held, by=reader_of(self.request), **form.asked)
        return f"The note is on {noted:,} cases."


class AttachAll(ProjectVerb):
    """One file for every open case."""

    title, submit = "File for every open case", "Attach to all"
    form_class = forms.FileForm

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """On each record."""
        kept = gathering.attach_all(project=held, by=reader_of(self.request), **form.asked)
        return f"{kept[0].filename} is on {len(kept):,} cases."


class Drop(ProjectVerb):
    """A case that does not belong."""

    title, submit = "Take this case out of the project", "Take out"
    form_class = forms.DropForm

    def act(self, held: Project, form: forms.KeyedForm) -> str:
        """Out."""
        case = form.cleaned_data["case"]
        gathering.drop(project=held, by=reader_of(self.request), **form.asked)
        return f"{case} is out of the project."

    def suggested(self, held: Project) -> dict[str, Any]:
        """The case of the row that was chosen."""
        return {"case": self.request.GET.get("case", "")}


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask what makes the cases alike; then gather them."""
    reader = reader_of(request)
    if request.method != "POST":
        given: dict[str, Any] = {
            name: request.GET.get(name, "") for name in forms.StartForm.base_fields
        }
        given |= {"owner": reader.pk, "key": uuid.uuid4()}
        return asked(request, forms.StartForm(reader=reader, initial=given))
    form = forms.StartForm(reader=reader, data=request.POST)
    if not form.is_valid():
        return asked(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def begin() -> str:
        made = gathering.start(by=reader, **form.asked)
        messages.success(request, f"{made} is begun.")
        return reverse("cases:project", args=[made.public_id])

    try:
        return once_per_form(request, begin)
    except DomainError as refusal:
        return asked(request, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def asked(
    request: HttpRequest,
    form: forms.StartForm,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The question that begins a project."""
    context = {
        "title": "Start a project",
        "submit": "Start and gather",
        "back": reverse("cases:projects"),
        "form": form,
        "refusal": refusal,
        "action": request.path,
    }
    return render(request, "cases/projects/form.html", context, status=status)


@require_POST
def gather(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take in what has come since."""
    held = project_of(request, public_id)
    try:
        taken = gathering.gather(project=held, by=reader_of(request))
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{taken:,} more cases are in the project.")
    return redirect("cases:project", public_id=public_id)


@require_POST
def claim_next(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take the project's next case and go there."""
    held = project_of(request, public_id)

    def take() -> str:
        case = gathering.claim_next(project=held, by=reader_of(request), at=timezone.now())
        if case is None:
            messages.info(request, "No case of this project waits for you.")
            return reverse("cases:project", args=[public_id])
        messages.success(request, f"{case.reference} is yours now.")
        return reverse("cases:case", args=[case.public_id])

    return once_per_form(request, take)


@require_POST
def share(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a file that several cases have to those that lack it."""
    held, reader = project_of(request, public_id), reader_of(request)
    page = ProjectPage(held, reader=reader, now=timezone.now())
    files = Attachment.objects.filter(case__in=page.found.values("pk")).order_by("pk")
    kept = files.select_related("case").filter(sha256=request.POST.get("sha256", "")).first()
    if kept is None:
        raise Http404
    try:
        given = gathering.share(project=held, attachment=kept, by=reader)
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{kept.filename} is on {len(given):,} more cases.")
    return redirect("cases:project", public_id=public_id)
