"""Addresses under the API that name nothing."""

from typing import Any, NoReturn

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView


class Nothing(APIView):
    """Answers an unknown address as a problem rather than a page."""

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse with 404."""
        raise Http404

    post = put = patch = delete = get
