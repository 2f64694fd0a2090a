"""Pages of computed lists, and how the API's description says any page."""

from typing import Any

from rest_framework.pagination import PageNumberPagination


class Described:
    """A page as the description says it: both addresses may be null, as OpenAPI 3.1 spells."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same with both types."""
        described: dict[str, Any] = super().get_paginated_response_schema(schema)  # type: ignore[misc]  # of the pager it is mixed into
        for name in ("next", "previous"):
            described["properties"][name] = {"type": ["string", "null"], "format": "uri"}
        return described


class Ranked(Described, PageNumberPagination):
    """Pages by number, for a list whose order is computed, like what is due first.

    `?page_size=` goes up to 200.
    """

    page_size_query_param = "page_size"
    max_page_size = 200
