"""What people share about cases, read for a page."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, QuerySet

from billing_portal.accounts.models import User, UserKind
from cases.collaboration.models import CaseLabel, CaseLink, Label, Macro, Watch
from cases.collaboration.vocabulary import BACKWARDS, BY_HAND, LinkKind
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.visibility import may_see


def watchers_of(cases: Iterable[Case]) -> Mapping[int, list[User]]:
    """By case, who watches it and may still see it. One query, and one per watcher."""
    by_key = {case.pk: case for case in cases}
    people: dict[int, User] = {}
    found: dict[int, list[User]] = defaultdict(list)
    rows = Watch.objects.filter(case_id=any_id(by_key), user__is_active=True)
    for row in rows.select_related("user").order_by("case_id", "pk"):
        person = people.setdefault(row.user_id, row.user)
        if may_see(person, by_key[row.case_id]):
            found[row.case_id].append(person)
    return found


def is_watching(user: User, case: Case) -> bool:
    """Whether somebody watches a case."""
    return Watch.objects.filter(case=case, user=user).exists()


def watching(user: User) -> QuerySet[Case]:
    """The cases that somebody watches and may see."""
    return Case.objects.visible_to(user).filter(watches__user=user)


def people_who_see(case: Case) -> QuerySet[User]:
    """The people who may see a case, by name."""
    return (
        User.objects.filter(
            groups__queuegroupobjectpermission__content_object=case.queue_id,
            groups__queuegroupobjectpermission__permission__codename="view_queue",
        )
        .filter(
            groups__facilitygroupobjectpermission__content_object=case.facility_id,
            groups__facilitygroupobjectpermission__permission__codename="view_facility",
        )
        .filter(is_active=True, kind=UserKind.PERSON)
        .order_by("full_name", "username", "pk")
        .distinct()
    )


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case, and how it stands to the one that is looked at."""

    link: CaseLink
    words: str
    other: Case

    @property
    def can_go(self) -> bool:
        """Whether people may take the link away."""
        return self.link.kind in BY_HAND


def links_of(reader: User, case: Case) -> list[Linked]:
    """The links of a case in both directions, to cases that a reader may see, newest first."""
    links = list(CaseLink.objects.filter(Q(case=case) | Q(other=case)).order_by("-pk"))
    others = {each.other_id if each.case_id == case.pk else each.case_id for each in links}
    seen = {
        other.pk: other
        for other in Case.objects.visible_to(reader).filter(pk__in=others).for_list()
    }
    return [found for link in links if (found := _linked(link, case, seen)) is not None]


def merged_into(case: Case) -> Case | None:
    """The case that a merged one became part of, however often that was merged since."""
    last, found = case, None
    while last.status == CaseStatus.MERGED:
        links = CaseLink.objects.filter(case=last, kind=LinkKind.MERGED).select_related("other")
        link = links.order_by("-pk").first()
        if link is None:
            return None
        last = found = link.other
    return found


def _linked(link: CaseLink, case: Case, seen: Mapping[int, Case]) -> Linked | None:
    is_first = link.case_id == case.pk
    other = seen.get(link.other_id if is_first else link.case_id)
    if other is None:
        return None
    kind = LinkKind(link.kind)
    return Linked(link, kind.label if is_first else BACKWARDS[kind], other)


def labels_for(case: Case) -> QuerySet[Label]:
    """The labels that a case of its queue's team may carry, by name."""
    teams = {"", case.queue.team}
    return Label.objects.filter(is_active=True, team__in=teams).order_by("name", "pk")


def labels_on(case: Case) -> list[Label]:
    """The labels that a case carries, by name."""
    return list(Label.objects.filter(uses__case=case).order_by("name", "pk"))


@dataclass(frozen=True, slots=True)
class Labelled:
    """All labels in use, and which of some cases carry which."""

    labels: Sequence[Label]
    by_case: Mapping[int, list[Label]]


def labels_of(cases: Iterable[Case]) -> Labelled:
    """The labels to choose from, with those of a page's cases. One query."""
    keys = [case.pk for case in cases]
    labels = list(
        Label.objects.filter(is_active=True)
        .annotate(on=ArrayAgg("uses__case_id", filter=Q(uses__case_id=any_id(keys)), default=[]))
        .order_by("name", "pk")
    )
    by_case: dict[int, list[Label]] = defaultdict(list)
    for label in labels:
        for key in label.on:
            by_case[key].append(label)
    return Labelled(labels, by_case)


def macros_for(case: Case) -> QuerySet[Macro]:
    """The macros of a case's team and of everybody, in their order."""
    teams = {"", case.queue.team}
    return Macro.objects.filter(is_active=True, team__in=teams).order_by("position", "name", "pk")


def carrying(label: Label, cases: Collection[int]) -> frozenset[int]:
    """Which of these cases carry a label. One query."""
    held = CaseLabel.objects.filter(label=label, case_id=any_id(cases))
    return frozenset(held.values_list("case", flat=True))
