"""Which cases a reader selected: the ticked ones, or all that a worklist's address matches.

What comes from a browser names cases and an address; sight is asked for again here.
"""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve, reverse

from billing_portal.accounts.models import User
from cases.web.worklist import State, matching_state, moment_of, state_of
from cases.work.models import Case
from cases.work.queries import Moment, views
from cases.work.querysets import CaseQuerySet

LISTS = {"cases:queue": "open", "cases:all": "open", "cases:mine": "mine"}
TICKED = 200  # more cannot stand on a page
ALL, PAGE = "all", "page"


@dataclass(frozen=True, slots=True)
class Selection:
    """Some cases of one worklist: those of these ids, or all."""

    query: str
    ids: Sequence[uuid.UUID]
    is_all: bool

    @classmethod
    def of(cls, asked: QueryDict) -> "Selection":
        """What a form says; nonsense names nothing."""
        ids = []
        for text in asked.getlist("case")[:TICKED]:
            with suppress(ValueError):
                ids.append(uuid.UUID(text))
        return cls(asked.get("query", "")[:2_000], ids, asked.get("scope") == ALL)

    def cases(self, request: HttpRequest, *, reader: User, moment: Moment) -> CaseQuerySet:
        """The cases, as far as the reader may see them."""
        seen = Case.objects.visible_to(reader)
        if not self.is_all:
            return seen.filter(public_id__in=self.ids)
        found = self.state
        if found is None:
            return Case.objects.none()
        state, slug = found
        listed = seen.filter(queue__key=slug) if slug else seen
        base = matching_state(listed, state, request)
        return base.filter(views(reader=reader, moment=moment)[state.view])

    @property
    def state(self) -> tuple[State, str] | None:
        """What the address says, and which queue it is of; None when it is no worklist's."""
        parts = urlsplit(self.query)
        try:
            match = resolve(parts.path)
        except Resolver404:
            return None
        if match.view_name not in LISTS:
            return None
        default = LISTS[match.view_name]
        state = state_of(parts.path, QueryDict(parts.query), default_view=default)
        return state, match.kwargs.get("slug", "")


def together_url(**narrowed: str) -> str:
    """The worklist of all that is meant, ready for something to be done to all of it."""
    asked = urlencode({"view": "open", **narrowed, "pick": ALL})
    return f"{reverse('cases:all')}?{asked}"


__all__ = ["ALL", "PAGE", "Selection", "moment_of", "together_url"]
