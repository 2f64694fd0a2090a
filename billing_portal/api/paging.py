"""How lists are cut into pages."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from billing_portal.access.paging import Described
from cases.web.sealed import seal, unseal


class NewestFirst(Described, CursorPagination):
    """Newest row first, by identity.

    So a page costs the same at any depth and is never shifted by rows that arrive meanwhile.
    `?cursor=` comes from `next` or `previous` and is sealed: it tells nothing of the rows between.
    `?page_size=` goes up to 200.
    """

    ordering = "-pk"
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_ordering(
        self, request: Request, queryset: QuerySet[Any], view: APIView
    ) -> tuple[str, ...]:
        """By identity alone: whatever a caller asks for, a page stays one index scan."""
        return ("-pk",)

    def encode_cursor(self, cursor: Cursor) -> str:
        """The address of the page at a cursor."""
        address = self.base_url or ""
        return replace_query_param(address, self.cursor_query_param, seal([*cursor]))

    def decode_cursor(self, request: Request) -> Cursor | None:
        """The cursor of this address; one that is not ours leads nowhere (404)."""
        sealed = request.query_params.get(self.cursor_query_param)
        if sealed is None:
            return None
        match unseal(sealed):
            case [int() as offset, bool() as reverse, str() | None as position]:
                return Cursor(offset, reverse, position)  # type: ignore[arg-type]  # stub says int
        raise NotFound(self.invalid_cursor_message)
