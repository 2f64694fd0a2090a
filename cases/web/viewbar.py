"""The saved views of a list: which one is shown, whether it was modified, what its tabs say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import counted
from cases.views.columns import Column, chosen
from cases.views.queries import KIND, Kept, kept
from cases.web.worklist import State, Tab, matching_state, moment_of, state_of
from cases.work.models import OpenCase
from cases.work.queries import CAP, Choice, Moment, parts, views
from cases.work.querysets import CaseQuerySet


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved view with the state that its address says."""

    kept: Kept
    state: State


class ViewBar:
    """What a list's address and its reader's saved views come to."""

    def __init__(
        self, *, reader: User, path: str, default_view: str, offered: Sequence[Choice]
    ) -> None:
        self.reader, self.path, self.default_view = reader, path, default_view
        rows = [kept(reader, each.value, each.label) for each in offered if each.kind == KIND]
        self.saved = [
            Saved(each, self.read(QueryDict(each.query), each.public_id))
            for each in sorted(rows, key=lambda each: each.position)
        ]

    def read(self, asked: QueryDict, saved: str = "") -> State:
        """A state of this list."""
        state = state_of(self.path, asked, default_view=self.default_view)
        return replace(state, saved=saved) if saved else state

    def asked(self, asked: QueryDict) -> State:
        """The state that an address says; a bare one says the team's default, if there is one."""
        default = next((each for each in self.saved if each.kept.is_default), None)
        return default.state if default and not asked else self.read(asked)

    def current(self, state: State) -> Saved | None:
        """The saved view that is shown."""
        return next((each for each in self.saved if each.kept.public_id == state.saved), None)

    def columns(self, state: State) -> list[Column]:
        """The columns of the saved view that is shown; else the usual."""
        current = self.current(state)
        return chosen(current.kept.columns if current else [])

    def to_count(
        self,
        cases: CaseQuerySet,
        open_cases: QuerySet[OpenCase],
        request: HttpRequest,
        *,
        moment: Moment,
    ) -> Iterator[tuple[str, list[QuerySet[Any]]]]:
        """What each saved view holds."""
        conditions = views(reader=self.reader, moment=moment)
        for each in self.saved:
            state, view = each.state, each.state.view
            found: QuerySet[Any] = (
                matching_state(cases, state, request) if state.is_filtered else open_cases
            )
            held = parts(found, view, conditions[view], now=moment.now)
            yield f"saved_{each.kept.public_id}", held

    def tabs(self, state: State, counts: dict[str, int]) -> list[Tab]:
        """The saved views as tabs."""
        return [
            Tab(
                label=each.kept.name,
                url=each.state.top(),
                count=counted(counts[f"saved_{each.kept.public_id}"], CAP),
                is_current=each.kept.public_id == state.saved,
                is_alert=False,
            )
            for each in self.saved
        ]

    def shown(self, state: State) -> dict[str, Any]:
        """What can be done with the view that is shown."""
        current = self.current(state)
        return {
            "name": current.kept.name if current else "",
            "is_modified": current is not None and differs(state, current.state),
            "is_own": current is not None and current.kept.is_own,
            "reset_url": current.state.top() if current else "",
            "save_url": reverse("cases:view_save", args=[state.saved]) if current else "",
            "edit_url": reverse("cases:view_edit", args=[state.saved]) if current else "",
            "new_url": f"{reverse('cases:view_new')}?{urlencode({'list': state.top(saved='')})}",
            "query": query_of(state),
            "can_save": current is not None or state.is_filtered or state.sort.key != "due",
        }


def differs(state: State, other: State) -> bool:
    """Whether two states show different cases, or in another order; the page does not matter."""
    return (state.view, state.sort, state.term, dict(state.filters)) != (
        other.view,
        other.sort,
        other.term,
        dict(other.filters),
    )


def query_of(state: State) -> str:
    """What is kept of a state: everything but the page and the name it has."""
    return urlsplit(state.top(saved="")).query


__all__ = ["Saved", "ViewBar", "differs", "moment_of", "query_of"]
