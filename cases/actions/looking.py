"""Looking, on record: which cases a worklist showed, and that somebody searched.

A worklist shows patients masked, so it is kept as incidental, in the reader's own chain. What was
searched for may be a name: its keyed digest is kept, so the same term can be told again and no term
can be read.
"""

import json
from collections.abc import Sequence

from django.utils.crypto import salted_hmac

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.audit.models import AuditEvent
from cases.approvals.models import ApprovalRequest
from cases.evidence.models import Attachment
from cases.work.models import Case

READ = "approval.viewed"


def listed(*, by: User, cases: Sequence[Case], where: str) -> None:
    """Note the cases that a worklist showed. `where` is its path, without what narrows it."""
    if cases:
        audit.record(
            chain=f"user:{by.pk}",
            verb="worklist.shown",
            subject=where,
            by=by,
            reason="Read a worklist",
            cases=[str(case.public_id) for case in cases],
        )


def searched(*, by: User, term: str, found: int) -> None:
    """Note that somebody searched, and how much was found."""
    audit.record(
        chain=f"user:{by.pk}",
        verb="case.searched",
        subject="search",
        by=by,
        reason="Searched",
        term=digest_of(term),
        found=found,
    )


def digest_of(term: str) -> str:
    """The keyed digest of a search term, the same for the same words in any case."""
    normal = " ".join(term.casefold().split())
    return salted_hmac("cases.actions.looking", normal, algorithm="sha256").hexdigest()


def downloaded(*, by: User, attachment: Attachment) -> None:
    """Note that somebody took a file out."""
    audit.record(
        chain=f"case:{attachment.case_id}",
        verb="case.downloaded",
        subject=f"case:{attachment.case.public_id}",
        by=by,
        reason="File downloaded",
        attachment=attachment.public_id,
        sha256=attachment.sha256,
    )


def request_read(*, by: User, approval: ApprovalRequest) -> str:
    """Note that somebody read a request; returns the digest they read last, "" for the first time.

    What they decide later, they decide on what they read.
    """
    chain, subject = f"case:{approval.case_id}", f"approval:{approval.public_id}"
    earlier = AuditEvent.objects.filter(chain=chain, verb=READ, subject=subject, actor=by)
    last = earlier.order_by("-seq").first()
    facts = {"version": approval.version, "digest": approval.digest}
    audit.record(
        chain=chain, verb=READ, subject=subject, by=by, reason="Opened to decide or read", **facts
    )
    return str(json.loads(last.body)["digest"]) if last else ""
