"""The verbs: a page (or dialog) that asks, and one action that answers."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View
from django.views.decorators.http import require_POST

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import attending, awaiting, backdating, evidence, skipping, voiding, working
from cases.actions.working import Waiting
from cases.collaboration.attendance import draft_of
from cases.web import forms
from cases.web.offers import offer, withdraw
from cases.web.presenters import shown_day, shown_money
from cases.web.stale import is_stale, stale_context
from cases.work.models import Case, Queue
from cases.work.queries import last_words

SITTING = timedelta(hours=1)
"""For so long a comment stands for what its author is about to do."""


def visible(request: HttpRequest) -> QuerySet[Case]:
    """The cases of the reader's queues and facilities."""
    return Case.objects.visible_to(reader_of(request)).for_list()


@require_POST
def claim_next(request: HttpRequest) -> HttpResponse:
    """Take the most urgent case of one queue, or of all the reader's, and go there."""
    reader = reader_of(request)
    asked = request.POST.get("queue")
    queues = None if not asked else list(Queue.objects.filter(key=asked))

    def take() -> str:
        case = working.claim_next(by=reader, at=timezone.now(), queues=queues)
        if case is None:
            messages.info(request, "Nothing waits in your queues. Well done.")
            return reverse("cases:mine")
        said = f"{case.reference} is yours now."
        messages.success(request, said)
        offer_undo(request, case, said, case.version - 1)
        return reverse("cases:case", args=[case.public_id])

    return once_per_form(request, take)


def offer_undo(request: HttpRequest, case: Case, said: str, seen_version: int | None) -> None:
    """Offer to undo a move, which made the next version; comments and files are facts and stay."""
    if seen_version is None:
        withdraw(request)
    else:
        url = reverse("cases:undo", args=[case.public_id])
        offer(request, words=said, url=url, seen_version=seen_version + 1)


@dataclass(frozen=True, slots=True)
class Words:
    """What a verb's page says."""

    title: str
    submit: str
    warning: str = ""


class VerbView(ABC, View):
    """One verb on one case. GET asks, POST does; a refusal shows the form with what was typed."""

    words: ClassVar[Words]
    form_class: ClassVar[type[forms.VerbForm]] = forms.VerbForm
    names_version: ClassVar[bool] = True
    is_lasting: ClassVar[bool] = False
    """Whether no key undoes it: what it did is taken back in its own way, or never."""

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The question."""
        case = get_object_or_404(visible(request), public_id=public_id)
        given = {"seen_version": case.version, "key": uuid.uuid4()}
        initial = given | self.suggested(case) | self.kept(case)
        return self.page(case, self.form(case, initial=initial))

    def kept(self, case: Case) -> dict[str, Any]:
        """What the reader typed here before and did not send."""
        draft = draft_of(reader_of(self.request), case, self.name)
        return forms.typed(self.form_class, draft.fields) if draft else {}

    @property
    def name(self) -> str:
        """As its address is called; drafts are kept by it."""
        match = self.request.resolver_match
        return str(match.url_name) if match else ""

    def suggested(self, case: Case) -> dict[str, Any]:
        """What the form holds before anything is typed."""
        return {}

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The act, once however often it is sent."""
        case = get_object_or_404(visible(request), public_id=public_id)
        form = self.form(case, data=request.POST, files=request.FILES)
        if not form.is_valid():
            return self.page(case, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            return once_per_form(request, lambda: self.go(case, form))
        except DomainError as refusal:
            if is_stale(refusal):
                return self.stale(case, form, refusal)
            return self.page(case, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)

    def go(self, case: Case, form: forms.VerbForm) -> str:
        """Act, say so, and name where to go."""
        seen = {"seen_version": form.cleaned_data["seen_version"]} if self.names_version else {}
        said = self.act(case, form, **seen)
        attending.drop(case=case, by=reader_of(self.request), form=self.name)
        messages.success(self.request, said)
        version = None if self.is_lasting else seen.get("seen_version")
        offer_undo(self.request, case, said, version)
        return self.where(case, form)

    @abstractmethod
    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Call the action; returns what to say."""

    def where(self, case: Case, form: forms.VerbForm) -> str:
        """Back to the case."""
        return reverse("cases:case", args=[case.public_id])

    @property
    def who_and_when(self) -> dict[str, Any]:
        """Every action's actor and time."""
        return {"by": reader_of(self.request), "at": timezone.now()}

    def form(self, case: Case, **given: Any) -> forms.VerbForm:
        """The verb's form for this case and reader."""
        return self.form_class(case=case, reader=reader_of(self.request), **given)

    def page(
        self,
        case: Case,
        form: forms.VerbForm,
        *,
        refusal: str = "",
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """The form, on a page or for a dialog."""
        return self.answer("cases/verb.html", case, form, status=status, refusal=refusal)

    def stale(self, case: Case, form: forms.VerbForm, refusal: DomainError) -> HttpResponse:
        """Both values side by side, and what was typed."""
        case.refresh_from_db()
        shown = stale_context(refusal)
        fresh = self.form(case, data=with_version(self.request, shown["now"]))
        fresh.is_valid()
        return self.answer("cases/stale.html", case, fresh, status=HTTPStatus.CONFLICT, **shown)

    def beside(self, case: Case) -> dict[str, Any]:
        """What the page offers beside the form."""
        return {}

    def answer(
        self, template: str, case: Case, form: forms.VerbForm, *, status: HTTPStatus, **shown: Any
    ) -> HttpResponse:
        """A page of this verb; inside an open dialog it stays there."""
        request = self.request
        is_dialog = request.htmx.target == "dialog" or "in_dialog" in request.POST  # type: ignore[attr-defined]  # django-htmx's middleware
        context = {
            "case": case,
            "verb": self.words,
            "form": form,
            "action": request.path,
            "amount": shown_money(case.amount_at_risk, case.currency),
            "case_url": reverse("cases:case", args=[case.public_id]),
            "is_dialog": is_dialog,
            "draft_url": reverse("cases:draft", args=[case.public_id, self.name]),
            **self.beside(case),
            **shown,
        }
        response = render(request, template, context, status=status)
        if is_dialog and request.method == "POST":
            response["HX-Retarget"] = "#dialog"
            response["HX-Reselect"] = "#main .verb"
            response["HX-Reswap"] = "innerHTML"
        return response


def with_version(request: HttpRequest, version: int) -> Any:
    """What was sent, as if the newest version had been seen, under a new key."""
    again = request.POST.copy()
    again["seen_version"] = str(version)
    again["key"] = str(uuid.uuid4())
    return again


class SimpleVerb(VerbView):
    """A verb whose action takes what its form asks, and that says one sentence."""

    action: ClassVar[Callable[..., Case]]
    said: ClassVar[str]

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Do it."""
        type(self).action(case=case, **self.who_and_when, **seen, **form.asked)
        return self.said.format(case=case, **form.asked)


class Claim(SimpleVerb):
    """Take a case."""

    words = Words("Claim this case", "Claim")
    action = staticmethod(working.claim)
    said = "{case} is yours now."


class Release(SimpleVerb):
    """Put a case back."""

    words = Words("Put this case back", "Put back")
    form_class = forms.ReasonForm
    action = staticmethod(working.release)
    said = "{case} is back in its queue."


class Skip(SimpleVerb):
    """Pass a case over."""

    words = Words("Pass this case over", "Pass over", "It is not offered to you again today.")
    form_class = forms.SkipForm
    action = staticmethod(skipping.skip)
    said = "{case} is back in its queue."

    def where(self, case: Case, form: forms.VerbForm) -> str:
        """To work: the next one is a key away."""
        return reverse("cases:mine")


class Assign(SimpleVerb):
    """Give a case to somebody."""

    words = Words("Assign this case", "Assign")
    form_class = forms.AssignForm
    action = staticmethod(working.assign)
    said = "{case} is with {owner} now."


class Transfer(SimpleVerb):
    """Move a case to another queue."""

    words = Words("Not ours: move to another queue", "Move", "Its due times start anew there.")
    form_class = forms.TransferForm
    action = staticmethod(working.transfer)
    said = "{case} stands in {queue} now."

    def where(self, case: Case, form: forms.VerbForm) -> str:
        """To the case; back to work when it is out of sight now."""
        is_leaving = isinstance(form, forms.TransferForm) and form.is_leaving
        return reverse("cases:mine") if is_leaving else super().where(case, form)


class Defer(VerbView):
    """Let a case sleep."""

    words = Words("Defer this case", "Defer", "Its due time does not move.")
    form_class = forms.DeferForm

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Until that morning."""
        awaiting.defer(case=case, **self.who_and_when, **seen, **form.asked)
        event = form.cleaned_data["event"]
        earlier = f", or earlier: {event.label.lower()}" if event else ""
        return f"{case} comes back on {shown_day(form.cleaned_data['until'])}{earlier}."


class Wait(VerbView):
    """Note whom a case waits for."""

    waiting_for: ClassVar[Waiting]
    form_class = forms.ReasonForm

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Say so."""
        given = {**seen, **form.asked, "waiting_for": self.waiting_for}
        working.wait(case=case, **self.who_and_when, **given)
        return f"{case} waits. {self.waiting_for.label}."


class WaitPayer(Wait):
    """For the payer."""

    words = Words("Wait for the payer", "Wait", "Its due time does not move.")
    waiting_for = Waiting.PAYER


class WaitInfo(Wait):
    """For information."""

    words = Words("Wait for information", "Wait", "Its due time does not move.")
    waiting_for = Waiting.INFO


class Resume(SimpleVerb):
    """Go on with a case that waited."""

    words = Words("Go on with this case", "Go on")
    form_class = forms.ReasonForm
    action = staticmethod(working.resume)
    said = "{case} is in your hands again."


class Resolve(VerbView):
    """End a case."""

    words = Words("Resolve this case", "Resolve")
    form_class = forms.ResolveForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """What the reader just wrote on the case is most likely what settled it."""
        since = timezone.now() - SITTING
        words = last_words(case, by=reader_of(self.request), since=since)
        return {"reason": words} if 0 < len(words) <= forms.LONGEST_REASON else {}

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """As it ended."""
        working.resolve(case=case, **self.who_and_when, **seen, **form.asked)
        return f"{case} is resolved: {form.cleaned_data['disposition'].label}."


class Reopen(SimpleVerb):
    """Take a finished case up again."""

    words = Words("Reopen this case", "Reopen", "Its due times start anew.")
    form_class = forms.ReasonForm
    action = staticmethod(working.reopen)
    said = "{case} is open again."


class Backdate(VerbView):
    """Ask for one voucher to be dated in a closed period."""

    words = Words(
        "Date a voucher back", "Ask", "The period is reopened for it alone, if others approve."
    )
    form_class = forms.BackdateForm
    is_lasting = True

    def suggested(self, case: Case) -> dict[str, Any]:
        """All that is at risk."""
        return {"amount": case.amount_at_risk}

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Ask."""
        made = backdating.request(case=case, **self.who_and_when, **seen, **form.asked)
        return f"{made.reference} asks for it."


class AskToVoid(VerbView):
    """Ask for a case that was opened in error to be void."""

    words = Words(
        "Void this case",
        "Ask",
        "Somebody else approves it. Then it is gone for good, and not counted.",
    )
    form_class = forms.ReasonForm
    is_lasting = True

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Ask."""
        made = voiding.request(case=case, **self.who_and_when, **seen, **form.asked)
        return f"{made.reference} asks for it."


class Step(VerbView):
    """Tick a step."""

    words = Words("Steps", "Mark")
    form_class = forms.StepForm
    names_version = False

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """Steps are ticked on the case itself."""
        case = get_object_or_404(visible(request), public_id=public_id)
        return redirect("cases:case", public_id=case.public_id)

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """Done or open again."""
        working.mark_step(case=case, by=reader_of(self.request), **form.asked)
        return "Step done." if form.cleaned_data["is_done"] else "Step open again."


class Attach(VerbView):
    """Attach a file."""

    words = Words("Attach a file", "Attach")
    form_class = forms.AttachForm
    names_version = False

    def act(self, case: Case, form: forms.VerbForm, **_seen: Any) -> str:
        """Kept by its checksum."""
        kept = evidence.attach(
            case=case, by=reader_of(self.request), file=form.cleaned_data["file"]
        )
        return f"{kept.filename} is attached."
