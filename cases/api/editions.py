"""Editions of the books of rules: written by one person, tried, judged and released by another."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import ByKey, MayDo, caller, idempotent
from billing_portal.access.roles import AUTHOR, RELEASE, SEE_EDITIONS
from billing_portal.accounts.models import User, UserKind
from billing_portal.kernel.pure.money import ZERO
from cases.actions import backtesting, publishing
from cases.actions.books import approvals, sampling
from cases.api.door import IF_MATCH, VersionedDoor
from cases.api.inputs import Input, ReasonedInput, VersionedInput
from cases.approvals.vocabulary import Matter
from cases.approvals.wording import rule_of
from cases.editions.books import BOOKS
from cases.editions.models import Backtest, Edition
from cases.editions.queries import difference
from cases.routing.queries import COUNTED_TO, live_count
from integrations.canonical.models import Facility, PayerClass

Handler = Callable[..., Response]


class BacktestSerializer(serializers.ModelSerializer[Backtest]):
    """What a back-test found."""

    ran_by: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Backtest
        fields = ("digest", "days", "ran_by", "ran_at", "report")
        read_only_fields = fields


class EditionSerializer(serializers.ModelSerializer[Edition]):
    """One edition as a row of a list."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    author: Any = serializers.SlugRelatedField(slug_field="username", read_only=True)
    reviewer: Any = serializers.SlugRelatedField(
        slug_field="username", allow_null=True, read_only=True
    )
    base = serializers.UUIDField(source="base.public_id", default=None, read_only=True)
    restores = serializers.UUIDField(source="restores.public_id", default=None, read_only=True)

    class Meta:
        model = Edition
        fields: tuple[str, ...] = (
            "id",
            "book",
            "number",
            "state",
            "note",
            "verdict",
            "author",
            "reviewer",
            "base",
            "restores",
            "digest",
            "activates_at",
            "activated_at",
            "version",
        )
        read_only_fields = fields


class EditionDetailSerializer(EditionSerializer):
    """One edition with the whole book as it would stand, and what its back-test found."""

    backtest = BacktestSerializer(read_only=True, allow_null=True)

    class Meta(EditionSerializer.Meta):
        fields = (*EditionSerializer.Meta.fields, "content", "backtest")
        read_only_fields = fields


class RowInWordsSerializer(serializers.Serializer[Any]):
    """One row of a book in words."""

    key = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    says = serializers.DictField(child=serializers.CharField(), read_only=True)


class SaidSerializer(serializers.Serializer[Any]):
    """One thing that a row says otherwise."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field's name
    old = serializers.CharField(read_only=True)
    new = serializers.CharField(read_only=True)


class ChangedSerializer(serializers.Serializer[Any]):
    """One row that says something otherwise."""

    key = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    says = SaidSerializer(many=True, read_only=True)


class EditionDifferenceSerializer(serializers.Serializer[Any]):
    """What an edition says otherwise than its base."""

    added = RowInWordsSerializer(many=True, read_only=True)
    removed = RowInWordsSerializer(many=True, read_only=True)
    changed = ChangedSerializer(many=True, read_only=True)
    moved = RowInWordsSerializer(many=True, read_only=True)


class EditionRemarkSerializer(serializers.Serializer[Any]):
    """What a reviewer should know; without a row it concerns the whole."""

    row = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a field's name
    words = serializers.CharField(read_only=True)
    is_error = serializers.BooleanField(read_only=True)


class MatchSerializer(serializers.Serializer[Any]):
    """How many open cases a condition matches; beyond the cap it is not counted on."""

    count = serializers.IntegerField(read_only=True)
    is_capped = serializers.BooleanField(read_only=True)


class DraftInput(Input):
    """Of which book a draft is begun."""

    book = serializers.CharField(max_length=50)


class SaveInput(VersionedInput):
    """The whole book as it would stand."""

    content = serializers.JSONField()
    note = serializers.CharField(max_length=2000, default="", allow_blank=True)


class BacktestInput(Input):
    """How many days back to look."""

    days = serializers.IntegerField(min_value=1, max_value=backtesting.LONGEST, default=90)


class ScheduleInput(VersionedInput):
    """When it is to come into force; a moment that has come means at once."""

    activates_at = serializers.DateTimeField()


class RollBackInput(Input):
    """Why a former content comes back."""

    reason = serializers.CharField(max_length=2000)


class MatchInput(Input):
    """A condition, as routing rules have it."""

    condition = serializers.JSONField()


class TryInput(Input):
    """What somebody could ask for; `amount` with what counts together with it."""

    matter = serializers.ChoiceField(choices=Matter.choices)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=ZERO)
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    facility = ByKey(slug_field="key", queryset=Facility.objects.filter(is_active=True))
    payer_class = serializers.ChoiceField(
        choices=PayerClass.choices, default="", allow_blank=True, help_text="Empty: no payer."
    )
    facts = serializers.DictField(
        child=serializers.CharField(max_length=200),
        default={},
        help_text='Like `"federal": "yes"`.',
    )
    requester = ByKey(
        slug_field="username",
        queryset=User.objects.filter(is_active=True, kind=UserKind.PERSON),
        help_text="Who asks.",
    )

    def validate_matter(self, matter: str) -> Matter:
        """As policies know it."""
        return Matter(matter)


class SeatedSerializer(serializers.Serializer[Any]):
    """Somebody who holds a seat of a step."""

    name = serializers.CharField(read_only=True)
    why = serializers.CharField(read_only=True, help_text="Why they may not sign; empty: they may.")


class TurnSerializer(serializers.Serializer[Any]):
    """One step of the chain."""

    step = serializers.CharField(source="step.label", read_only=True)
    rule = serializers.SerializerMethodField(help_text="How many of whom.")
    people = SeatedSerializer(many=True, read_only=True)
    is_lacking = serializers.BooleanField(read_only=True, help_text="Nobody is left to sign it.")

    def get_rule(self, turn: sampling.Turn) -> str:
        """In words."""
        return rule_of(turn.step)


class TriedSerializer(serializers.Serializer[Any]):
    """The policy that covers the sample and its steps; without one, `refusal` says so."""

    policy = serializers.CharField(source="rule.key", default="", read_only=True)
    refusal = serializers.CharField(read_only=True)
    turns = TurnSerializer(many=True, read_only=True)


class EditionFilter(django_filters.FilterSet):
    """Which editions."""

    book = django_filters.CharFilter(label="Key of a book: routing, targets, codes …")
    state = django_filters.CharFilter(label="State.")

    class Meta:
        model = Edition
        fields: list[str] = []


def edition_verb(takes: type[Input], path: str) -> Callable[[Handler], Handler]:
    """A POST that changes one edition: safe to send twice, described by what it takes."""

    def decorate(handler: Handler) -> Handler:
        routed = action(detail=True, methods=["post"], url_path=path, filterset_class=None)
        described = extend_schema(
            request=takes, responses=EditionDetailSerializer, parameters=[IF_MATCH]
        )
        decorated: Handler = described(routed(idempotent(handler)))
        return decorated

    return decorate


class EditionViewSet(ListModelMixin, RetrieveModelMixin, VersionedDoor[Edition]):
    """Write, try, judge and release editions; who wrote one never judges it."""

    queryset = Edition.objects.none()  # names the model; `get_queryset` asks
    serializer_class = EditionDetailSerializer
    filterset_class = EditionFilter
    permission_classes = (IsAuthenticated, MayDo)
    needs = {
        "list": SEE_EDITIONS,
        "retrieve": SEE_EDITIONS,
        "difference": SEE_EDITIONS,
        "findings": SEE_EDITIONS,
        "matching": SEE_EDITIONS,
        "try_out": SEE_EDITIONS,
        "backtest": SEE_EDITIONS,
        "draft": AUTHOR,
        "save": AUTHOR,
        "request_review": AUTHOR,
        "withdraw": AUTHOR,
        "approve": RELEASE,
        "send_back": RELEASE,
        "schedule": RELEASE,
        "roll_back": RELEASE,
    }

    def get_queryset(self) -> QuerySet[Edition]:
        """All of them, for those whose role includes it: rules hold no patient's data."""
        return Edition.objects.select_related(
            "author", "reviewer", "base", "restores", "backtest__ran_by"
        )

    def get_serializer_class(self) -> type[EditionSerializer]:
        """A list leaves the content out."""
        return EditionSerializer if self.action == "list" else EditionDetailSerializer

    @extend_schema(responses=EditionDifferenceSerializer)
    @action(detail=True, filterset_class=None, pagination_class=None)
    def difference(self, request: Request, **_address: Any) -> Response:
        """What this edition says otherwise than the one it was written on."""
        return Response(EditionDifferenceSerializer(difference(self.get_object())).data)

    @extend_schema(responses=EditionRemarkSerializer(many=True))
    @action(detail=True, filterset_class=None, pagination_class=None)
    def findings(self, request: Request, **_address: Any) -> Response:
        """What its book finds: errors keep it from being released, warnings want a note."""
        edition = self.get_object()
        found = BOOKS.get(edition.book).findings(edition.content, at=timezone.now())
        return Response(EditionRemarkSerializer(found, many=True).data)

    @extend_schema(request=TryInput, responses=TriedSerializer)
    @action(detail=True, methods=["post"], url_path="try", filterset_class=None)
    def try_out(self, request: Request, **address: Any) -> Response:
        """Which policy of this edition covers a sample, and who may sign it; changes nothing."""
        ours = self.get_queryset().filter(book=approvals.BOOK.key)
        rules = approvals.rules_of(get_object_or_404(ours, **address).content)
        sample = sampling.Sample(**self.asked(TryInput))
        return Response(TriedSerializer(sampling.try_out(rules, sample, at=timezone.now())).data)

    @extend_schema(request=MatchInput, responses=MatchSerializer)
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def matching(self, request: Request) -> Response:
        """How many open cases that the caller sees match a condition; changes nothing."""
        tree = self.asked(MatchInput)["condition"]
        count = live_count(tree, by=caller(request))
        counted = {"count": min(count, COUNTED_TO), "is_capped": count > COUNTED_TO}
        return Response(MatchSerializer(counted).data)

    @extend_schema(request=DraftInput, responses={201: EditionDetailSerializer})
    @action(detail=False, methods=["post"], filterset_class=None)
    @idempotent
    def draft(self, request: Request) -> Response:
        """Begin an edition with what the book holds now."""
        fields = self.asked(DraftInput)
        made = publishing.draft(by=caller(request), at=timezone.now(), **fields)
        return Response(EditionDetailSerializer(made).data, status=HTTPStatus.CREATED)

    @edition_verb(SaveInput, "save")
    def save(self, request: Request, **_address: Any) -> Response:
        """Keep the whole book as the author wrote it."""
        return self.change(publishing.save, SaveInput)

    @extend_schema(request=BacktestInput, responses=BacktestSerializer)
    @action(detail=True, methods=["post"], filterset_class=None)
    @idempotent
    def backtest(self, request: Request, **_address: Any) -> Response:
        """Try this edition on the cases of the last days; what was found is kept with it."""
        fields, edition = self.asked(BacktestInput), self.get_object()
        backtesting.backtest(edition=edition, by=caller(request), at=timezone.now(), **fields)
        return Response(BacktestSerializer(self.get_object().backtest).data)

    @edition_verb(VersionedInput, "request-review")
    def request_review(self, request: Request, **_address: Any) -> Response:
        """Ask a second person to judge this edition."""
        return self.change(publishing.request_review, VersionedInput)

    @edition_verb(VersionedInput, "approve")
    def approve(self, request: Request, **_address: Any) -> Response:
        """Judge this edition as fit."""
        return self.change(publishing.approve, VersionedInput)

    @edition_verb(ReasonedInput, "send-back")
    def send_back(self, request: Request, **_address: Any) -> Response:
        """Give this edition back to its author."""
        return self.change(publishing.send_back, ReasonedInput)

    @edition_verb(ScheduleInput, "schedule")
    def schedule(self, request: Request, **_address: Any) -> Response:
        """Let this edition come into force at a moment."""
        return self.change(publishing.schedule, ScheduleInput)

    @edition_verb(ReasonedInput, "withdraw")
    def withdraw(self, request: Request, **_address: Any) -> Response:
        """End this edition of one's own."""
        return self.change(publishing.withdraw, ReasonedInput)

    @edition_verb(RollBackInput, "roll-back")
    def roll_back(self, request: Request, **_address: Any) -> Response:
        """Put this former edition's content in force again, at once, as a new edition."""
        fields = self.asked(RollBackInput)
        by, at = caller(request), timezone.now()
        again = publishing.roll_back(edition=self.get_object(), by=by, at=at, **fields)
        return Response(EditionDetailSerializer(again).data)

    def change(self, change: Callable[..., Edition], takes: type[VersionedInput]) -> Response:
        """Do one action to the edition of this address."""
        fields = self.asked_of_a_version(takes)
        by, at = caller(self.request), timezone.now()
        changed = change(edition=self.get_object(), by=by, at=at, **fields)
        return Response(EditionDetailSerializer(changed).data)
