"""The second look: finished cases whose end a second person names before being told it."""

import uuid
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from billing_portal.access.web import once_per_form, reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import looking, reviewing
from cases.quality.models import QaSample
from cases.web.presenters import shown_money, words_of
from cases.web.qualityforms import ReviewForm
from cases.work.lifecycle import Disposition

PAGE = 50


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, oldest draw first, and what the reader answered."""
    reader = reader_of(request)
    waiting = QaSample.objects.waiting_for(reader).select_related("case__queue", "draw")
    done = QaSample.objects.visible_to(reader).filter(reviewer=reader)
    context = {
        "waiting": list(waiting.order_by("draw__on", "pk")[:PAGE]),
        "answered": list(done.select_related("case").order_by("-reviewed_at", "-pk")[:PAGE]),
    }
    return render(request, "cases/quality/reviews.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One case without its end, and the question how it should have ended.

    An answer that is sent again finds its case answered, not gone.
    """
    reader, is_answer = reader_of(request), request.method == "POST"
    samples = QaSample.objects
    found = samples.reviewable_by(reader) if is_answer else samples.waiting_for(reader)
    seen = found.select_related("case__payer", "case__facility")
    sample = get_object_or_404(seen, public_id=public_id)
    form = ReviewForm(request.POST or None, sample=sample)
    if not is_answer:
        looking.listed(by=reader, cases=[sample.case], where=request.path)
        return page(request, sample, form)
    if not form.is_valid():
        return page(request, sample, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)

    def work() -> str:
        given = form.cleaned_data
        say(request, reviewing.answer(sample=sample, by=reader, at=timezone.now(), **given))
        return reverse("cases:reviews")

    try:
        return once_per_form(request, work)
    except DomainError as refusal:
        return page(request, sample, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)


def say(request: HttpRequest, made: QaSample) -> None:
    """Now how it was ended may be told."""
    was = Disposition(made.disposition).label
    if made.agrees:
        messages.success(request, f"You agree: it was ended as “{was}”.")
    else:
        messages.warning(request, f"You differ: it was ended as “{was}”. Your reason is on record.")


def page(
    request: HttpRequest,
    sample: QaSample,
    form: ReviewForm,
    *,
    refusal: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The facts of the case, nothing of its end, and the question."""
    case = sample.case
    context = {
        "sample": sample,
        "case": case,
        "words": words_of(case),
        "amount": shown_money(case.amount_at_risk, case.currency),
        "form": form,
        "refusal": refusal,
        "key": uuid.uuid4(),
    }
    return render(request, "cases/quality/review.html", context, status=status)
