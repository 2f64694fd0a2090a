"""Showing what is masked: a patient's name, for a purpose, on record."""

from django.db import transaction
from django.db.models import TextChoices

from billing_portal.access.grants import may
from billing_portal.access.roles import REVEAL
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.work.models import Case
from cases.work.visibility import require_sight
from integrations.canonical.models import Patient


class Purpose(TextChoices):
    """What somebody needs a patient's name for."""

    CALL = "call", "Call with the payer or patient"
    PORTAL = "portal", "Look-up in the payer's portal"
    LETTER = "letter", "Letter or form"
    OTHER = "other", "Other"


class RevealRefused(DomainError):
    """This role sees patients masked only, or no patient is known."""

    code = "reveal_refused"


@transaction.atomic
def reveal_patient(*, case: Case, by: User, purpose: Purpose) -> Patient:
    """The patient of a case, unmasked; recorded in the case's audit chain before it is shown.

    Raises CaseNotFound, RevealRefused.
    """
    require_sight(by, case)
    if not may(by, REVEAL):
        message = "Your role sees patients masked. A user administrator can change that."
        raise RevealRefused(message)
    patient = case.claim.patient if case.claim else None
    if patient is None:
        message = "No patient is known for this case."
        raise RevealRefused(message)
    _record(case, "case.patient_revealed", by=by, reason=Purpose(purpose).label)
    return patient


def record_view(*, case: Case, by: User) -> None:
    """Note that somebody opened a case, in its audit chain. Raises CaseNotFound."""
    require_sight(by, case)
    _record(case, "case.viewed", by=by, reason="Opened to work or read")


def _record(case: Case, verb: str, *, by: User, reason: str) -> None:
    audit.record(
        chain=f"case:{case.pk}",
        verb=verb,
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason,
    )
