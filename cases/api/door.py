"""What every call on cases shares: whose cases, the version seen, the answer."""

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import Model, QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from billing_portal.access.api import Door, caller, idempotent
from cases.api import inputs
from cases.api.serializers import CaseDetailSerializer
from cases.work.models import Case

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description='The version you saw, e.g. `"3"`.'
)
VERSION = re.compile("[0-9]{1,9}")
Handler = Callable[..., Response]
Row = TypeVar("Row", bound=Model)


def verb(
    takes: type[inputs.Input], *, answers: type[Serializer[Any]] = CaseDetailSerializer
) -> Callable[[Handler], Handler]:
    """A POST that changes one thing: safe to send twice, described by what it takes and answers."""

    def decorate(handler: Handler) -> Handler:
        routed = action(detail=True, methods=["post"], filterset_class=None)
        described = extend_schema(request=takes, responses=answers, parameters=[IF_MATCH])
        decorated: Handler = described(routed(idempotent(handler)))
        return decorated

    return decorate


class VersionedDoor(Door[Row]):
    """Things that are changed by naming the version that was seen."""

    filterset_class: ClassVar[Any] = None

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The `ETag` of a thing is its version, also when it is answered from memory."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        shown = getattr(answer, "data", None)
        if isinstance(shown, dict) and "version" in shown:
            answer["ETag"] = f'"{shown["version"]}"'
        return answer

    def asked_of_a_version(self, takes: type[inputs.VersionedInput]) -> dict[str, Any]:
        """The same with `seen_version`, from the body or from `If-Match`."""
        fields = self.asked(takes)
        seen = fields.pop("version", None) or self.version_of_header()
        if seen is None:
            raise ValidationError({"version": ["Name the version you saw, here or in If-Match."]})
        return {**fields, "seen_version": seen}

    def version_of_header(self) -> int | None:
        """The version in `If-Match`, if there is one."""
        tag = self.request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
        return int(tag) if VERSION.fullmatch(tag) else None


class CaseDoor(VersionedDoor[Case]):
    """The cases of the caller's queues and facilities; anything else does not exist."""

    queryset = Case.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = CaseDetailSerializer

    def get_queryset(self) -> QuerySet[Case]:
        """What the caller may see."""
        return Case.objects.visible_to(caller(self.request)).for_list()

    def answer(self, case: Case) -> Response:
        """A case as it stands, after a reading or a change."""
        return Response(CaseDetailSerializer(case, context=self.get_serializer_context()).data)

    def change(self, change: Callable[..., Case], takes: type[inputs.VersionedInput]) -> Response:
        """Do one action to the case of this address."""
        fields = self.asked_of_a_version(takes)
        by, at = caller(self.request), timezone.now()
        return self.answer(change(case=self.get_object(), by=by, at=at, **fields))
