"""Approval policies as pages show them: in force, one version, and a sample tried."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property

from cases.actions.books.approvals import BOOK
from cases.actions.books.sampling import Tried, Turn
from cases.approvals.models import Policy, PolicyVersion
from cases.approvals.queries import in_flight
from cases.approvals.wording import band_of, chain_of, rule_of
from cases.editions.differences import Difference, difference_of
from cases.editions.entries import Entry, Remark
from cases.web.editing.graphs import Graph, graph_of


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy in force."""

    url: str
    key: str
    matter: str
    band: str
    chain: str
    version: int
    waiting: str
    remarks: Sequence[Remark]


def policies_page(*, at: datetime) -> dict[str, Any]:
    """The policies in force, with what stands against them. Few queries, for any number."""
    content = BOOK.current()
    remarks: dict[str, list[Remark]] = defaultdict(list)
    for remark in BOOK.findings(content, at=at):
        remarks[remark.row].append(remark)
    waiting = waiting_words()
    held = {policy.key: policy for policy in Policy.objects.select_related("current")}
    lines = [
        _line(held[row["key"]].current, waiting, remarks[row["key"]]) for row in content["policies"]
    ]
    return {"lines": lines, "remarks": remarks[""]}


def waiting_words() -> dict[str, str]:
    """How many requests wait under which version, by policy: “2 requests keep version 1”."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, number, requests in in_flight():
        what = "1 request keeps" if requests == 1 else f"{requests:,} requests keep"
        found[key].append(f"{what} version {number}")
    return {key: "; ".join(words) for key, words in found.items()}


def _line(
    current: PolicyVersion | None, waiting: dict[str, str], remarks: Sequence[Remark]
) -> PolicyLine:
    assert current is not None
    terms = current.terms
    return PolicyLine(
        url=version_url(current),
        key=current.policy,
        matter=terms.matter.label,
        band=band_of(terms),
        chain=chain_of(terms),
        version=current.number,
        waiting=waiting.get(current.policy, ""),
        remarks=remarks,
    )


def version_url(version: PolicyVersion) -> str:
    """Where a version is shown."""
    return reverse("cases:policy_version", args=[version.policy, version.number])


class VersionPage:
    """One version of a policy."""

    def __init__(self, version: PolicyVersion) -> None:
        self.version = version
        self.terms = version.terms

    @cached_property
    def entry(self) -> Entry:
        """What it says."""
        return self._entry(self.version)

    @property
    def graph(self) -> Graph:
        """Its chain."""
        return graph_of(self.terms)

    @cached_property
    def others(self) -> list[dict[str, Any]]:
        """Every version of the policy, newest first."""
        current = Policy.objects.filter(key=self.version.policy, is_active=True).first()
        found = PolicyVersion.objects.filter(policy=self.version.policy).order_by("-number")
        return [
            {
                "number": each.number,
                "url": version_url(each),
                "is_shown": each.pk == self.version.pk,
                "is_in_force": current is not None and each.pk == current.current_id,
                "at": each.recorded_at,
            }
            for each in found
        ]

    @property
    def waiting(self) -> str:
        """How many requests wait, by the versions that they keep."""
        return waiting_words().get(self.version.policy, "")

    @cached_property
    def before(self) -> PolicyVersion | None:
        """The version before this one."""
        numbers = {"policy": self.version.policy, "number": self.version.number - 1}
        return PolicyVersion.objects.filter(**numbers).first()

    @cached_property
    def difference(self) -> Difference:
        """What it says otherwise than the version before."""
        return difference_of([self.entry], [self._entry(self.before)] if self.before else [])

    @staticmethod
    def _entry(version: PolicyVersion) -> Entry:
        content = {"policies": [{"key": version.policy, **version.content}]}
        return BOOK.entries(content)[0]


class TriedPage:
    """What came of a sample."""

    def __init__(self, tried: Tried, *, is_draft: bool) -> None:
        self.tried, self.is_draft = tried, is_draft

    @property
    def graph(self) -> Graph | None:
        """The chain that it would take."""
        return graph_of(self.tried.rule.terms) if self.tried.rule else None

    @property
    def policy(self) -> str:
        """Which policy, which version."""
        rule = self.tried.rule
        if rule is None:
            return ""
        if self.is_draft:
            return f"{rule.terms.label} ({rule.key}, as drafted)"
        return f"{rule.terms.label} ({rule.name})"

    @property
    def turns(self) -> list[dict[str, Any]]:
        """Each step: who may sign, who may not and why."""
        return [_turn(each) for each in self.tried.turns]


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "label": turn.step.label,
        "rule": rule_of(turn.step),
        "may": [each.name for each in turn.people if not each.why],
        "others": [each for each in turn.people if each.why],
        "is_lacking": turn.is_lacking,
    }
