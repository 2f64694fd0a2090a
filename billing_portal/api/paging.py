"""How lists are cut into pages."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from cases.web.sealed import seal, unseal


class Described:
    """A page as the description says it: both addresses may be null, as OpenAPI 3.1 spells."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same with both types."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)  # type: ignore[misc]  # of the pager it is mixed into
        for name in ("next", "previous"):
            described["properties"][name] = {"type": ["string", "null"], "format": "uri"}
        return described


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


class Ranked(Described, PageNumberPagination):
    """Pages by number, for a list whose order is computed, like what is due first.

    `?page_size=` goes up to 200.
    """

    page_size_query_param = "page_size"
    max_page_size = 200
