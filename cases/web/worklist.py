"""A worklist as its page shows it: which cases, in which view, narrowed how, from where on.

Everything that says so stands in the address; `State` reads it and writes others like it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_MESSAGES
from billing_portal.kernel.pure.wording import counted
from cases.collaboration.queries import labels_of
from cases.sla.queries import paused
from cases.sla.vocabulary import PauseReason
from cases.web.frame import Frame
from cases.web.presenters import Row, row_of
from cases.web.sealed import seal, unseal
from cases.work.filters import ME, NOBODY, CaseFilter
from cases.work.lifecycle import OPEN, WAITING, CaseStatus
from cases.work.models import Case, OpenCase
from cases.work.queries import (
    CAP,
    LARGE,
    PAGE,
    SORTS,
    Choice,
    Moment,
    Position,
    Sort,
    band_of,
    bands,
    counts,
    listed,
    parts,
    views,
)
from cases.work.querysets import CaseQuerySet
from cases.work.search import is_plain, matching
from cases.work.steps import done_steps
from integrations.inbox.queries import open_quarantine

FACETS = ("payer", "facility", "owner", "status", "label")
FROM_ELSEWHERE = {
    "project": "Of one project",
    "in_project": "In no project yet",
    "case_type": "Of one kind",
    "code": "Of one reason",
    "remark": "Of one remark",
    "service": "Of one service",
    "queue": "Of some queues",
    "opened_after": "Of one age",
    "opened_before": "Of one age",
    "quiet_since": "Without an event",
    "came_back": "Sent to and fro",
    "passed_over_by": "Passed over",
}
"""What only links from other pages narrow by; the filter bar keeps it."""
ANY = [("", "Any")]
OWNERS = [(ME, "Me"), (NOBODY, "Nobody")]
BANDS = {
    "long": "Overdue more than 7 days",
    "late": "Overdue",
    "today": "Due today",
    "week": "Due within 7 days",
    "later": "Later",
}
VIEWS = {
    "mine": "My work",
    "unassigned": "Unassigned",
    "today": "Due today",
    "overdue": "Overdue",
    "large": f"Over ${LARGE:,.0f}",
    "open": "All open",
}


@dataclass(frozen=True, slots=True)
class State:
    """What an address says about a worklist."""

    path: str
    view: str
    sort: Sort
    term: str
    filters: Mapping[str, str]
    after: Position | None
    first: int
    saved: str = ""

    @property
    def is_filtered(self) -> bool:
        """Whether anything narrows the view."""
        return bool(self.term or self.filters)

    def url(self, **others: Any) -> str:
        """The address of this state, or of one that differs in some ways."""
        state = replace(self, **others)
        query: dict[str, Any] = {"view": state.view, "sort": state.sort.key, **state.filters}
        if state.term:
            query |= {"q": state.term} if is_plain(state.term) else {"t": seal(state.term)}
        if state.after is not None:
            query |= {"after": seal([state.after.value, state.after.pk]), "from": state.first}
        if state.saved:
            query["v"] = state.saved
        return f"{state.path}?{urlencode(query)}"

    def top(self, **others: Any) -> str:
        """The first page of a state."""
        return self.url(after=None, first=1, **others)


def state_of(path: str, asked: QueryDict, *, default_view: str) -> State:
    """Read an address; what it does not understand is left out."""
    view = asked.get("view", default_view)
    after = unseal(str(asked["after"])) if "after" in asked else None
    sealed = unseal(str(asked["t"])) if "t" in asked else None
    first = asked.get("from", "1")
    return State(
        path=path,
        view=view if view in VIEWS else default_view,
        sort=SORTS.get(asked.get("sort", "due"), SORTS["due"]),
        term=(sealed if isinstance(sealed, str) else asked.get("q", "")).strip(),
        filters={name: str(asked[name]) for name in (*FACETS, *FROM_ELSEWHERE) if asked.get(name)},
        after=Position(*after) if isinstance(after, list) and len(after) == 2 else None,
        first=int(first) if first.isdecimal() else 1,
        saved=asked.get("v", ""),
    )


def matching_state(cases: CaseQuerySet, state: State, request: HttpRequest) -> CaseQuerySet:
    """The open cases that an address narrows to, in all views."""
    narrowed = CaseFilter(dict(state.filters), queryset=cases.open(), request=request).qs
    found: CaseQuerySet = narrowed.filter(matching(state.term)) if state.term else narrowed
    return found


def moment_of(now: datetime) -> Moment:
    """Now, with the end of the reader's day."""
    here = timezone.localtime(now)
    midnight = datetime.combine(here.date() + timedelta(days=1), time(), tzinfo=here.tzinfo)
    return Moment(now, midnight)


@dataclass(frozen=True, slots=True)
class Tab:
    """One view, how many cases it holds, and its address."""

    label: str
    url: str
    count: str
    is_current: bool
    is_alert: bool


@dataclass(frozen=True, slots=True)
class Band:
    """Rows due in one stretch of time, and how many there are in the whole view."""

    label: str
    count: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow."""

    name: str
    label: str
    options: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Empty:
    """Why nothing is shown, and what can be done about it."""

    icon: str
    title: str
    words: str
    url: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a list has beside its own cases.

    What to choose from, the narrow rows of all its open cases, and saved views to count.
    """

    choices: Sequence[Choice]
    open_cases: QuerySet[OpenCase]
    to_count: Mapping[str, list[QuerySet[Any]]]


class Worklist:
    """One page of cases for one reader. Reads in the order it is asked, each thing once."""

    def __init__(
        self,
        *,
        frame: Frame,
        cases: CaseQuerySet,
        state: State,
        now: datetime,
        beside: Beside,
        queues: Collection[int] = (),
    ) -> None:
        """`queues`: those that the list is of; none where the owner's cases are listed."""
        self.reader, self.state, self.now = frame.reader, state, now
        self.moment, self.offered = moment_of(now), beside.choices
        self.told = frame.to_tell()
        self.base = matching_state(cases, state, frame.request)
        self.views = views(reader=self.reader, moment=self.moment)
        self.shown = self.base.filter(self.views[state.view])
        self.tallied: QuerySet[Any] = self.base if state.is_filtered else beside.open_cases
        found = listed(
            self.shown,
            sort=state.sort,
            after=state.after,
            size=PAGE,
            queues=() if self.is_mine else queues,
        )
        self.cases, self.has_more = found[:PAGE], len(found) > PAGE
        self.labelled = labels_of(self.cases)
        self.counted = counts(self.reader, dict(self.to_count()) | dict(beside.to_count))
        frame.waiting = self.counted.get("waiting", 0)
        frame.told = {name: self.counted[name] for name in self.told}

    @property
    def is_mine(self) -> bool:
        """Whether the reader's own cases are listed: few, and an index of their own has them."""
        return self.state.view == "mine" or self.state.filters.get("owner") == ME

    def to_count(self) -> Iterator[tuple[str, QuerySet[Any] | list[QuerySet[Any]]]]:
        """The views, the bands that the page shows, and what the rail counts."""
        if may(self.reader, SEE_MESSAGES):
            yield "waiting", open_quarantine()
        yield from self.told.items()
        for key, condition in self.views.items():
            yield f"view_{key}", parts(self.tallied, key, condition, now=self.now)
        shown = {band_of(case.resolve_due_at, self.moment) for case in self.cases}
        for key in sorted(shown if self.state.sort.key == "due" else ()):
            banded = self.tallied.filter(bands(self.moment)[key])
            view = self.state.view
            yield f"band_{key}", parts(banded, view, self.views[view], now=self.now)

    @property
    def tabs(self) -> list[Tab]:
        """The views."""
        return [
            Tab(
                label=label,
                url=self.state.top(view=key, saved=""),
                count=self.count(f"view_{key}"),
                is_current=key == self.state.view and not self.state.saved,
                is_alert=key == "overdue" and self.counted["view_overdue"] > 0,
            )
            for key, label in VIEWS.items()
        ]

    def count(self, key: str) -> str:
        """A count in words."""
        return counted(self.counted[key], CAP)

    def row(self, case: Case) -> Row:
        """A case as a row."""
        return row_of(
            case,
            reader=self.reader,
            done=done_steps(case),
            now=self.now,
            labels=self.labelled.by_case.get(case.pk, ()),
            paused=self.paused.get(case.pk),
        )

    @cached_property
    def paused(self) -> dict[int, PauseReason]:
        """For what the shown cases wait whose clocks are paused."""
        return pauses_of(self.cases)

    @property
    def bands(self) -> list[Band]:
        """The rows by when they are due; in another order they stand in one nameless band."""
        if self.state.sort.key != "due":
            return [Band("", "", [self.row(case) for case in self.cases])]
        held: dict[str, list[Row]] = {key: [] for key in BANDS}
        for case in self.cases:
            held[band_of(case.resolve_due_at, self.moment)].append(self.row(case))
        return [
            Band(label, self.count(f"band_{key}"), held[key])
            for key, label in BANDS.items()
            if held[key]
        ]

    @property
    def matching(self) -> str:
        """How many cases the view holds."""
        return self.count(f"view_{self.state.view}")

    @property
    def facets(self) -> list[Facet]:
        """What the filter bar offers."""
        found = self.offered
        options = {
            "payer": _named(found, "payer"),
            "facility": _named(found, "facility"),
            "owner": OWNERS,
            "label": [(label.key, label.name) for label in self.labelled.labels],
            "status": [(str(status), status.label) for status in CaseStatus if status in OPEN],
        }
        facets = [self.facet(name, name.capitalize(), ANY + options[name]) for name in FACETS]
        sorts = [(sort.key, sort.label) for sort in SORTS.values()]
        return [*facets, _facet("sort", "Sort", sorts, self.state.sort.key)]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a link from elsewhere narrows by: the form sends it again."""
        return [(k, v) for k, v in self.state.filters.items() if k in FROM_ELSEWHERE]

    @property
    def narrowed(self) -> str:
        """The same in words."""
        return ", ".join(dict.fromkeys(FROM_ELSEWHERE[name] for name, _ in self.kept))

    def facet(self, name: str, label: str, options: list[tuple[str, str]]) -> Facet:
        """One facet with what is chosen in it, also when it is not among what is offered."""
        chosen = self.state.filters.get(name, "")
        if chosen and chosen not in dict(options):
            options = [*options, (chosen, chosen)]
        return _facet(name, label, options, chosen)

    @property
    def range(self) -> str:
        """Which rows of how many: "41-80 of 742"."""
        if not self.cases:
            return "No cases"
        last = self.state.first + len(self.cases) - 1
        return f"{self.state.first:,}–{last:,} of {self.count(f'view_{self.state.view}')}"

    @cached_property
    def next_url(self) -> str:
        """The next page, if there is one."""
        if not self.has_more:
            return ""
        position = self.state.sort.position_of(self.cases[-1])
        return self.state.url(after=position, first=self.state.first + len(self.cases))

    @property
    def first_url(self) -> str:
        """The first page, from a later one."""
        return self.state.top() if self.state.after is not None else ""

    @property
    def overdue(self) -> str:
        """How many are overdue in all views; empty for none."""
        return self.count("view_overdue") if self.counted["view_overdue"] else ""


def pauses_of(cases: Sequence[Case]) -> dict[int, PauseReason]:
    """For what cases wait whose clocks are paused; nothing is asked when none waits."""
    waiting = [case.pk for case in cases if CaseStatus(case.status) in WAITING]
    return paused(waiting) if waiting else {}


def empty_of(work: Worklist, *, has_queues: bool, open_cases: int) -> Empty:
    """Which of the five kinds of nothing this is."""
    state, everything = work.state, work.counted["view_open"]
    if not has_queues:
        return Empty(
            "lock-closed",
            "No queue is yours yet",
            "Your roles see no queue. A user administrator can give you one; a team lead can ask.",
        )
    if state.is_filtered:
        hidden = counted(open_cases, CAP)
        words = f"{hidden} open cases stand in this list without the filters."
        clear = state.top(term="", filters={})
        return Empty("funnel", "The filters hide everything", words, clear, "Clear the filters")
    if everything:
        words = f"{counted(everything, CAP)} open cases stand in other views of this list."
        return Empty("inbox", "Nothing in this view", words, state.top(view="open"), "See all open")
    if state.view == "mine":
        words = "Press N to take the most urgent case that you may work."
        return Empty("inbox", "Nothing is in your hands", words, reverse("cases:all"), "See queues")
    words = "Every case here is resolved. New ones come with the next remittance."
    return Empty("check-badge", "All done", words)


def _named(found: Sequence[Choice], kind: str) -> list[tuple[str, str]]:
    return [(choice.value, choice.label) for choice in found if choice.kind == kind]


def _facet(name: str, label: str, options: list[tuple[str, str]], chosen: str) -> Facet:
    shown = [{"value": v, "label": text, "is_chosen": v == chosen} for v, text in options]
    return Facet(name, label, shown)
