"""Keeping a worklist under a name, changing it, forgetting it."""

from collections.abc import Iterable

from django.contrib.auth.models import Group

from billing_portal.accounts.models import User
from cases.views import services
from cases.views.models import SavedView, Sharing


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
    """Keep what narrows and orders a list, and its columns. Raises ViewRefused."""
    return services.save(
        by=by, name=name, path=path, query=query, columns=columns, sharing=sharing, group=group
    )


def change(
    *,
    view: SavedView,
    by: User,
    name: str | None = None,
    query: str | None = None,
    columns: Iterable[str] | None = None,
    position: int | None = None,
) -> SavedView:
    """Change what is given of a view. Raises ViewNotFound, ViewRefused."""
    return services.change(
        view=view, by=by, name=name, query=query, columns=columns, position=position
    )


def remove(*, view: SavedView, by: User) -> None:
    """Forget a view. Raises ViewNotFound, ViewRefused."""
    services.remove(view=view, by=by)
