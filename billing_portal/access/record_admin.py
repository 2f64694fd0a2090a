"""Records in Django admin: seen by those who may, at any number of rows, never changed."""

from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from billing_portal.access.reasoned_admin import ReadOnlyModelAdmin

FARTHEST = 10_000


class NearPaginator(Paginator[Any]):
    """Counts no farther than anybody turns pages: whoever looks for one row searches for it."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, or that there are at least so many."""
        assert isinstance(self.object_list, QuerySet)
        return self.object_list.order_by()[:FARTHEST].count()


class RecordAdmin(ReadOnlyModelAdmin):
    """Newest first by identity, no other order: a page is one index scan.

    `needs` names the permission that a role must hold to see them; a model whose rows are scoped
    narrows `get_queryset` instead and needs none.
    """

    change_form_template = "admin/record/change_form.html"
    paginator = NearPaginator
    ordering = ("-pk",)
    sortable_by: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[str] = ""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may enter and holds what is needed."""
        return not self.needs or request.user.has_perm(self.needs)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The same."""
        return self.has_view_permission(request)


class ScopedRecordAdmin(RecordAdmin):
    """Rows of queues and facilities: only those that the person was granted exist."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What this person may see."""
        rows: Any = super().get_queryset(request)
        scoped: QuerySet[Any] = rows.visible_to(request.user)
        return scoped
