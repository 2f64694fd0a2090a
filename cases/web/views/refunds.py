"""Credit balances: their verbs, the clocks that run by law, and what payers hold outside claims."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from billing_portal.access.roles import EXPORT
from billing_portal.access.web import needs, reader_of
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import looking
from cases.types.refund import actions, reporting
from cases.types.refund.provider_ledger import balances
from cases.types.refund.queries import open_clocks
from cases.types.refund.reach import clocked_by
from cases.views.sheets import CSV, lines
from cases.web import refundforms as forms
from cases.web.creditlists import BalanceRow, ClockRow
from cases.web.forms import VerbForm
from cases.web.views.verbs import VerbView, Words
from cases.work.models import Case
from integrations.canonical.models import Claim, Remittance


class CreditVerb(VerbView):
    """A verb that adds to a credit."""

    is_lasting = True


class Research(CreditVerb):
    """Say what was wrong and whose the money is."""

    words = Words(
        "Research", "Record", "Nothing may be asked for before. What is recorded is never changed."
    )
    form_class = forms.ResearchForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """To whom the credit seems to belong first, and how much of it."""
        return forms.first_share(case)

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Record."""
        assert isinstance(form, forms.ResearchForm)
        reason = form.cleaned_data["reason"]
        actions.research(case=case, found=form.found, reason=reason, **self.who_and_when, **seen)
        return "What you found is recorded."


class Sign(CreditVerb):
    """Sign when an overpayment was identified, or an investigation began or ended."""

    words = Words(
        "Sign a federal act", "Sign", "You sign with your name. It is never changed or taken back."
    )
    form_class = forms.SignForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """Today."""
        return {"on": house_day(timezone.now())}

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Sign."""
        made = actions.sign(case=case, **self.who_and_when, **seen, **form.asked)
        return f"Signed: {made.get_kind_display()}, {made.on}."


class SendBack(CreditVerb):
    """Choose the way in which money goes back."""

    words = Words(
        "Send back", "Go on", "A refund is asked for: others decide. A recoupment is awaited."
    )
    form_class = forms.WayForm

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Ask, or wait for the payer."""
        made = actions.send_back(case=case, **self.who_and_when, **seen, **form.asked)
        asks = f"{made.request_reference} asks for approval."
        return asks if made.request_reference else "The payer’s remittance is awaited."


class IssueCheck(CreditVerb):
    """Keep the check that was sent for an approved refund."""

    words = Words("Check sent", "Keep", "It is followed until it is cashed, or the state has it.")
    form_class = forms.IssueCheckForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """Today."""
        return {"issued_on": house_day(timezone.now())}

    def act(self, case: Case, form: VerbForm, **seen: Any) -> str:
        """Keep it."""
        made = actions.issue_check(case=case, by=reader_of(self.request), **seen, **form.asked)
        return f"Check {made.number} is kept."


class MoveCheck(CreditVerb):
    """Say what became of a check."""

    words = Words("What became of a check", "Record")
    form_class = forms.MoveCheckForm

    def suggested(self, case: Case) -> dict[str, Any]:
        """Today."""
        return {"on": house_day(timezone.now())}

    def act(self, case: Case, form: VerbForm, **_seen: Any) -> str:
        """Lead it on."""
        moved = actions.move_check(by=reader_of(self.request), **form.asked)
        return f"Check {moved.number}: {moved.get_status_display().lower()}."


@require_safe
def clocks(request: HttpRequest) -> HttpResponse:
    """Every federal clock that runs on what the reader sees; for compliance, on all there are."""
    reader, today = reader_of(request), house_day(timezone.now())
    found = list(open_clocks(clocked_by(reader)))
    looking.listed(by=reader, cases=[each.case for each in found], where=request.path)
    seen = set(Case.objects.visible_to(reader).filter(pk__in=[e.case.pk for e in found]))
    rows = [ClockRow(each, today=today, is_seen=each.case in seen) for each in found]
    return render(request, "cases/types/refund/clocks.html", {"rows": rows})


@require_safe
def provider_ledger(request: HttpRequest) -> HttpResponse:
    """What payers took and gave outside of claims, by reference, what is open first."""
    reader = reader_of(request)
    seen = set(Case.objects.visible_to(reader).filter(case_type="refund").values_list("pk"))
    claims = Claim.objects.visible_to(reader)
    found = balances(Remittance.objects.visible_to(reader), claims=claims)
    rows = [BalanceRow(each, is_seen=bool(each.case and (each.case.pk,) in seen)) for each in found]
    return render(request, "cases/types/refund/provider_ledger.html", {"rows": rows})


@require_safe
def credit_report(request: HttpRequest) -> HttpResponse:
    """The open Medicare credits that the reader sees, as CMS-838 lists them."""
    reader = reader_of(request)
    rows = reporting.rows_of(Case.objects.visible_to(reader))
    looking.listed(by=reader, cases=[row.case for row in rows], where=request.path)
    context = {"rows": rows, "total": reporting.total_words(rows)}
    return render(request, "cases/types/refund/credit_report.html", context)


@require_POST
@needs(EXPORT)
def export_credit_report(request: HttpRequest) -> HttpResponseBase:
    """The same as a file, on record."""
    reader = reader_of(request)
    try:
        sheet = reporting.export(cases=Case.objects.visible_to(reader), by=reader)
    except DomainError as refusal:
        messages.error(request, str(refusal))
        return redirect("cases:credit_report")
    streamed = StreamingHttpResponse(lines(sheet), content_type=CSV)
    streamed["Content-Disposition"] = 'attachment; filename="cms-838.csv"'
    return streamed
