"""Long work: following it, and stopping it."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import Door, caller, idempotent
from cases.actions import stopping
from cases.api.serializers import JobSerializer
from cases.jobs.models import Job


class JobViewSet(ListModelMixin, RetrieveModelMixin, Door[Job]):
    """The jobs that the caller started, and those of the people the caller leads."""

    queryset = Job.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = JobSerializer

    def get_queryset(self) -> QuerySet[Job]:
        """What the caller may see."""
        return Job.objects.visible_to(caller(self.request)).select_related("started_by")

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def cancel(self, request: Request, **_address: Any) -> Response:
        """Stop this job after the step it is at; what is done stays done."""
        job = stopping.stop(job=self.get_object(), by=caller(request), at=timezone.now())
        return Response(JobSerializer(job).data)
