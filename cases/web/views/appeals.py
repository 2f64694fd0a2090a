"""Appeals: one page each, a form for every step, and a denial's other ways."""

import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.web import reader_of
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import attending, looking, revealing
from cases.payers.queries import calls, contacts_of, every, rules_of
from cases.types.denial.appeals import letters, queries
from cases.types.denial.appeals.actions import preparing, sending, taking
from cases.types.denial.appeals.models import Appeal, Recourse, Way
from cases.types.denial.appeals.querysets import AppealQuerySet
from cases.types.denial.appeals.terms import Due, ground_for
from cases.web import appealforms as forms
from cases.web.appealpage import AppealPage, appeal_url, shown_date
from cases.web.forms import VerbForm
from cases.web.offers import offer
from cases.web.offers import withdraw as withdraw_offer
from cases.web.views.verbs import VerbView, Words, visible
from cases.work.models import Case
from integrations.canonical.models import Payer

CALLS = 100


def appeals_of(request: HttpRequest) -> AppealQuerySet:
    """The appeals of the reader's cases."""
    return Appeal.objects.visible_to(reader_of(request)).for_page()


@require_safe
def show(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One appeal with its parts. That it was opened is on record."""
    appeal = get_object_or_404(appeals_of(request), public_id=public_id)
    revealing.record_view(case=appeal.case, by=reader_of(request))
    page = AppealPage(appeal, reader=reader_of(request), now=timezone.now())
    return render(request, "cases/appeals/appeal.html", {"page": page})


@require_safe
def preview(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The letter as it would go out, as a file. Taking it out is on record."""
    appeal = get_object_or_404(appeals_of(request), public_id=public_id)
    try:
        rendered = preparing.preview(appeal=appeal, by=reader_of(request), at=timezone.now())
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("cases:appeal_page", public_id=public_id)
    response = HttpResponse(rendered.content, content_type="application/octet-stream")
    name = f"appeal-letter-{appeal.case.reference}-{appeal.level}.pdf"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@require_safe
def payers(request: HttpRequest) -> HttpResponse:
    """The payers, each with a page of its own."""
    return render(request, "cases/appeals/payers.html", {"payers": every()})


@require_safe
def payer(request: HttpRequest, key: str) -> HttpResponse:
    """How to reach a payer, what it asks for, and the calls with it that one may see."""
    found = get_object_or_404(Payer, key=key)
    notes = list(calls(visible(request), payer_id=found.pk)[:CALLS])
    looking.listed(by=reader_of(request), cases=[note.case for note in notes], where="payers/calls")
    context = {
        "payer": found,
        "contacts": contacts_of(found.pk),
        "rules": rules_of(found.pk),
        "calls": notes,
        "limit": CALLS,
    }
    return render(request, "cases/appeals/payer.html", context)


class Begin(VerbView):
    """Open an appeal of a case, or go to the one that is open."""

    words = Words("Appeal this denial", "Begin", "A letter is drafted from the ground’s template.")
    form_class = forms.GroundsForm
    names_version = False

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The open appeal's page, or the question."""
        found = appeals_of(request).open().filter(case__public_id=public_id).order_by("-pk")
        for appeal in found[:1]:
            return redirect("cases:appeal_page", public_id=appeal.public_id)
        return super().get(request, public_id)

    def suggested(self, case: Case) -> dict[str, Any]:
        """All that was denied, and the ground that its reason suggests."""
        return {"amount": case.amount_at_risk, "ground": ground_for(case.details)}

    def act(self, case: Case, form: VerbForm, **_seen: Any) -> str:
        """Begin; the page that follows is the appeal's."""
        assert isinstance(form, forms.GroundsForm)
        self.made = preparing.begin(
            case=case, by=reader_of(self.request), grounds=form.grounds, due=form.due
        )
        due = self.made.due_on
        when = f"file by {shown_date(due)}" if due else "its deadline is not configured"
        return f"Appeal of level {self.made.level} is begun; {when}."

    def go(self, case: Case, form: VerbForm) -> str:
        """Begin and say so; `Z` withdraws it again."""
        url = super().go(case, form)
        said = f"Appeal of level {self.made.level} is begun."
        offer_undo(self.request, self.made, said, self.made.version)
        return url

    def where(self, case: Case, form: VerbForm) -> str:
        """To the new appeal."""
        return appeal_url(self.made)


class AppealView(VerbView):
    """One verb on one appeal; `is_undone`: by a key, while nothing was signed or sent."""

    appeal: Appeal
    is_undone: ClassVar[bool] = False

    def dispatch(
        self, request: HttpRequest, *args: Any, public_id: uuid.UUID, **kwargs: Any
    ) -> HttpResponseBase:
        """Find the appeal; what follows is asked of its case."""
        self.appeal = get_object_or_404(appeals_of(request), public_id=public_id)
        return super().dispatch(request, *args, public_id=self.appeal.case.public_id, **kwargs)

    @property
    def name(self) -> str:
        """Of this appeal: what is typed for another is not typed for it."""
        return f"{super().name}-{self.appeal.public_id}"

    def suggested(self, case: Case) -> dict[str, Any]:
        """The appeal's version, and what it holds."""
        return {"seen_version": self.appeal.version, **self.held()}

    def held(self) -> dict[str, Any]:
        """What the form holds before anything is typed."""
        return {}

    def form(self, case: Case, **given: Any) -> VerbForm:
        """The verb's form for this appeal."""
        return super().form(case, appeal=self.appeal, **given)

    def beside(self, case: Case) -> dict[str, Any]:
        """The way back leads to the appeal."""
        return {"case_url": appeal_url(self.appeal)}

    def go(self, case: Case, form: VerbForm) -> str:
        """Act and say so; what is sent or signed is not undone by a key."""
        seen = {"seen_version": form.cleaned_data["seen_version"]} if self.names_version else {}
        said = self.act(case, form, **seen)
        attending.drop(case=case, by=reader_of(self.request), form=self.name)
        messages.success(self.request, said)
        if self.is_undone and seen:
            offer_undo(self.request, self.appeal, said, seen["seen_version"] + 1)
        else:
            withdraw_offer(self.request)
        return self.where(case, form)

    def where(self, case: Case, form: VerbForm) -> str:
        """Back to the appeal; to one's work when the case went out of sight with it."""
        is_seen = appeals_of(self.request).filter(pk=self.appeal.pk).exists()
        return appeal_url(self.appeal) if is_seen else reverse("cases:mine")


class SimpleAppealVerb(AppealView):
    """A verb whose action takes what its form asks, and that says one sentence."""

    action: ClassVar[Callable[..., Appeal]]
    said: ClassVar[str]
    is_timed: ClassVar[bool] = True

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Do it."""
        who = self.who_and_when if self.is_timed else {"by": reader_of(self.request)}
        type(self).action(appeal=self.appeal, **who, **seen, **form.asked)
        return self.said


class Reground(AppealView):
    """Change the ground, the amount or the deadline."""

    words = Words("Ground and amount", "Save", "What was attested is void then.")
    form_class = forms.RegroundForm

    def held(self) -> dict[str, Any]:
        """What it rests on now."""
        appeal = self.appeal
        return {
            "ground": appeal.ground,
            "amount": appeal.amount_disputed,
            "argument": appeal.argument,
            "due_on": appeal.due_on,
            "due_source": appeal.due_source,
        }

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Save."""
        assert isinstance(form, forms.RegroundForm)
        due = form.due or Due()
        preparing.reground(
            appeal=self.appeal, by=reader_of(self.request), grounds=form.grounds, due=due, **seen
        )
        return "The ground is saved."


class Write(SimpleAppealVerb):
    """Write the letter."""

    words = Words("The letter", "Save", "What was attested is void then.")
    form_class = forms.LetterForm
    action = staticmethod(preparing.write)
    said = "The letter is saved."
    is_timed = False

    def held(self) -> dict[str, Any]:
        """As it stands."""
        return {"subject": self.appeal.letter.subject, "body": self.appeal.letter.body}


class Redraft(SimpleAppealVerb):
    """Start the letter anew."""

    words = Words("Another template", "Draft anew", "What is written now is replaced.")
    form_class = forms.TemplateForm
    action = staticmethod(preparing.redraft)
    said = "The letter is drafted anew."
    is_timed = False


class Exhibit(SimpleAppealVerb):
    """Choose evidence."""

    words = Words("Choose evidence", "Choose")
    form_class = forms.ExhibitForm
    action = staticmethod(preparing.add_exhibit)
    said = "It is part of the evidence."
    is_timed = False


class TakeProof(SimpleAppealVerb):
    """Take the earliest acceptance in as evidence."""

    words = Words("Proof of timely filing", "Take it in", "The acknowledgement becomes evidence.")
    form_class = forms.AppealForm
    action = staticmethod(preparing.prove_filing)
    said = "The acknowledgement is part of the evidence."
    is_timed = False


class LeaveOut(SimpleAppealVerb):
    """Leave evidence out."""

    words = Words("Leave evidence out", "Leave out", "The file stays with the case.")
    form_class = forms.LeaveOutForm
    action = staticmethod(preparing.remove_exhibit)
    said = "It is left out."
    is_timed = False


class Review(SimpleAppealVerb):
    """Ask for a review."""

    words = Words("Ask for a review", "Ask")
    form_class = forms.AppealReasonForm
    action = staticmethod(preparing.review)
    said = "It waits for somebody to read it."
    is_timed = False
    is_undone = True


def offer_undo(request: HttpRequest, appeal: Appeal, said: str, version: int) -> None:
    """Offer to undo a step of an appeal that has an honest inverse."""
    url = reverse("cases:appeal_undo", args=[appeal.public_id])
    offer(request, words=said, url=url, seen_version=version)


class SendBack(SimpleAppealVerb):
    """Send back."""

    words = Words("Send back", "Send back", "What was attested is void then.")
    form_class = forms.AppealReasonForm
    action = staticmethod(preparing.send_back)
    said = "It is a draft again."
    is_timed = False


class Attest(SimpleAppealVerb):
    """Attest the letter and build the packet."""

    words = Words(
        "Attest and build the packet",
        "Attest",
        "Download the letter on the appeal’s page and read it before you attest.",
    )
    form_class = forms.AttestForm
    action = staticmethod(preparing.attest)
    said = "The letter is attested and the packet is built."

    def get(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The question, about the letter as it is now."""
        try:
            return super().get(request, public_id)
        except DomainError as refusal:
            messages.error(request, str(refusal))
            return redirect("cases:appeal_page", public_id=self.appeal.public_id)

    def held(self) -> dict[str, Any]:
        """The digest of the letter as this reader would send it today."""
        letter = preparing.letter_of(self.appeal)
        on = house_day(timezone.now())
        return {"sha256": letters.render(letter, by=reader_of(self.request), on=on).sha256}


class Submit(SimpleAppealVerb):
    """Record that it was sent."""

    words = Words("Record that it was sent", "Record", "This cannot be changed afterwards.")
    form_class = forms.SubmitForm
    action = staticmethod(sending.submit)
    said = "The appeal is submitted; the payer is asked after 30, 45 and 60 days."

    def held(self) -> dict[str, Any]:
        """Today, most likely."""
        return {"sent_on": house_day(timezone.now())}


class Acknowledge(SimpleAppealVerb):
    """The payer has it."""

    words = Words("The payer has it", "Record")
    form_class = forms.AcknowledgeForm
    action = staticmethod(sending.acknowledge)
    said = "The payer has it."
    is_timed = False


class Consider(SimpleAppealVerb):
    """The payer is deciding."""

    words = Words("The payer is deciding", "Record")
    form_class = forms.AppealReasonForm
    action = staticmethod(sending.consider)
    said = "The payer is deciding."
    is_timed = False


class WantsMore(SimpleAppealVerb):
    """The payer wants more."""

    words = Words("The payer wants more", "Record", "The case comes back to you.")
    form_class = forms.AppealReasonForm
    action = staticmethod(sending.asked_for_more)
    said = "The payer wants more; the case is yours."


class Asked(SimpleAppealVerb):
    """The payer was asked."""

    words = Words("I asked the payer", "Note", "The follow-ups due so far are done then.")
    form_class = forms.AskedForm
    action = staticmethod(sending.followed_up)
    said = "It is noted; the appeal goes on."
    names_version = False


class Decide(SimpleAppealVerb):
    """Record the outcome."""

    words = Words("Record the outcome", "Record")
    form_class = forms.OutcomeForm
    action = staticmethod(sending.decide)
    said = "The outcome is recorded."

    def held(self) -> dict[str, Any]:
        """The remittance that decided the claim again, when one did."""
        trace, on = queries.answering(self.appeal)
        return {"trace": trace, "decided_on": on}


class Withdraw(SimpleAppealVerb):
    """Give it up."""

    words = Words("Withdraw this appeal", "Withdraw", "The case stays open for another way.")
    form_class = forms.AppealReasonForm
    action = staticmethod(sending.withdraw)
    said = "The appeal is withdrawn."


class TakeWay(VerbView):
    """Take another way with a denial; it is given up on its own page."""

    is_lasting = True
    way: Way

    def dispatch(self, request: HttpRequest, *args: Any, way: str, **kwargs: Any) -> Any:
        """Which way."""
        if way not in Way:
            raise Http404
        self.way = Way(way)
        self.words = Words(self.way.label, "Record", WARNINGS.get(self.way, ""))  # type: ignore[misc]  # per way
        self.form_class = forms.WAY_FORMS[self.way]  # type: ignore[misc]  # per way
        return super().dispatch(request, *args, **kwargs)

    @property
    def name(self) -> str:
        """Of this way."""
        return f"{super().name}-{self.way.value}"

    def suggested(self, case: Case) -> dict[str, Any]:
        """All that was denied, and the payer's own number."""
        number = case.details.get("payer_control_number", "")
        return {
            "amount": case.amount_at_risk,
            "payer_control_number": number,
            "sent_on": house_day(timezone.now()),
        }

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Record it."""
        assert isinstance(form, forms.WayForm)
        taking.take(
            case=case, way=self.way, particulars=form.particulars, **self.who_and_when, **seen
        )
        return f"{self.way.label} is recorded."

    def where(self, case: Case, form: VerbForm) -> str:
        """To the case's ways."""
        return f"{super().where(case, form)}?tab=appeals"


WARNINGS = {
    Way.CORRECTED_CLAIM: "The case waits for the payer until the day you name.",
    Way.SECONDARY: "The case is resolved as billed to the second payer.",
    Way.PATIENT: "The case is resolved as the patient’s responsibility.",
    Way.WRITE_OFF: "Nothing is written off yet: the case waits for those who may approve it.",
}


class ConcludeWay(VerbView):
    """Say what came of another way."""

    words = Words("What came of it", "Record")
    is_lasting = True
    form_class = forms.ConcludeForm
    recourse: Recourse

    def dispatch(self, request: HttpRequest, *args: Any, public_id: uuid.UUID, **kw: Any) -> Any:
        """Find the way; what follows is asked of its case."""
        seen = Recourse.objects.filter(case__in=visible(request)).select_related("case")
        self.recourse = get_object_or_404(seen, public_id=public_id)
        return super().dispatch(request, *args, public_id=self.recourse.case.public_id, **kw)

    @property
    def name(self) -> str:
        """Of this way."""
        return f"{super().name}-{self.recourse.public_id}"

    def suggested(self, case: Case) -> dict[str, Any]:
        """The way's version."""
        return {"seen_version": self.recourse.version}

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Record it."""
        taking.conclude(recourse=self.recourse, **self.who_and_when, **seen, **form.asked)
        return "It is recorded."

    def where(self, case: Case, form: VerbForm) -> str:
        """To the case's ways."""
        return f"{super().where(case, form)}?tab=appeals"
