"""Projects: like denials worked together, what the data suggest, and what prevention did."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, Door, caller, idempotent
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.money import ZERO, plain
from cases.actions import gathering
from cases.api.inputs import Input
from cases.api.serializers import CaseSerializer
from cases.projects.clusters import suggested
from cases.projects.lifecycle import ProjectState, Target
from cases.projects.models import Project
from cases.projects.patterns import Pattern
from cases.projects.queries import Standing, cases_of, outcome, standings
from cases.work.visibility import scope_of
from integrations.canonical.models import Facility, Payer

Handler = Callable[..., Response]


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project; its numbers are of what the caller may see."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    owner: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    payer: Any = serializers.SlugRelatedField(slug_field="key", allow_null=True, read_only=True)
    facility: Any = serializers.SlugRelatedField(slug_field="key", allow_null=True, read_only=True)
    cases = serializers.SerializerMethodField()
    open_cases = serializers.SerializerMethodField()
    open_amount = serializers.SerializerMethodField()

    class Meta:
        model = Project
        fields = (
            "id",
            "name",
            "payer",
            "code",
            "remark",
            "service",
            "facility",
            "owner",
            "state",
            "target_rate",
            "target_on",
            "closed_at",
            "version",
            "cases",
            "open_cases",
            "open_amount",
        )
        read_only_fields = fields

    def get_cases(self, project: Project) -> int:
        """How many it has."""
        return self._standing(project).cases

    def get_open_cases(self, project: Project) -> int:
        """How many of them are open."""
        return self._standing(project).open_cases

    def get_open_amount(self, project: Project) -> str:
        """What stands open in them."""
        return plain(self._standing(project).open_amount)

    def _standing(self, project: Project) -> Standing:
        held: Standing = self.context["standings"].get(project.pk, Standing(0, 0, ZERO))
        return held


class ShareSerializer(serializers.Serializer[Any]):
    """So many of so many."""

    denied = serializers.IntegerField(source="part", read_only=True)
    adjudicated = serializers.IntegerField(source="whole", read_only=True)


class MonthSerializer(serializers.Serializer[Any]):
    """One month."""

    month = serializers.DateField(source="first", read_only=True)
    denied = serializers.IntegerField(source="share.part", read_only=True)
    adjudicated = serializers.IntegerField(source="share.whole", read_only=True)


class ComparisonSerializer(serializers.Serializer[Any]):
    """Ninety days before the change against up to ninety since; shares of one."""

    before = ShareSerializer(read_only=True)
    after = ShareSerializer(read_only=True)
    difference = serializers.FloatField(read_only=True, allow_null=True)
    low = serializers.FloatField(source="interval.low", read_only=True, default=None)
    high = serializers.FloatField(source="interval.high", read_only=True, default=None)
    verdict = serializers.CharField(read_only=True)


class OutcomeSerializer(serializers.Serializer[Any]):
    """What prevention did."""

    months = MonthSerializer(many=True, read_only=True)
    comparison = ComparisonSerializer(read_only=True, allow_null=True)
    recurred = serializers.IntegerField(read_only=True, allow_null=True)


class SuggestionSerializer(serializers.Serializer[Any]):
    """Open denials that are alike and that no project holds."""

    payer = serializers.CharField(read_only=True)
    code = serializers.CharField(source="pattern.code", read_only=True)
    remark = serializers.CharField(source="pattern.remark", read_only=True)
    service = serializers.CharField(source="pattern.service", read_only=True)
    facility = serializers.CharField(read_only=True)
    cases = serializers.IntegerField(read_only=True)
    amount = serializers.DecimalField(max_digits=20, decimal_places=2, read_only=True)
    recent = serializers.IntegerField(read_only=True)
    earlier = serializers.IntegerField(read_only=True)
    share = serializers.FloatField(read_only=True)


class TargetInput(Input):
    """What a project aims at: a denial rate, a share of one, by a day."""

    target_rate = serializers.DecimalField(
        max_digits=7, decimal_places=6, min_value=0, max_value=1, required=False, allow_null=True
    )
    target_on = serializers.DateField(required=False, allow_null=True)


class StartInput(TargetInput):
    """What makes the cases alike; a part that is left out means any."""

    name = serializers.CharField(max_length=200)
    owner = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))
    payer = ByKey(slug_field="key", queryset=Payer.objects.all(), required=False)
    code = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    remark = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    service = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    facility = ByKey(slug_field="key", queryset=Facility.objects.none(), required=False)

    def get_fields(self) -> dict[str, Any]:
        """The caller's facilities only."""
        fields: dict[str, Any] = super().get_fields()
        request = self.context.get("request")
        if request is not None and isinstance(request.user, User):  # nobody asks for the schema
            mine = scope_of(request.user).facilities
            fields["facility"].queryset = Facility.objects.filter(pk__in=mine)
        return fields


class ChangeInput(TargetInput):
    """Another name, owner or aim."""

    name = serializers.CharField(max_length=200)
    owner = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))
    reason = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1, help_text="The version you saw.")


class StateInput(Input):
    """Where it stands from now on."""

    state = serializers.ChoiceField(choices=ProjectState.choices)
    reason = serializers.CharField(max_length=2000)
    version = serializers.IntegerField(min_value=1, help_text="The version you saw.")


class PreventionInput(Input):
    """What is changed, by whom, from when."""

    change = serializers.CharField(max_length=2000)
    owner = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))
    effective_on = serializers.DateField()


class NoteAllInput(Input):
    """What is said on every open case."""

    text = serializers.CharField(max_length=20_000)


class FileAllInput(Input):
    """A file for every open case."""

    file = serializers.FileField(help_text="Checked by its content; kept once.")


class DropInput(Input):
    """Which case does not belong, and why."""

    case = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class CountSerializer(serializers.Serializer[Any]):
    """On how many cases it was done."""

    cases = serializers.IntegerField(read_only=True)


def does(takes: type[Input] | None, answers: Any) -> Callable[[Handler], Handler]:
    """A POST on one project: safe to send twice, described by what it takes."""

    def decorate(handler: Handler) -> Handler:
        routed = action(detail=True, methods=["post"])(idempotent(handler))
        described: Handler = extend_schema(request=takes, responses=answers)(routed)
        return described

    return decorate


class ProjectViewSet(Door[Project]):
    """The projects that hold a case the caller may see, and the caller's own."""

    queryset = Project.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = ProjectSerializer

    def get_queryset(self) -> QuerySet[Project]:
        """What the caller may see."""
        return Project.objects.visible_to(caller(self.request)).for_list()

    def said(self, projects: list[Project], *, many: bool = False) -> Any:
        """Projects with their numbers. One query for all."""
        context = {"standings": standings(projects, caller(self.request))}
        shown: Any = projects if many else projects[0]
        return ProjectSerializer(shown, many=many, context=context).data

    @extend_schema(responses=ProjectSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The newest first."""
        page = list(self.paginate_queryset(self.get_queryset()) or [])
        return self.get_paginated_response(self.said(page, many=True))

    @extend_schema(responses=ProjectSerializer)
    def retrieve(self, request: Request, **_address: Any) -> Response:
        """One project."""
        return Response(self.said([self.get_object()]))

    @extend_schema(request=StartInput, responses={201: ProjectSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin a project with the open cases of its pattern that no other project holds."""
        fields = self.asked(StartInput)
        payer, facility = fields.pop("payer", None), fields.pop("facility", None)
        parts = {name: fields.pop(name).upper() for name in ("code", "remark", "service")}
        pattern = Pattern(
            payer_id=payer.pk if payer else None,
            facility_id=facility.pk if facility else None,
            **parts,
        )
        made = gathering.start(
            pattern=pattern, target=target_of(fields), by=caller(request), **fields
        )
        return Response(self.said([made]), status=status.HTTP_201_CREATED)

    @extend_schema(responses=SuggestionSerializer(many=True))
    @action(detail=False, pagination_class=None)
    def suggestions(self, request: Request) -> Response:
        """What the data say could be a project, the most money first."""
        found = suggested(caller(request), at=timezone.now())
        return Response(SuggestionSerializer(found, many=True).data)

    @extend_schema(responses=OutcomeSerializer)
    @action(detail=True)
    def outcome(self, request: Request, **_address: Any) -> Response:
        """The denial rate by month, before and after what was changed, and what came back."""
        found = outcome(self.get_object(), caller(request), at=timezone.now())
        return Response(OutcomeSerializer(found).data)

    @does(None, CountSerializer)
    def gather(self, request: Request, **_address: Any) -> Response:
        """Take in the open cases of its pattern that have come since."""
        return counted(gathering.gather(project=self.get_object(), by=caller(request)))

    @does(DropInput, OpenApiResponse(description="Taken out."))
    def drop(self, request: Request, **_address: Any) -> Response:
        """Take a case out."""
        project, by, fields = self.get_object(), caller(request), self.asked(DropInput)
        case = get_object_or_404(cases_of(project, by), public_id=fields["case"])
        gathering.drop(project=project, case=case, by=by, reason=fields["reason"])
        return Response(status=status.HTTP_204_NO_CONTENT)

    @does(None, CaseSerializer)
    def claim_next(self, request: Request, **_address: Any) -> Response:
        """Take its next case: due first, then amount. 204: none waits."""
        by = caller(request)
        case = gathering.claim_next(project=self.get_object(), by=by, at=timezone.now())
        if case is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(CaseSerializer(case).data)

    @does(NoteAllInput, CountSerializer)
    def note(self, request: Request, **_address: Any) -> Response:
        """Say the same on every open case that the caller works."""
        fields = self.asked(NoteAllInput)
        return counted(gathering.note_all(project=self.get_object(), by=caller(request), **fields))

    @does(FileAllInput, CountSerializer)
    def attach(self, request: Request, **_address: Any) -> Response:
        """Keep one file with every open case that the caller works."""
        fields = self.asked(FileAllInput)
        kept = gathering.attach_all(project=self.get_object(), by=caller(request), **fields)
        return counted(len(kept))

    @does(PreventionInput, OutcomeSerializer)
    def prevent(self, request: Request, **_address: Any) -> Response:
        """Say what is changed so that the denials stop, or correct it; answers the outcome."""
        project, by = self.get_object(), caller(request)
        gathering.prevent(project=project, by=by, **self.asked(PreventionInput))
        return Response(OutcomeSerializer(outcome(project, by, at=timezone.now())).data)

    @does(ChangeInput, ProjectSerializer)
    def change(self, request: Request, **_address: Any) -> Response:
        """Another name, owner or aim."""
        fields = self.asked(ChangeInput)
        changed = gathering.change(
            project=self.get_object(),
            by=caller(request),
            target=target_of(fields),
            seen_version=fields.pop("version"),
            **fields,
        )
        return Response(self.said([changed]))

    @does(StateInput, ProjectSerializer)
    def state(self, request: Request, **_address: Any) -> Response:
        """Bring it to another state; closing it lets its cases go."""
        fields = self.asked(StateInput)
        changed = gathering.become(
            project=self.get_object(),
            state=ProjectState(fields["state"]),
            by=caller(request),
            reason=fields["reason"],
            at=timezone.now(),
            seen_version=fields["version"],
        )
        return Response(self.said([changed]))


def counted(cases: int) -> Response:
    """How many."""
    return Response({"cases": cases})


def target_of(fields: dict[str, Any]) -> Target:
    """What a call aims at, taken out of its fields."""
    return Target(fields.pop("target_rate", None), fields.pop("target_on", None))
