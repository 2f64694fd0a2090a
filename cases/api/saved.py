"""Saved views: listing, keeping, changing, forgetting."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, idempotent
from cases.actions import saved_views
from cases.api import inputs
from cases.api.serializers import SavedViewSerializer
from cases.views.models import SavedView, Sharing
from cases.work.models import Queue
from cases.work.visibility import scope_of


class SavedViewViewSet(ListModelMixin, RetrieveModelMixin, Door[SavedView]):
    """The caller's views, and those of the caller's teams."""

    queryset = SavedView.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = SavedViewSerializer

    def get_queryset(self) -> QuerySet[SavedView]:
        """What the caller may use."""
        seen = SavedView.objects.visible_to(caller(self.request))
        return seen.select_related("owner", "group")

    @extend_schema(request=inputs.ViewInput, responses={201: SavedViewSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Keep a view."""
        given = self.asked(inputs.ViewInput)
        given["path"] = self.path_of(given.pop("list"))
        given["sharing"] = Sharing(given["sharing"])
        view = saved_views.save(by=caller(request), **given)
        return Response(SavedViewSerializer(view).data, status=HTTPStatus.CREATED)

    @extend_schema(request=inputs.ViewChangeInput, responses=SavedViewSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def change(self, request: Request, **_address: Any) -> Response:
        """Change what is given of a view."""
        given = self.asked(inputs.ViewChangeInput)
        view = saved_views.change(view=self.get_object(), by=caller(request), **given)
        return Response(SavedViewSerializer(view).data)

    @extend_schema(responses={204: None})
    @idempotent
    def destroy(self, request: Request, **_address: Any) -> Response:
        """Forget a view; its cases are where they were."""
        saved_views.remove(view=self.get_object(), by=caller(request))
        return Response(status=HTTPStatus.NO_CONTENT)

    def path_of(self, key: str) -> str:
        """The address of a list. Raises Http404 for a queue that the caller does not see."""
        if key in {"mine", "all"}:
            return reverse(f"cases:{key}")
        seen = scope_of(caller(self.request)).queues
        if not Queue.objects.filter(key=key, pk__in=seen).exists():
            raise Http404
        return reverse("cases:queue", args=[key])
