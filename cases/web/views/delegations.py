"""Who decides for the reader while they are away, and for whom the reader decides."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from billing_portal.access.grants import may
from billing_portal.access.roles import ARRANGE_DELEGATIONS
from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.money import plain
from cases.actions import delegating
from cases.approvals.listing import deciders, delegations_of
from cases.approvals.vocabulary import Matter
from cases.web.approvalforms import DelegateForm

ENDED = "Ended on the page of delegations"
PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """The reader's delegations, and one more: for the reader, or for somebody who is away."""
    reader = reader_of(request)
    form = DelegateForm(
        request.POST or None,
        people=deciders(reader),
        arranges=may(reader, ARRANGE_DELEGATIONS),
        today=house_day(timezone.now()),
    )
    if request.method != "POST":
        return page(request, form)
    if not form.is_valid():
        return page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def work() -> str:
        made = delegating.delegate(
            giver=form.cleaned_data.get("giver") or reader,
            taker=form.cleaned_data["taker"],
            scope=form.scope,
            by=reader,
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
        whom = "you" if made.giver_id == reader.pk else made.giver
        messages.success(request, f"{made.taker} may decide for {whom} on those days.")
        return reverse("cases:delegations")

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return page(request, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one at once."""
    held = get_object_or_404(delegations_of(reader_of(request)), pk=pk)
    seen = request.POST.get("seen_version", "")
    try:
        delegating.revoke(
            delegation=held,
            by=reader_of(request),
            reason=ENDED,
            at=timezone.now(),
            seen_version=int(seen) if seen.isdecimal() and len(seen) < 10 else 0,
        )
    except DomainError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{held.taker} no longer decides for {held.giver}.")
    return redirect("cases:delegations")


def page(
    request: HttpRequest,
    form: DelegateForm,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """What there is, and the form."""
    today = house_day(timezone.now())
    rows = [
        {
            "held": each,
            "matters": ", ".join(Matter(key).label for key in each.matters) or "Everything",
            "most": plain(each.max_amount) if each.max_amount else "",
            "is_over": each.revoked_at is not None or each.ends_on < today,
        }
        for each in delegations_of(reader_of(request))[:PAGE]
    ]
    context = {"form": form, "rows": rows, "refusal": refusal}
    return render(request, "cases/approvals/delegations.html", context, status=status)
