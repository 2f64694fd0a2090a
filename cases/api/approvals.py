"""Requests for approval through the API: the same lists, decisions and refusals as on the pages."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, caller, idempotent
from billing_portal.access.freshness import require_fresh
from billing_portal.accounts.models import User
from cases.actions import answering, approving, looking
from cases.api.door import VersionedDoor, verb
from cases.api.inputs import Input, ReasonedInput, VersionedInput
from cases.approvals.listing import Listing, listings
from cases.approvals.models import ApprovalRequest
from cases.approvals.saying import Verdict
from cases.approvals.vocabulary import Act, Matter, RequestState

VERDICTS = [(each.value, each.label) for each in (Act.APPROVE, Act.REJECT, Act.RETURN)]
LIST = OpenApiParameter(
    "list", str, enum=Listing.values, description="Whose: `mine` (what you may decide) at first."
)


class ApprovalSerializer(serializers.Serializer[Any]):
    """A request, and what a decision on it must name: `version` and `digest`."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    reference = serializers.CharField(read_only=True)
    case = serializers.UUIDField(source="case.public_id", read_only=True)
    matter = serializers.ChoiceField(choices=Matter.choices, read_only=True)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    tier_amount = serializers.DecimalField(max_digits=14, decimal_places=2, read_only=True)
    currency = serializers.CharField(read_only=True)
    linked = serializers.ListField(child=serializers.CharField(), read_only=True)
    reason = serializers.CharField(read_only=True)
    requested_by = serializers.CharField(source="requested_by.username", read_only=True)
    requested_at = serializers.DateTimeField(read_only=True)
    policy = serializers.CharField(source="policy_version", read_only=True)
    state = serializers.ChoiceField(choices=RequestState.choices, read_only=True)
    cycle = serializers.IntegerField(read_only=True)
    step = serializers.IntegerField(read_only=True, help_text="Counted from 0.")
    steps = serializers.SerializerMethodField()
    due_at = serializers.DateTimeField(read_only=True, allow_null=True)
    verdict = serializers.CharField(read_only=True)
    decided_at = serializers.DateTimeField(read_only=True, allow_null=True)
    digest = serializers.CharField(read_only=True)
    version = serializers.IntegerField(read_only=True)

    def get_steps(self, approval: ApprovalRequest) -> int:
        """How many steps its policy has."""
        return len(approval.policy_version.terms.steps)


class ApprovalVerdictInput(VersionedInput):
    """What is decided, on what was seen; above the policy's limit only after a fresh sign-in."""

    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField(max_length=2000, default="", allow_blank=True)
    digest = serializers.CharField(max_length=64, help_text="Of the request as you saw it.")
    acting_for = ByKey(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        help_text="Who delegated to you, if you decide for somebody.",
    )


class ForwardInput(ReasonedInput):
    """Who is asked to decide."""

    to = ByKey(slug_field="username", queryset=User.objects.filter(is_active=True))


class SeenInput(Input):
    """One of many, as it was seen."""

    id = serializers.UUIDField()
    version = serializers.IntegerField(min_value=1)
    digest = serializers.CharField(max_length=64)


class TogetherInput(Input):
    """Requests of one policy, and one reason."""

    requests = serializers.ListField(child=SeenInput(), max_length=approving.MOST_AT_ONCE)
    reason = serializers.CharField(max_length=2000)


class ApprovalOutcomeSerializer(serializers.Serializer[Any]):
    """What came of one: its state, and why it was refused if it was."""

    id = serializers.UUIDField(source="approval.public_id", read_only=True)
    state = serializers.ChoiceField(
        source="approval.state", choices=RequestState.choices, read_only=True
    )
    code = serializers.CharField(source="refusal.code", default="", read_only=True)
    detail = serializers.SerializerMethodField()

    def get_detail(self, outcome: approving.Outcome) -> str:
        """Why; empty when it was approved."""
        return str(outcome.refusal or "")


class ApprovalViewSet(VersionedDoor[ApprovalRequest]):
    """The requests of the caller's cases; anything else does not exist."""

    queryset = ApprovalRequest.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = ApprovalSerializer

    def get_queryset(self) -> QuerySet[ApprovalRequest]:
        """What the caller may see."""
        return ApprovalRequest.objects.visible_to(caller(self.request)).for_list()

    def answer(self, approval: ApprovalRequest) -> Response:
        """A request as it stands."""
        fresh = self.get_queryset().filter(pk=approval.pk).first() or approval
        return Response(ApprovalSerializer(fresh).data)

    @extend_schema(parameters=[LIST], responses=ApprovalSerializer(many=True))
    def list(self, request: Request) -> Response:
        """One of the caller's lists, the newest first. What was shown is recorded."""
        asked = request.query_params.get("list", Listing.MINE.value)
        listing = Listing(asked) if asked in Listing.values else Listing.MINE
        found = listings(caller(request), at=timezone.now())[listing]
        page = self.paginate_queryset(found)
        shown = [approval.case for approval in page or []]
        looking.listed(by=caller(request), cases=shown, where=request.path)
        return self.get_paginated_response(ApprovalSerializer(page, many=True).data)

    @extend_schema(responses=ApprovalSerializer)
    def retrieve(self, request: Request, **_address: Any) -> Response:
        """One request. That it was read is recorded."""
        approval = self.get_object()
        looking.request_read(by=caller(request), approval=approval)
        return self.answer(approval)

    @verb(ApprovalVerdictInput, answers=ApprovalSerializer)
    def decide(self, request: Request, **_address: Any) -> Response:
        """Approve, reject or return it; the last approval carries it out."""
        fields = self.asked_of_a_version(ApprovalVerdictInput)
        approval, act = self.get_object(), Act(fields["verdict"])
        if act is Act.APPROVE:
            self.require_fresh(approval)
        verdict = Verdict(
            act=act,
            reason=fields["reason"],
            seen_version=fields["seen_version"],
            seen_digest=fields["digest"],
            acting_for=fields.get("acting_for"),
        )
        return self.answer(
            approving.decide(
                approval=approval, verdict=verdict, by=caller(request), at=timezone.now()
            )
        )

    def require_fresh(self, approval: ApprovalRequest) -> None:
        """Raises AuthenticationTooOld where the policy wants the caller at the keyboard."""
        if approval.policy_version.terms.wants_fresh(approval.tier_amount):
            require_fresh(self.request, at=timezone.now())

    @verb(ReasonedInput, answers=ApprovalSerializer)
    def resubmit(self, request: Request, **_address: Any) -> Response:
        """Answer what an approver wanted to know, and ask again."""
        return self.change(answering.answer, ReasonedInput)

    @verb(ReasonedInput, answers=ApprovalSerializer)
    def withdraw(self, request: Request, **_address: Any) -> Response:
        """Take back what the caller asked for."""
        return self.change(approving.withdraw, ReasonedInput)

    @verb(ForwardInput, answers=ApprovalSerializer)
    def forward(self, request: Request, **_address: Any) -> Response:
        """Ask one of those who may decide to do so."""
        return self.change(approving.forward, ForwardInput)

    def change(
        self, change: Callable[..., ApprovalRequest], takes: type[ReasonedInput]
    ) -> Response:
        """Do one action to the request of this address."""
        fields = self.asked_of_a_version(takes)
        by, at = caller(self.request), timezone.now()
        return self.answer(change(approval=self.get_object(), by=by, at=at, **fields))

    @extend_schema(request=TogetherInput, responses=ApprovalOutcomeSerializer(many=True))
    @action(detail=False, methods=["post"], pagination_class=None)
    @idempotent
    def together(self, request: Request) -> Response:
        """Approve many of one policy, each checked by itself; says what came of each."""
        given = self.asked(TogetherInput)
        named = {each["id"]: each for each in given["requests"]}
        found = self.get_queryset().filter(public_id__in=list(named)).order_by("pk")
        seen = [
            approving.Seen(each, named[each.public_id]["version"], named[each.public_id]["digest"])
            for each in found
        ]
        for each in seen:
            self.require_fresh(each.approval)
        outcomes = approving.decide_many(
            seen=seen, reason=given["reason"], by=caller(request), at=timezone.now()
        )
        return Response(ApprovalOutcomeSerializer(outcomes, many=True).data)
