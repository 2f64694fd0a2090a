"""One case: the workspace, the patient's name on demand, its files."""

import uuid
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing_portal.access.web import reader_of
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import attending, looking, revealing
from cases.collaboration.queries import merged_into
from cases.evidence.models import Attachment
from cases.web import forms
from cases.web.casepage import CasePage
from cases.web.caseparts import Shown, masked
from cases.web.presenters import shown_time
from cases.web.views.verbs import VerbView, Words, visible
from cases.work.models import Case
from cases.work.steps import step_columns
from cases.work.visibility import may_see
from integrations.canonical.models import Patient

SHOWN_FOR = timedelta(minutes=10)


@require_safe
def show(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The workspace. Opening it is on record. The bare address of a merged case leads on."""
    case = case_of(request, public_id)
    kept = merged_into(case) if not request.GET else None
    if kept is not None and may_see(reader_of(request), kept):
        messages.info(request, f"{case} is merged into {kept}.")
        return redirect("cases:case", public_id=kept.public_id)
    revealing.record_view(case=case, by=reader_of(request))
    attending.attend(case=case, by=reader_of(request))
    return workspace(request, case)


def case_of(request: HttpRequest, public_id: uuid.UUID) -> Case:
    """The case of an address, if the reader may see it."""
    return get_object_or_404(visible(request).annotate(**step_columns()), public_id=public_id)


def workspace(request: HttpRequest, case: Case, patient: Shown | None = None) -> HttpResponse:
    """The page of a case."""
    page = CasePage(
        case,
        reader=reader_of(request),
        now=timezone.now(),
        asked=request.GET,
        patient=patient,
    )
    return render(request, "cases/case.html", {"page": page})


class Reveal(VerbView):
    """Show the patient's name, for a purpose, for ten minutes."""

    words = Words("Reveal the patient", "Reveal", "Who looked, when and why is kept on record.")
    form_class = forms.RevealForm

    def post(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """The case's page with the name in it; the browser masks it again by itself."""
        case = case_of(request, public_id)
        form = self.form(case, data=request.POST)
        if not form.is_valid():
            return self.page(case, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            patient = revealing.reveal_patient(
                case=case, by=reader_of(request), purpose=form.cleaned_data["purpose"]
            )
        except DomainError as refusal:
            return self.page(case, form, refusal=str(refusal), status=HTTPStatus.CONFLICT)
        response = workspace(request, case, revealed(case, patient, request))
        address = self.where(case, form)
        response["Refresh"] = f"{int(SHOWN_FOR.total_seconds())}; url={address}"
        response["HX-Push-Url"] = address
        return response

    def act(self, case: Case, form: forms.VerbForm, **seen: Any) -> str:
        """Said by the page itself."""
        return str(case)


def revealed(case: Case, patient: Patient, request: HttpRequest) -> Shown:
    """The patient of a case, unmasked."""
    until = timezone.now() + SHOWN_FOR
    return replace(
        masked(case, reader_of(request)),
        is_revealed=True,
        name=f"{patient.given_name} {patient.family_name}".strip(),
        born_on=patient.born_on,
        member_id=patient.member_id,
        until=until.isoformat(),
        until_words=shown_time(until),
    )


@require_safe
def attachment(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse | FileResponse:
    """A file as it was attached, never shown in the page's own context. Reading it is on record."""
    kept = get_object_or_404(
        Attachment.objects.filter(case__in=visible(request)).select_related("case"),
        public_id=public_id,
    )
    if not default_storage.exists(kept.path):
        raise Http404
    looking.downloaded(attachment=kept, by=reader_of(request))
    response = FileResponse(
        default_storage.open(kept.path),
        as_attachment=True,
        filename=kept.filename,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
