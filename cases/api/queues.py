"""Queues, and how much stands open in them."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller
from cases.api.serializers import QueueSerializer
from cases.work.models import Queue
from cases.work.queries import queue_totals


class QueueViewSet(Door[Queue]):
    """The queues of the caller's groups, in their order; they are few, so they come at once."""

    queryset = Queue.objects.none()  # names the model; what is answered are its totals
    serializer_class = QueueSerializer
    pagination_class = None
    lookup_field = "key"
    lookup_value_regex = "[a-z0-9-]+"

    @extend_schema(responses=QueueSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every queue the caller may see, with what stands open at the caller's facilities."""
        return Response(QueueSerializer(queue_totals(caller(request)), many=True).data)

    @extend_schema(responses=QueueSerializer)
    def retrieve(self, request: Request, key: str) -> Response:
        """One of them."""
        for total in queue_totals(caller(request)):
            if total.key == key:
                return Response(QueueSerializer(total).data)
        raise Http404
