"""What the reader's queues were told, until somebody says what was done about it."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from billing_portal.access.grants import scope_ids
from billing_portal.access.web import reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import noticing
from cases.notices.models import Notice
from cases.notices.queries import open_for
from cases.web.forms import NoticeForm
from cases.work.visibility import WORK_QUEUE

PAGE = 100


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The newest that nobody has seen to."""
    reader = reader_of(request)
    found = list(open_for(reader)[: PAGE + 1])
    context = {
        "notices": found[:PAGE],
        "has_more": len(found) > PAGE,
        "page_size": PAGE,
        "workable": scope_ids(reader, WORK_QUEUE),
    }
    return render(request, "cases/notices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def clear(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what was done about a notice; then it is out of sight, and who said so is on record."""
    reader = reader_of(request)
    notice = get_object_or_404(open_for(reader), pk=pk)
    form = NoticeForm(request.POST or None, auto_id="notice_%s")
    if request.method != "POST" or not form.is_valid():
        return page(request, notice, form)
    try:
        noticing.clear(notice=notice, by=reader, at=timezone.now(), **form.cleaned_data)
    except DomainError as refusal:
        return page(request, notice, form, refusal=str(refusal))
    messages.success(request, "The notice is seen to.")
    return redirect("cases:notices")


def page(
    request: HttpRequest, notice: Notice, form: NoticeForm, *, refusal: str = ""
) -> HttpResponse:
    """The question; with what is wrong about the answer."""
    status = HTTPStatus.OK
    if refusal:
        status = HTTPStatus.CONFLICT
    elif form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = {"notice": notice, "form": form, "refusal": refusal}
    return render(request, "cases/notice.html", shown, status=status)
