"""Pages of long lists, newest first: each begins below the last row of the one before it."""

import uuid
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.http import HttpRequest

BEFORE = "before"


def before(request: HttpRequest, model: type[Model]) -> int | None:
    """The key below which the page asked for begins; None: it is the first, or nobody knows it."""
    try:
        public_id = uuid.UUID(request.GET[BEFORE])
    except (KeyError, ValueError):
        return None
    held = model._default_manager.filter(public_id=public_id)
    return held.values_list("pk", flat=True).first()


def page_of(
    request: HttpRequest, found: Sequence[Any], *, size: int, **query: str
) -> dict[str, Any]:
    """What a template shows of a page: `shown`, and where the next one is, by the same query.

    `found` holds one row more than `size` if there is a next page.
    """
    shown = found[:size]
    more = {BEFORE: str(shown[-1].public_id)} if len(found) > size else {}
    return {
        "shown": shown,
        "next_url": f"?{urlencode(query | more)}" if more else "",
        "is_later_page": BEFORE in request.GET,
    }
