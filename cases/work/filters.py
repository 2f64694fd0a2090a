"""How a worklist is narrowed: the same words in the page's address and in the API's.

Nothing here takes patient data, since what it takes stands in an address: numbers and names are
searched for by `cases.work.queries`.
"""

from typing import Any

import django_filters
from django.db.models import QuerySet

from billing_portal.accounts.models import User
from cases.work.lifecycle import OPEN, CaseStatus, Disposition
from cases.work.models import Case
from cases.work.querysets import CaseQuerySet

NOBODY = "none"
ME = "me"


class ManyKeys(django_filters.BaseInFilter, django_filters.CharFilter):
    """Any of some keys, separated by commas."""


class CaseFilter(django_filters.FilterSet):
    """`?queue=authorization,coding&owner=none&amount_min=500&is_open=true`."""

    case_type = ManyKeys(label="Case types, by key.")
    queue = ManyKeys(field_name="queue__key", label="Queues, by key.")
    facility = ManyKeys(field_name="facility__key", label="Facilities, by key.")
    payer = ManyKeys(field_name="payer__key", label="Payers, by key.")
    category = ManyKeys(label="Categories, e.g. AUTH.")
    label = ManyKeys(method="by_label", label="Carrying any of these labels, by key.")
    code = ManyKeys(label="Leading reasons, e.g. CO-197.")
    status = django_filters.MultipleChoiceFilter(choices=CaseStatus.choices, label="Any of these.")
    disposition = django_filters.MultipleChoiceFilter(
        choices=Disposition.choices, label="Any of these."
    )
    is_open = django_filters.BooleanFilter(method="by_openness", label="Open or finished.")
    owner = django_filters.CharFilter(
        method="by_owner", label="A user name, `me`, or `none` for nobody."
    )
    amount_min = django_filters.NumberFilter(
        field_name="amount_at_risk", lookup_expr="gte", max_digits=14, decimal_places=2
    )
    amount_max = django_filters.NumberFilter(
        field_name="amount_at_risk", lookup_expr="lte", max_digits=14, decimal_places=2
    )
    due_before = django_filters.IsoDateTimeFilter(field_name="resolve_due_at", lookup_expr="lt")
    opened_after = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="gte")
    opened_before = django_filters.IsoDateTimeFilter(field_name="opened_at", lookup_expr="lt")
    project = django_filters.UUIDFilter(
        field_name="memberships__project__public_id", label="Of one project, by its id."
    )
    in_project = django_filters.BooleanFilter(
        method="by_holding", label="Held by a project that is not closed."
    )
    remark = django_filters.CharFilter(
        field_name="details__remarks__0", label="With this leading remark, e.g. N54."
    )
    service = django_filters.CharFilter(
        field_name="details__lines__0__procedure", label="With this first service, e.g. 99285."
    )
    quiet_since = django_filters.IsoDateTimeFilter(
        method="by_quiet", label="In somebody's hands without an event since then."
    )
    passed_over_by = django_filters.CharFilter(
        method="by_skips", label="That this user passed over."
    )
    came_back = django_filters.BooleanFilter(
        method="by_return", label="Sent back to a queue that they had left."
    )

    class Meta:
        model = Case
        fields: list[str] = []

    def by_label(self, cases: QuerySet[Case], _name: str, keys: Any) -> QuerySet[Case]:
        """Once, however many of the labels a case carries."""
        if not keys:
            return cases
        carrying = Case.objects.filter(labellings__label__key__in=keys)
        return cases.filter(pk__in=carrying.order_by().values("pk"))

    def by_openness(self, cases: QuerySet[Case], _name: str, is_open: Any) -> QuerySet[Case]:
        """Those still to be worked, or those done with."""
        statuses = sorted(OPEN)
        return cases.filter(status__in=statuses) if is_open else cases.exclude(status__in=statuses)

    def by_holding(self, cases: QuerySet[Case], _name: str, is_held: Any) -> QuerySet[Case]:
        """Of a project, or loose."""
        held = Case.objects.filter(memberships__is_held=True).order_by().values("pk")
        return cases.filter(pk__in=held) if is_held else cases.exclude(pk__in=held)

    def by_quiet(self, cases: CaseQuerySet, _name: str, since: Any) -> QuerySet[Case]:
        """Standing still."""
        return cases.quiet_since(since)

    def by_skips(self, cases: QuerySet[Case], _name: str, username: str) -> QuerySet[Case]:
        """Passed over by somebody, ever."""
        skipped = Case.objects.filter(skips__person__username=username)
        return cases.filter(pk__in=skipped.values("pk"))

    def by_return(self, cases: CaseQuerySet, _name: str, came_back: Any) -> QuerySet[Case]:
        """Sent to and fro; or not."""
        back = cases.came_back()
        return back if came_back else cases.exclude(pk__in=back.values("pk"))

    def by_owner(self, cases: QuerySet[Case], _name: str, owner: str) -> QuerySet[Case]:
        """In somebody's hands, in mine, or in nobody's."""
        if owner == NOBODY:
            return cases.filter(owner=None)
        if owner == ME:
            asker = getattr(self.request, "user", None)
            return cases.filter(owner=asker) if isinstance(asker, User) else cases.none()
        return cases.filter(owner__username=owner)
