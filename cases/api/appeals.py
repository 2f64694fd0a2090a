"""Appeals and a denial's other ways: finding, reading, and every step of them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller
from billing_portal.kernel.days import house_day
from cases.actions import looking, revealing
from cases.api import appealinputs as inputs
from cases.api.appealsaying import AppealSerializer
from cases.api.door import VersionedDoor, verb
from cases.api.inputs import VersionedInput
from cases.evidence.models import Attachment
from cases.types.denial.appeals import letters
from cases.types.denial.appeals.actions import preparing, retracting, sending
from cases.types.denial.appeals.models import Appeal
from cases.types.denial.appeals.querysets import AppealQuerySet
from cases.types.denial.appeals.terms import Decided, Due, Grounds


class AppealViewSet(VersionedDoor[Appeal]):
    """The appeals of the cases that the caller sees."""

    queryset = Appeal.objects.none()  # names the model; `get_queryset` scopes it
    serializer_class = AppealSerializer

    def get_queryset(self) -> AppealQuerySet:
        """What the caller may see."""
        return Appeal.objects.visible_to(caller(self.request)).for_page()

    def list(self, request: Request) -> Response:
        """The appeals, newest first; whose cases were shown is recorded."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        cases = [appeal.case for appeal in page]
        looking.listed(by=caller(request), cases=cases, where=request.path)
        return self.get_paginated_response(AppealSerializer(page, many=True).data)

    def retrieve(self, request: Request, **_address: Any) -> Response:
        """One appeal; its `ETag` is its version. That it was opened is recorded with its case."""
        appeal = self.get_object()
        revealing.record_view(case=appeal.case, by=caller(request))
        return Response(self.get_serializer(appeal).data)

    def change(self, change: Callable[..., Appeal], **fields: Any) -> Response:
        """Do one action to the appeal of this address."""
        changed = change(appeal=self.get_object(), by=caller(self.request), **fields)
        return self.answer(changed)

    def change_now(self, change: Callable[..., Appeal], **fields: Any) -> Response:
        """The same for one that happens at a moment."""
        return self.change(change, at=timezone.now(), **fields)

    def answer(self, appeal: Appeal) -> Response:
        """As it stands, also when it has just gone out of the caller's sight."""
        found = self.get_queryset().filter(pk=appeal.pk).order_by("pk").first()
        if found is None:
            return Response(status=HTTPStatus.NO_CONTENT)
        return Response(AppealSerializer(found, context=self.get_serializer_context()).data)

    def file(self, public_id: Any) -> Attachment:
        """A file of the appeal's case. Raises ValidationError."""
        try:
            return Attachment.objects.get(case=self.get_object().case_id, public_id=public_id)
        except ObjectDoesNotExist as error:
            raise ValidationError({"attachment": ["There is no such file on the case."]}) from error

    @verb(inputs.RegroundInput, answers=AppealSerializer)
    def grounds(self, request: Request, **_address: Any) -> Response:
        """Change the ground, the amount or the deadline; what was attested is void."""
        fields = self.asked_of_a_version(inputs.RegroundInput)
        grounds, due = grounds_of(fields), due_of(fields) or Due()
        seen = fields["seen_version"]
        return self.change(preparing.reground, grounds=grounds, due=due, seen_version=seen)

    @verb(inputs.LetterInput, answers=AppealSerializer)
    def letter(self, request: Request, **_address: Any) -> Response:
        """Write the letter; what was attested is void."""
        return self.change(preparing.write, **self.asked_of_a_version(inputs.LetterInput))

    @verb(inputs.ExhibitInput, answers=AppealSerializer)
    def evidence(self, request: Request, **_address: Any) -> Response:
        """Choose a file of the case as evidence."""
        fields = self.asked_of_a_version(inputs.ExhibitInput)
        fields["attachment"] = self.file(fields["attachment"])
        return self.change(preparing.add_exhibit, **fields)

    @verb(VersionedInput, answers=AppealSerializer)
    def proof(self, request: Request, **_address: Any) -> Response:
        """Take the earliest acceptance of the claim in as evidence."""
        return self.change(preparing.prove_filing, **self.asked_of_a_version(VersionedInput))

    @verb(inputs.AppealReasonInput, answers=AppealSerializer)
    def review(self, request: Request, **_address: Any) -> Response:
        """Ask somebody to read it."""
        return self.change(preparing.review, **self.asked_of_a_version(inputs.AppealReasonInput))

    @verb(VersionedInput, answers=AppealSerializer)
    def undo(self, request: Request, **_address: Any) -> Response:
        """Take back the caller's own last step, while nothing was signed or sent."""
        return self.change_now(retracting.undo, **self.asked_of_a_version(VersionedInput))

    @verb(inputs.AppealReasonInput, answers=AppealSerializer)
    def send_back(self, request: Request, **_address: Any) -> Response:
        """Make it a draft again."""
        return self.change(preparing.send_back, **self.asked_of_a_version(inputs.AppealReasonInput))

    @extend_schema(responses=inputs.DigestSerializer)
    @action(detail=True)
    def digest(self, request: Request, **_address: Any) -> Response:
        """The SHA-256 of the letter as the caller would send it today: what `attest` takes."""
        letter = preparing.letter_of(self.get_object())
        on = house_day(timezone.now())
        return Response({"sha256": letters.render(letter, by=caller(request), on=on).sha256})

    @verb(inputs.AttestInput, answers=AppealSerializer)
    def attest(self, request: Request, **_address: Any) -> Response:
        """Stand for the letter's exact bytes; the packet is built."""
        return self.change_now(preparing.attest, **self.asked_of_a_version(inputs.AttestInput))

    @verb(inputs.SubmitInput, answers=AppealSerializer)
    def submit(self, request: Request, **_address: Any) -> Response:
        """Record that the packet went out."""
        return self.change_now(sending.submit, **self.asked_of_a_version(inputs.SubmitInput))

    @verb(inputs.AcknowledgeInput, answers=AppealSerializer)
    def acknowledge(self, request: Request, **_address: Any) -> Response:
        """Note that the payer has it."""
        return self.change(sending.acknowledge, **self.asked_of_a_version(inputs.AcknowledgeInput))

    @verb(inputs.AppealReasonInput, answers=AppealSerializer)
    def consider(self, request: Request, **_address: Any) -> Response:
        """Note that the payer is deciding."""
        return self.change(sending.consider, **self.asked_of_a_version(inputs.AppealReasonInput))

    @verb(inputs.AppealReasonInput, answers=AppealSerializer)
    def ask(self, request: Request, **_address: Any) -> Response:
        """Note that the payer wants more."""
        return self.change_now(
            sending.asked_for_more, **self.asked_of_a_version(inputs.AppealReasonInput)
        )

    @verb(inputs.AskedInput, answers=AppealSerializer)
    def asked_payer(self, request: Request, **_address: Any) -> Response:
        """Note what the payer said when asked."""
        return self.change_now(sending.followed_up, **self.asked(inputs.AskedInput))

    @verb(inputs.DecideInput, answers=AppealSerializer)
    def decide(self, request: Request, **_address: Any) -> Response:
        """Record how the payer decided, with its evidence."""
        fields = self.asked_of_a_version(inputs.DecideInput)
        letter = fields.pop("attachment", None)
        decided = Decided(
            outcome=fields["outcome"],
            on=fields["decided_on"],
            letter=self.file(letter) if letter else None,
            trace=fields["trace"],
            overturned=fields.get("overturned"),
            is_paid=fields["is_paid"],
        )
        seen, reason = fields["seen_version"], fields["reason"]
        return self.change_now(sending.decide, decided=decided, reason=reason, seen_version=seen)

    @verb(inputs.AppealReasonInput, answers=AppealSerializer)
    def withdraw(self, request: Request, **_address: Any) -> Response:
        """Give it up."""
        return self.change_now(
            sending.withdraw, **self.asked_of_a_version(inputs.AppealReasonInput)
        )


def grounds_of(fields: dict[str, Any]) -> Grounds:
    """On what an appeal rests, from a call's fields."""
    return Grounds(fields["ground"], fields["amount"], fields["argument"])


def due_of(fields: dict[str, Any]) -> Due | None:
    """The deadline that a call names, if it does."""
    return Due(on=fields["due_on"], source=fields["due_source"]) if fields.get("due_on") else None
