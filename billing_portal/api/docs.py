"""The description's page, served without the internet and under the site's own policy."""

from typing import Any

from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response


@method_decorator(csp_update({"img-src": ["data:"]}), name="dispatch")
class Documentation(SpectacularSwaggerSplitView):
    """Swagger UI from our own files; its style sheet holds its icons as `data:` images."""

    template_name = "api/docs.html"
    title = "API · Billing Portal"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The page, or with `?script` its script."""
        answer: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # untyped
        return answer
