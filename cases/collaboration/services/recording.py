"""What the audit chain of a case keeps of working together."""

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from cases.work.models import Case


def record(case: Case, verb: str, *, by: User, reason: str, **facts: object) -> None:
    """One event on the chain of a case."""
    audit.record(
        chain=f"case:{case.pk}",
        verb=f"case.{verb}",
        subject=f"case:{case.public_id}",
        by=by,
        reason=reason,
        **facts,
    )
