"""Approvals: the inbox, one page a request, a form for every verb. A GET only shows."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.freshness import is_fresh
from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_AUDIT
from billing_portal.access.web import once_per_form, reader_of
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import answering, approving, looking
from cases.actions.approving import Outcome, Seen
from cases.approvals.eligibility import eligible
from cases.approvals.listing import beside
from cases.approvals.models import ApprovalRequest
from cases.approvals.queries import waiting_for
from cases.approvals.saying import Verdict
from cases.approvals.vocabulary import Act
from cases.web import approvalforms as forms
from cases.web.approvallist import ApprovalList, allows_many, row_of
from cases.web.approvalpage import ApprovalPage
from cases.web.forms import VerbForm
from cases.web.frame import frame_of
from cases.web.presenters import shown_money
from cases.web.views.verbs import VerbView, Words
from cases.work.models import Case

SAID = 10


def requests_of(request: HttpRequest) -> Any:
    """The requests of the reader's cases, with all that their page shows."""
    found = ApprovalRequest.objects.visible_to(reader_of(request)).for_list()
    return found.select_related(
        "case__owner", "case__account", "case__claim__patient", "forwarded_to"
    )


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, and what else they may see of it. What was shown is on record."""
    work = ApprovalList(frame_of(request), now=timezone.now())
    shown = [each.case for each in work.requests]
    looking.listed(by=reader_of(request), cases=shown, where=request.path)
    context = {"work": work, "sees_duties": may(reader_of(request), SEE_AUDIT)}
    return render(request, "cases/approvals/inbox.html", context)


@require_safe
def show(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One request with all that a decision needs. That it was opened is on record."""
    approval = get_object_or_404(requests_of(request), public_id=public_id)
    last_seen = looking.request_read(by=reader_of(request), approval=approval)
    return page(request, approval, last_seen=last_seen)


def page(
    request: HttpRequest,
    approval: ApprovalRequest,
    *,
    last_seen: str = "",
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The page of a request, fresh; after a refusal with the reason."""
    reader, now = reader_of(request), timezone.now()
    before, behind = beside(waiting_for(reader, at=now), approval)
    context = {
        "page": ApprovalPage(approval, reader=reader, now=now, last_seen=last_seen),
        "key": uuid.uuid4(),
        "before": before,
        "behind": behind,
        "is_fresh": is_fresh(request, at=now),
        "sign_in_url": sign_in_url(approval),
        "refusal": refusal,
    }
    return render(request, "cases/approvals/approval.html", context, status=status)


def approval_url(approval: ApprovalRequest) -> str:
    """Where its page is."""
    return reverse("cases:approval", args=[approval.public_id])


def sign_in_url(approval: ApprovalRequest) -> str:
    """Where one signs in again, to come back to a request."""
    query = urlencode({"next": approval_url(approval)})
    return f"{reverse('account_reauthenticate')}?{query}"


def is_too_old(request: HttpRequest, approval: ApprovalRequest) -> bool:
    """Whether the amount wants a sign-in within the last minutes, and there was none."""
    is_above = approval.policy_version.terms.wants_fresh(approval.tier_amount)
    return is_above and not is_fresh(request, at=timezone.now())


class ApprovalView(VerbView):
    """One verb on one request, which no key undoes.

    What is refused shows the request as it is now, with the reason.
    """

    approval: ApprovalRequest
    is_lasting = True

    def dispatch(
        self, request: HttpRequest, *args: Any, public_id: uuid.UUID, **kwargs: Any
    ) -> HttpResponseBase:
        """Find the request; what follows is asked of its case."""
        self.approval = get_object_or_404(requests_of(request), public_id=public_id)
        return super().dispatch(request, *args, public_id=self.approval.case.public_id, **kwargs)

    @property
    def name(self) -> str:
        """Of this request: what is typed for another is not typed for it."""
        return f"{super().name}-{self.approval.public_id}"

    def suggested(self, case: Case) -> dict[str, Any]:
        """The version and the digest that are shown."""
        return {"seen_version": self.approval.version, "seen_digest": self.approval.digest}

    def form(self, case: Case, **given: Any) -> VerbForm:
        """The verb's form for this request."""
        return super().form(case, approval=self.approval, **given)

    def beside(self, case: Case) -> dict[str, Any]:
        """The way back leads to the request."""
        return {"case_url": approval_url(self.approval)}

    def stale(self, case: Case, form: VerbForm, refusal: DomainError) -> HttpResponse:
        """The request as it is now: nothing is decided “anyway”."""
        return self.refused(refusal)

    def refused(self, refusal: DomainError) -> HttpResponse:
        """The fresh page of the request, with the reason."""
        fresh = get_object_or_404(requests_of(self.request), pk=self.approval.pk)
        status = HTTPStatus.CONFLICT
        return page(self.request, fresh, refusal=str(refusal), status=status)

    def where(self, case: Case, form: VerbForm) -> str:
        """Back to the request, if it is in sight still."""
        is_seen = requests_of(self.request).filter(pk=self.approval.pk).exists()
        return approval_url(self.approval) if is_seen else reverse("cases:approvals")


class Decision(ApprovalView):
    """Approve, reject or return it, as it was seen."""

    verdict: ClassVar[Act]
    said: ClassVar[str]

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Decide, for oneself or for whoever delegated to one."""
        given = form.cleaned_data
        speaker = given["acting_for"]
        verdict = Verdict(
            act=self.verdict,
            reason=given["reason"],
            seen_version=seen["seen_version"],
            seen_digest=given["seen_digest"],
            acting_for=get_object_or_404(User, pk=speaker) if speaker else None,
        )
        approving.decide(approval=self.approval, verdict=verdict, **self.who_and_when)
        return self.said.format(approval=self.approval)

    def suggested(self, case: Case) -> dict[str, Any]:
        """With whose voice the reader decides."""
        reader, now = reader_of(self.request), timezone.now()
        shown = ApprovalPage(self.approval, reader=reader, now=now)
        return super().suggested(case) | {"acting_for": shown.acting_for}

    def where(self, case: Case, form: VerbForm) -> str:
        """To what waits next for the reader."""
        reader = reader_of(self.request)
        following = waiting_for(reader, at=timezone.now()).exclude(pk=self.approval.pk).first()
        return approval_url(following) if following else reverse("cases:approvals")


class Approve(Decision):
    """Yes."""

    words = Words("Approve this request", "Approve")
    form_class = forms.ApproveForm
    verdict = Act.APPROVE
    said = "{approval}: your approval is on record."

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """Above the policy's limit only right after a sign-in; a refusal shows the request."""
        if is_too_old(request, self.approval):
            messages.warning(request, "Nothing is decided yet: sign in again, then approve.")
            return redirect(sign_in_url(self.approval))
        form = self.form(self.approval.case, data=request.POST)
        if not form.is_valid():
            return self.page(self.approval.case, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            return once_per_form(request, lambda: self.go(self.approval.case, form))
        except DomainError as refusal:
            return self.refused(refusal)


class Reject(Decision):
    """No."""

    words = Words("Reject this request", "Reject", "Nothing is booked; the requester is told why.")
    form_class = forms.RejectForm
    verdict = Act.REJECT
    said = "{approval} is rejected; the requester is told why."


class Return(Decision):
    """Ask first."""

    words = Words("Ask the requester", "Ask", "The clock pauses; the chain begins anew after.")
    form_class = forms.ReturnForm
    verdict = Act.RETURN
    said = "{approval} is returned; the requester is told what you need."


class SimpleApprovalVerb(ApprovalView):
    """A verb whose action takes what its form asks, and that says one sentence."""

    action: ClassVar[Callable[..., ApprovalRequest]]
    said: ClassVar[str]

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Do it."""
        hidden = {"seen_digest", "acting_for"}
        asked = {name: value for name, value in form.asked.items() if name not in hidden}
        type(self).action(approval=self.approval, **self.who_and_when, **seen, **asked)
        return self.said.format(approval=self.approval, **asked)


class Forward(SimpleApprovalVerb):
    """Ask a colleague to decide."""

    words = Words("Ask a colleague to decide", "Ask", "Nobody gets a right by it.")
    form_class = forms.ForwardForm
    action = staticmethod(approving.forward)
    said = "{to} is asked to decide {approval}."

    def form(self, case: Case, **given: Any) -> VerbForm:
        """Those who may decide now, but the reader."""
        may = {each.person_id for each in eligible(self.approval, at=timezone.now())}
        return super().form(case, people=sorted(may - {reader_of(self.request).pk}), **given)


class Withdraw(SimpleApprovalVerb):
    """Take back what one asked for."""

    words = Words("Take this request back", "Take back", "Work on the case goes on.")
    form_class = forms.WithdrawForm
    action = staticmethod(approving.withdraw)
    said = "{approval} is taken back."


class Answer(SimpleApprovalVerb):
    """Answer what the approver asked."""

    words = Words(
        "Answer and ask again", "Ask again", "The same, with every file of the case as evidence."
    )
    form_class = forms.AnswerForm
    action = staticmethod(answering.answer)
    said = "{approval} waits for a decision again."


@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """What was ticked, each row checked again, and the question whether they all may pass."""
    return bulk_page(request, forms.TogetherForm(initial={"key": uuid.uuid4()}))


@require_POST
def approve_together(request: HttpRequest) -> HttpResponse:
    """Approve what was ticked and shown, each by itself; what is refused is said."""
    form, picked = forms.TogetherForm(request.POST), seen_of(request)
    if not form.is_valid():
        return bulk_page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if any(is_too_old(request, each.approval) for each in picked):
        messages.warning(request, "Nothing is decided yet: sign in again, then approve.")
        query = urlencode({"next": reverse("cases:approvals")})
        return redirect(f"{reverse('account_reauthenticate')}?{query}")

    def work() -> str:
        outcomes = approving.decide_many(
            seen=picked,
            reason=form.cleaned_data["reason"],
            by=reader_of(request),
            at=timezone.now(),
        )
        say_outcomes(request, outcomes)
        return reverse("cases:approvals")

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return bulk_page(request, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def say_outcomes(request: HttpRequest, outcomes: list[Outcome]) -> None:
    """How many passed, and why each of the others did not."""
    refused = [each for each in outcomes if each.refusal is not None]
    messages.success(request, f"Approved: {len(outcomes) - len(refused)} of {len(outcomes)}.")
    for each in refused[:SAID]:
        messages.warning(request, f"{each.approval}: {each.refusal}")
    if len(refused) > SAID:
        messages.warning(request, f"{len(refused) - SAID} more were not approved.")


def seen_of(request: HttpRequest) -> list[Seen]:
    """The rows that were ticked and the reader may see, as they were shown."""
    picks = {each.public_id: each for each in forms.picks_of(request.POST.getlist("case"))}
    found = requests_of(request).filter(public_id__in=list(picks)).order_by("requested_at", "pk")
    return [
        Seen(each, picks[each.public_id].version, picks[each.public_id].digest) for each in found
    ]


def bulk_page(
    request: HttpRequest,
    form: forms.TogetherForm,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The rows that were ticked, as they are now, with what speaks against each."""
    reader, now = reader_of(request), timezone.now()
    picked = seen_of(request)
    mine = set(
        waiting_for(reader, at=now)
        .filter(pk__in=[each.approval.pk for each in picked])
        .values_list("pk", flat=True)
    )
    rows = [(row_of(each.approval, now=now), why_not(each, mine)) for each in picked]
    good = [each.approval for each in picked if not why_not(each, mine)]
    total = sum((each.amount for each in good), start=0)
    context = {
        "form": form,
        "rows": rows,
        "good": len(good),
        "total": shown_money(total, good[0].currency) if good else "",
        "policies": sorted({each.policy_version.terms.label for each in good}),
        "refusal": refusal,
    }
    return render(request, "cases/approvals/together.html", context, status=status)


def why_not(seen: Seen, mine: set[int]) -> str:
    """Why a ticked row cannot pass with the others; empty: it can, as far as is seen now."""
    approval = seen.approval
    if approval.pk not in mine:
        return "It does not wait for you."
    if (seen.version, seen.digest) != (approval.version, approval.digest):
        return "It was changed after you saw it."
    return "" if allows_many(approval) else "Its policy wants it decided on its own page."
