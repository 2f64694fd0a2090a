"""Projects as their pages show them: plain values, words and addresses."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import cached_property

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.money import ZERO
from cases.evidence.models import Attachment
from cases.projects.clusters import Cluster
from cases.projects.lifecycle import MOVES, ProjectState
from cases.projects.models import Prevention, Project
from cases.projects.patterns import DENIAL
from cases.projects.queries import Outcome, Standing, alike, cases_of, outcome
from cases.projects.statistics import Comparison, Share, Verdict
from cases.projects.steering import may_steer
from cases.web.presenters import Row, headline_money, row_of
from cases.web.selecting import together_url
from cases.work.models import Case
from cases.work.queries import PAGE, CappedCount
from cases.work.steps import done_steps, step_columns
from integrations.canonical.models import Facility, Payer

TONES = {
    ProjectState.OPEN: "info",
    ProjectState.WORKING: "info",
    ProjectState.MEASURING: "warn",
    ProjectState.CLOSED: "good",
}
VERDICTS = {
    Verdict.DROPPED: ("good", "The rate dropped"),
    Verdict.ROSE: ("bad", "The rate rose"),
    Verdict.UNCLEAR: ("warn", "No change that is more than chance"),
    Verdict.TOO_FEW: ("line", "Too few claims yet to say"),
}
BAR = 120
"""Pixels of a bar for the highest rate of a table."""


@dataclass(frozen=True, slots=True)
class Card:
    """A suggestion: like denials that nobody works together yet."""

    title: str
    cases: str
    amount: str
    trend: str
    share: str
    url: str
    together_url: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One project of the list."""

    url: str
    name: str
    pattern: str
    state: str
    tone: str
    owner: str
    open_cases: str
    cases: str
    amount: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month's denied and adjudicated claims."""

    month: date
    denied: str
    decided: str
    rate: str
    bar: int
    is_after: bool


def card_of(cluster: Cluster, *, keys: "Keys") -> Card:
    """A suggestion in words."""
    pattern = cluster.pattern
    where = {
        "payer": keys.payers.get(pattern.payer_id or 0, ""),
        "code": pattern.code,
        "remark": pattern.remark,
        "service": pattern.service,
        "facility": keys.facilities.get(pattern.facility_id or 0, ""),
    }
    title = pattern_words(
        code=pattern.code,
        remark=pattern.remark,
        service=pattern.service,
        facility=cluster.facility,
        payer=cluster.payer,
    )
    asked = urlencode({"name": title, **{k: v for k, v in where.items() if v}})
    return Card(
        title=title,
        cases=f"{cluster.cases:,}",
        amount=headline_money(cluster.amount),
        trend=trend_words(cluster),
        share=percent(cluster.share),
        url=f"{reverse('cases:project_start')}?{asked}",
        together_url=together_url(
            case_type=DENIAL,
            in_project="false",
            opened_after=cluster.since.isoformat(),
            **{k: v for k, v in where.items() if v},
        ),
    )


class Keys:
    """Payers' and facilities' keys, by primary key: they stand in addresses."""

    def __init__(self, clusters: list[Cluster]) -> None:
        payers = {c.pattern.payer_id for c in clusters if c.pattern.payer_id}
        sites = {c.pattern.facility_id for c in clusters if c.pattern.facility_id}
        self.payers = dict(Payer.objects.filter(pk__in=payers).values_list("pk", "key"))
        self.facilities = dict(Facility.objects.filter(pk__in=sites).values_list("pk", "key"))


def pattern_words(*, code: str, remark: str, service: str, facility: str, payer: str) -> str:
    """As people say it: CO-197 N54 · 99285 at Northside by Lakeside Health."""
    what = " · ".join(filter(None, [" ".join(filter(None, [code, remark])), service]))
    where = f" at {facility}" if facility else ""
    who = f" by {payer}" if payer else ""
    return f"{what or 'Denials'}{where}{who}"


def words_of(project: Project) -> str:
    """What makes a project's cases alike."""
    return pattern_words(
        code=project.code,
        remark=project.remark,
        service=project.service,
        facility=str(project.facility or ""),
        payer=str(project.payer or ""),
    )


def trend_words(cluster: Cluster) -> str:
    """How many came in the last ninety days against the ninety before."""
    if cluster.trend is None:
        return f"{cluster.recent:,} in 90 days, none in the 90 before"
    turn = "up" if cluster.trend > 0 else "down"
    change = f"{turn} {percent(abs(cluster.trend))}" if cluster.trend else "as many"
    return f"{cluster.recent:,} in 90 days, {change} on the 90 before ({cluster.earlier:,})"


def percent(share: float | None) -> str:
    """A share of one in percent, with one decimal below ten."""
    if share is None:
        return "—"
    return f"{share:.1%}" if abs(share) < 0.1 else f"{share:.0%}"


def listed_of(project: Project, standing: Standing | None) -> Listed:
    """A project as a row."""
    return Listed(
        url=reverse("cases:project", args=[project.public_id]),
        name=project.name,
        pattern=words_of(project),
        state=project.get_state_display(),
        tone=TONES[ProjectState(project.state)],
        owner=str(project.owner),
        open_cases=f"{standing.open_cases:,}" if standing else "0",
        cases=f"{standing.cases:,}" if standing else "0",
        amount=headline_money(standing.open_amount if standing else ZERO),
    )


class ProjectPage:
    """One project for one reader. Reads each thing once, when the template asks."""

    def __init__(self, project: Project, *, reader: User, now: datetime) -> None:
        self.project, self.reader, self.now = project, reader, now
        self.found = cases_of(project, reader)

    @property
    def pattern(self) -> str:
        """What makes its cases alike."""
        return words_of(self.project)

    @property
    def tone(self) -> str:
        """The colour of its state."""
        return TONES[ProjectState(self.project.state)]

    @property
    def target(self) -> str:
        """What it aims at."""
        rate, on = self.project.target_rate, self.project.target_on
        if rate is None:
            return "No rate is aimed at"
        return f"{percent(float(rate))}{f' by {on:%b %-d, %Y}' if on else ''}"

    @cached_property
    def may_steer(self) -> bool:
        """Whether the reader may change it."""
        return may_steer(self.reader, self.project)

    @property
    def can_move(self) -> bool:
        """Whether it can go anywhere from here."""
        return bool(MOVES[ProjectState(self.project.state)])

    @property
    def is_open(self) -> bool:
        """Whether it still holds its cases."""
        return self.project.state != ProjectState.CLOSED

    @cached_property
    def cases(self) -> list[Case]:
        """Its open cases, due first: as many as a worklist shows."""
        found = self.found.open().for_list().annotate(**step_columns())
        return list(found.order_by("resolve_due_at", "pk")[:PAGE])

    @property
    def together_url(self) -> str:
        """Where something is done to all of its open cases."""
        return together_url(project=str(self.project.public_id))

    @property
    def rows(self) -> list[Row]:
        """They as rows."""
        return [
            row_of(case, reader=self.reader, done=done_steps(case), now=self.now)
            for case in self.cases
        ]

    @cached_property
    def counts(self) -> dict[str, int]:
        """Cases, open ones, those waiting for an owner, and those to be gathered. One query."""
        counted: Any = User.objects.filter(pk=self.reader.pk).values_list(
            CappedCount(self.found),
            CappedCount(self.found.open()),
            CappedCount(self.found.claimable()),
            CappedCount(alike(self.project, self.reader)),
        )
        return dict(zip(("all", "open", "waiting", "alike"), counted.get(), strict=True))

    @cached_property
    def prevention(self) -> Prevention | None:
        """What is changed."""
        return Prevention.objects.filter(project=self.project).select_related("owner").first()

    @cached_property
    def outcome(self) -> Outcome:
        """What it did."""
        return outcome(self.project, self.reader, at=self.now)

    @property
    def months(self) -> list[MonthRow]:
        """Month by month, with a bar as long as the rate is high."""
        months = self.outcome.months
        top = max((each.share.rate or 0 for each in months), default=0)
        return [
            MonthRow(
                month=each.first,
                denied=f"{each.share.part:,}",
                decided=f"{each.share.whole:,}",
                rate=percent(each.share.rate),
                bar=round(BAR * (each.share.rate or 0) / top) if top else 0,
                is_after=each.is_after,
            )
            for each in months
        ]

    @property
    def comparison(self) -> dict[str, str] | None:
        """Before against after, in words."""
        found = self.outcome.comparison
        return None if found is None else compared(found)

    @cached_property
    def files(self) -> list[dict[str, Any]]:
        """Files that several of its cases share, and on how many they are. One query."""
        shared = (
            Attachment.objects.filter(case__in=self.found.values("pk"))
            .order_by()
            .values("sha256", "filename")
            .annotate(held=Count("case", distinct=True))
            .filter(held__gt=1)
            .order_by("filename", "sha256")
        )
        return [dict(file) for file in shared]


def compared(found: Comparison) -> dict[str, str]:
    """A comparison in words; the interval is of the difference, in percentage points."""
    tone, verdict = VERDICTS[found.verdict]
    shown = {"tone": tone, "verdict": verdict}
    shown |= {"before": side(found.before), "after": side(found.after), "difference": ""}
    if found.difference is not None and found.interval is not None:
        low, high = found.interval.low, found.interval.high
        shown["difference"] = f"{points(found.difference)} ({points(low)} to {points(high)})"
    return shown


def side(share: Share) -> str:
    """A rate and what it is made of: 9.0% (18 of 200)."""
    return f"{percent(share.rate)} ({share.part:,} of {share.whole:,})"


def points(share: float) -> str:
    """A difference of rates in percentage points."""
    return f"{100 * share:+.1f} pt"
