"""The operators' pages: messages, one message, and what waits for a person."""

import uuid

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.grants import may
from billing_portal.access.roles import DOWNLOAD, REPLAY, SEE_MESSAGES
from billing_portal.access.web import needs, reader_of
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.correlation import current_id
from integrations.canonical.models import Source
from integrations.inbox import queries
from integrations.inbox.contents import chunks_of
from integrations.inbox.models import Message, MessageStatus
from integrations.inbox.replay import replay
from integrations.ops.paging import before, page_of
from integrations.ops.presenters import message_row, part_row, piece, total_lines


@require_safe
@needs(SEE_MESSAGES)
def messages(request: HttpRequest) -> HttpResponse:
    """Messages, newest first."""
    status, source = request.GET.get("status", ""), request.GET.get("source", "")
    found = queries.newest(
        statuses=[status] if status in MessageStatus else [],
        source=source,
        before=before(request, Message),
    )
    page = page_of(request, found, size=queries.PAGE, status=status, source=source)
    context = {
        **page,
        "rows": [message_row(message) for message in page["shown"]],
        "statuses": MessageStatus.choices,
        "sources": Source.objects.order_by("label", "pk"),
        "status": status,
        "source": source,
    }
    return render(request, "integrations/ops/messages.html", context)


@require_safe
@needs(SEE_MESSAGES)
def message(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One message: what came of it, part by part, and what was set aside."""
    held = held_message(public_id)
    parts = held.parts.select_related("remittance").order_by("ordinal")[: queries.CAP]
    pieces = held.quarantined.select_related("message__source").order_by("position", "pk")
    context = {
        "message": message_row(held),
        "held": held,
        "totals": total_lines(held),
        "parts": [part_row(part, held.source.currency) for part in parts],
        "pieces": [piece(row) for row in pieces[: queries.CAP]],
        "may_download": may(reader_of(request), DOWNLOAD),
        "is_settled": queries.is_settled(held.status),
    }
    return render(request, "integrations/ops/message.html", context)


def held_message(public_id: uuid.UUID) -> Message:
    """The message of an address."""
    found = Message.objects.select_related("source", "received_by")
    return get_object_or_404(found, public_id=public_id)


@require_safe
@needs(DOWNLOAD)
def download(request: HttpRequest, public_id: uuid.UUID) -> StreamingHttpResponse:
    """A message's bytes as received. They hold patient data, so taking them is on record."""
    held = held_message(public_id)
    audit.record(
        chain=f"source:{held.source.name}",
        verb="message.downloaded",
        subject=f"message:{held.public_id}",
        by=reader_of(request),
        reason="Downloaded from its page",
    )
    return StreamingHttpResponse(
        chunks_of(held),
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{held.public_id}.bin"',
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@require_safe
@needs(SEE_MESSAGES)
def quarantine(request: HttpRequest) -> HttpResponse:
    """What waits for a person, by reason."""
    context = {
        "causes": [(cause, reverse("ops:cause", args=[cause.code])) for cause in queries.causes()],
    }
    return render(request, "integrations/ops/quarantine.html", context)


@require_safe
@needs(SEE_MESSAGES)
def cause(request: HttpRequest, reason: str) -> HttpResponse:
    """The pieces set aside for one reason."""
    waiting = queries.waiting_for(reason)
    if not waiting:
        raise Http404
    context = {
        "reason": reason,
        "words": queries.words_of(reason),
        "pieces": [piece(row) for row in waiting],
        "may_replay": may(reader_of(request), REPLAY),
    }
    return render(request, "integrations/ops/cause.html", context)


@require_POST
@needs(REPLAY)
def replay_cause(request: HttpRequest, reason: str) -> HttpResponse:
    """Read the messages of one reason again, the oldest first, a handful at a time."""
    found = queries.messages_waiting_for(reason)
    if not found:
        raise Http404
    differences = [
        difference
        for held in found
        for difference in replay(message=held, by=reader_of(request), correlation_id=current_id())
    ]
    settled = sum(difference.resolved for difference in differences)
    added = sum(difference.added for difference in differences)
    said.success(
        request,
        f"Messages read again: {len(found)}. Pieces settled: {settled}. Decisions in: {added}.",
    )
    return redirect("ops:quarantine")
