"""The only writers of saved views."""

from collections.abc import Iterable
from urllib.parse import parse_qs

from django.contrib.auth.models import Group
from django.db import transaction

from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.pure.errors import DomainError
from cases.views.columns import BY_KEY
from cases.views.models import SavedView, Sharing
from cases.work.search import is_plain
from cases.work.visibility import LEAD_QUEUE

MOST = 12  # tabs of a list that one person sees of their own


class ViewRefused(DomainError):
    """The view cannot be kept, or is not this person's to change."""

    code = "view_refused"


class ViewNotFound(DomainError):
    """There is no such view for this person (HTTP 404)."""

    code = "view_not_found"


@transaction.atomic
def save(
    *,
    by: User,
    name: str,
    path: str,
    query: str,
    columns: Iterable[str] = (),
    sharing: Sharing = Sharing.PRIVATE,
    group: Group | None = None,
) -> SavedView:
    """Keep a view. Sharing one asks for leading a queue and being of the group.

    Raises ViewRefused, also for a term that may not stand in an address.
    """
    _require_place(by, path)
    _require_sharing(by, path, sharing, group)
    view = SavedView.objects.create(
        owner=by,
        name=_name(name),
        path=path,
        query=_query(query),
        columns=_columns(columns),
        sharing=sharing,
        group=group,
        position=100 * (1 + SavedView.objects.filter(owner=by, path=path).count()),
    )
    view.refresh_from_db()
    _record(view, "view.saved", by=by)
    return view


@transaction.atomic
def change(
    *,
    view: SavedView,
    by: User,
    name: str | None = None,
    query: str | None = None,
    columns: Iterable[str] | None = None,
    position: int | None = None,
) -> SavedView:
    """Change what is given of a view. Locks it. Raises ViewNotFound, ViewRefused."""
    locked = _own(view, by=by)
    if name is not None:
        locked.name = _name(name)
    if query is not None:
        locked.query = _query(query)
    if columns is not None:
        locked.columns = _columns(columns)
    if position is not None:
        locked.position = position
    locked.save(update_fields=["name", "query", "columns", "position"])
    _record(locked, "view.changed", by=by)
    return locked


@transaction.atomic
def remove(*, view: SavedView, by: User) -> None:
    """Forget a view. Raises ViewNotFound, ViewRefused."""
    locked = _own(view, by=by)
    _record(locked, "view.removed", by=by)
    locked.delete()


def may_change(view: SavedView, by: User) -> bool:
    """Whether a view is somebody's to change: their own, or their group's if they lead a queue."""
    leads = bool(scope_ids(by, LEAD_QUEUE))
    return view.owner_id == by.pk or (view.group_id is not None and leads)


def _own(view: SavedView, *, by: User) -> SavedView:
    seen = SavedView.objects.visible_to(by).select_for_update(of=("self",))
    locked = seen.filter(pk=view.pk).first()
    if locked is None:
        raise ViewNotFound("There is no such view.")
    if not may_change(locked, by):
        raise ViewRefused("Who shared this view, or leads its team, can change it. Save your own.")
    return locked


def _require_place(by: User, path: str) -> None:
    if SavedView.objects.filter(owner=by, path=path).count() >= MOST:
        raise ViewRefused(f"At most {MOST} views of one list. Delete one first.")


def _require_sharing(by: User, path: str, sharing: Sharing, group: Group | None) -> None:
    if (sharing is Sharing.PRIVATE) != (group is None):
        raise ViewRefused("A shared view names its team, and a private one does not.")
    if group is None:
        return
    if not scope_ids(by, LEAD_QUEUE) or not by.groups.filter(pk=group.pk).exists():
        raise ViewRefused("Who leads a queue can share a view with a team they belong to.")
    taken = SavedView.objects.filter(group=group, path=path, sharing=Sharing.ROLE)
    if sharing is Sharing.ROLE and taken.exists():
        raise ViewRefused("This team has a default for this list already.")


def _name(name: str) -> str:
    if not name.strip():
        raise ViewRefused("Give the view a name.")
    return name.strip()


def _query(query: str) -> str:
    """What a view keeps stands in addresses and tabs: a name or a claim's number may not."""
    if not all(is_plain(term) for term in parse_qs(query).get("q", [])):
        raise ViewRefused(
            "A view is kept with a reference, a code or an amount, not with a name or a number. "
            "Search for it in the portal and save the list there: the term is sealed."
        )
    return query


def _columns(keys: Iterable[str]) -> list[str]:
    wanted = list(keys)
    unknown = sorted(set(wanted) - set(BY_KEY))
    if unknown:
        raise ViewRefused(f"There is no column “{unknown[0]}”.")
    return wanted


def _record(view: SavedView, verb: str, *, by: User) -> None:
    audit.record(
        chain=f"user:{by.pk}",
        verb=verb,
        subject=f"view:{view.public_id}",
        by=by,
        reason=verb.split(".")[1].capitalize(),
        sharing=view.sharing,
    )
