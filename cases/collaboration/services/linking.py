"""Saying how two cases stand to each other, and taking that back."""

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import delete_because, save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.collaboration.models import CaseLink
from cases.collaboration.services.recording import record
from cases.collaboration.vocabulary import BY_HAND, LinkKind
from cases.work.models import Case
from cases.work.visibility import require_sight, require_work


class LinkRefused(DomainError):
    """The two cases cannot be linked so, or the link cannot be taken away."""

    code = "link_refused"


@transaction.atomic
def link(*, case: Case, other: Case, kind: LinkKind, by: User, reason: str) -> CaseLink:
    """Link a case that one works to one that one sees; linked twice is linked once.

    Tracked, and recorded in both cases' chains. Raises CaseNotFound, MayNotWork, LinkRefused.
    """
    require_work(by, case)
    require_sight(by, other)
    if case.pk == other.pk:
        message = "A case is not linked to itself."
        raise LinkRefused(message)
    first, second = _in_order(case, other, kind)
    Case.objects.select_for_update(of=("self",)).filter(pk=first.pk).get()
    return join(case=first, other=second, kind=kind, by=by, reason=reason)


@transaction.atomic
def join(*, case: Case, other: Case, kind: LinkKind, by: User, reason: str) -> CaseLink:
    """Write down a link that its caller may make and whose first case it has locked.

    Tracked, and recorded in both cases' chains; linked twice is linked once.
    """
    held = CaseLink.objects.filter(case=case, other=other, kind=kind).first()
    if held is not None:
        return held
    made = CaseLink(case=case, other=other, kind=kind)
    save_because(made, by=by, reason=reason)
    for one, another in ((case, other), (other, case)):
        record(one, "linked", by=by, reason=reason, kind=kind, other=another.reference)
    return made


@transaction.atomic
def unlink(*, link: CaseLink, case: Case, by: User, reason: str) -> None:
    """Take away a link of a case that one works; its history stays.

    Raises CaseNotFound, MayNotWork, and LinkRefused for what came of merging or splitting.
    """
    require_work(by, case)
    if link.kind not in BY_HAND:
        message = "This link came of merging or splitting; it goes when that is taken back."
        raise LinkRefused(message)
    part(link=link, by=by, reason=reason)


@transaction.atomic
def part(*, link: CaseLink, by: User, reason: str) -> None:
    """Take away a link that its caller may take away, on both cases' records."""
    ends = (link.case, link.other)
    delete_because(link, by=by, reason=reason)
    for one, another in (ends, ends[::-1]):
        record(one, "unlinked", by=by, reason=reason, kind=link.kind, other=another.reference)


def _in_order(case: Case, other: Case, kind: LinkKind) -> tuple[Case, Case]:
    """What holds both ways is written down one way."""
    is_turned = kind is LinkKind.RELATED and case.pk > other.pk
    return (other, case) if is_turned else (case, other)
