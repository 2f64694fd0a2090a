"""The operators' pages of the way out: what was asked, each call, and what waits for a person."""

import uuid

from django.contrib import messages as said
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.grants import may
from billing_portal.access.roles import RESEND, SEE_OUTBOX
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.pure.errors import DomainError
from integrations.ops.forms import DecisionForm
from integrations.ops.paging import before, page_of
from integrations.ops.sendings import sending_row, try_row
from integrations.outbox import queries, services
from integrations.outbox.lifecycle import OutboxState
from integrations.outbox.models import Destination, OutboxMessage

DONE = {
    "replay": "It will be tried again within seconds.",
    "withdraw": "It will never be sent. The next of its order may go now.",
    "confirm": "It counts as applied.",
}


@require_safe
@needs(SEE_OUTBOX)
def outbox(request: HttpRequest) -> HttpResponse:
    """What was asked of other systems, newest first."""
    state, destination = request.GET.get("state", ""), request.GET.get("destination", "")
    found = queries.newest(
        states=[state] if state in OutboxState else [],
        destination=destination,
        before=before(request, OutboxMessage),
    )
    page = page_of(request, found, size=queries.PAGE, state=state, destination=destination)
    context = {
        **page,
        "rows": [sending_row(message) for message in page["shown"]],
        "states": OutboxState.choices,
        "destinations": Destination.objects.order_by("label", "pk"),
        "state": state,
        "destination": destination,
        "waiting": len(queries.waiting()),
    }
    return render(request, "integrations/ops/outbox.html", context)


@require_safe
@needs(SEE_OUTBOX)
def sending(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One message: what became of it, call by call, and what a person may do with it."""
    held = held_message(public_id)
    tries = held.tries.order_by("-pk")[: queries.CAP]
    context = {
        "message": sending_row(held),
        "held": held,
        "tries": [try_row(row) for row in tries],
        "may_decide": held.waits_for_a_person and may(reader_of(request), RESEND),
        "is_unknown": held.state == OutboxState.UNKNOWN,
    }
    return render(request, "integrations/ops/sending.html", context)


def held_message(public_id: uuid.UUID) -> OutboxMessage:
    """The message of an address."""
    return get_object_or_404(
        OutboxMessage.objects.select_related("destination"), public_id=public_id
    )


@require_POST
@needs(RESEND)
def decide(request: HttpRequest, public_id: uuid.UUID, verb: str) -> HttpResponse:
    """Send a message again that waits for a person, or withdraw or confirm it."""
    if verb not in DONE:
        raise Http404
    held, form = held_message(public_id), DecisionForm(request.POST)
    if not form.is_valid():
        said.error(request, "Say why.")
        return redirect("ops:sending", public_id)
    try:
        carry_out(verb, held, form, request)
    except DomainError as refusal:
        said.error(request, str(refusal))
    else:
        said.success(request, DONE[verb])
    return redirect("ops:sending", public_id)


def carry_out(verb: str, held: OutboxMessage, form: DecisionForm, request: HttpRequest) -> None:
    """One decision. Raises MessageNotWaiting, ReferenceMissing."""
    by, at, reason = reader_of(request), timezone.now(), form.cleaned_data["reason"]
    if verb == "confirm":
        reference = form.cleaned_data["reference"]
        services.confirm(message=held, reference=reference, by=by, reason=reason, at=at)
    elif verb == "withdraw":
        services.withdraw(message=held, by=by, reason=reason, at=at)
    else:
        services.replay(message=held, by=by, reason=reason, at=at)


@require_safe
@needs(SEE_OUTBOX)
def stuck(request: HttpRequest) -> HttpResponse:
    """What waits for a person, by reason."""
    context = {
        "causes": [
            (cause, reverse("ops:stuck_cause", args=[cause.code])) for cause in queries.causes()
        ],
    }
    return render(request, "integrations/ops/stuck.html", context)


@require_safe
@needs(SEE_OUTBOX)
def stuck_cause(request: HttpRequest, code: str) -> HttpResponse:
    """The messages that wait for one reason."""
    waiting = queries.waiting_for(code)
    if not waiting:
        raise Http404
    context = {
        "code": code,
        "words": queries.words_of(code),
        "rows": [sending_row(message) for message in waiting],
        "may_replay": may(reader_of(request), RESEND),
    }
    return render(request, "integrations/ops/stuck_cause.html", context)


@require_POST
@needs(RESEND)
def replay_stuck(request: HttpRequest, code: str) -> HttpResponse:
    """Try the messages of one reason again, the oldest first."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        said.error(request, "Say why.")
        return redirect("ops:stuck_cause", code)
    count = services.replay_all(
        code=code, by=reader_of(request), reason=form.cleaned_data["reason"], at=timezone.now()
    )
    said.success(request, f"Tried again within seconds: {count}.")
    return redirect("ops:stuck")
