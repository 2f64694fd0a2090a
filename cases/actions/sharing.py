"""What people do around a case without moving it: watch, link, label.

Doors fetch cases through `Case.objects.visible_to(user)`.
"""

from collections.abc import Collection

from billing_portal.accounts.models import User
from cases.collaboration import services
from cases.collaboration.models import CaseLink, Label
from cases.collaboration.vocabulary import BY_HAND, LinkKind
from cases.work.models import Case


def watch(*, case: Case, by: User) -> bool:
    """Be told of what becomes of a case that one sees; whether that is new."""
    return services.watch(case=case, by=by)


def unwatch(*, case: Case, by: User) -> bool:
    """Be told of it no longer; whether one was."""
    return services.unwatch(case=case, by=by)


def link(*, case: Case, other: Case, kind: LinkKind, by: User, reason: str) -> CaseLink:
    """Say how a case stands to another. Raises CaseNotFound, MayNotWork, LinkRefused."""
    if kind not in BY_HAND:
        message = "Cases are linked so by merging and splitting, not by hand."
        raise services.LinkRefused(message)
    return services.link(case=case, other=other, kind=kind, by=by, reason=reason)


def unlink(*, link: CaseLink, case: Case, by: User, reason: str) -> None:
    """Take a link away. Raises CaseNotFound, MayNotWork, LinkRefused."""
    services.unlink(link=link, case=case, by=by, reason=reason)


def set_labels(*, case: Case, labels: Collection[Label], by: User) -> list[Label]:
    """Let a case carry these labels of its team. Raises CaseNotFound, MayNotWork, LabelRefused."""
    return services.set_labels(case=case, labels=labels, by=by)
