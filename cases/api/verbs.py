"""The verbs that change a case: each calls its action, and nothing else."""

from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from billing_portal.access.api import caller
from cases.actions import awaiting, backdating, skipping, undoing, voiding, working
from cases.actions.backdating import Voucher
from cases.api import inputs
from cases.api.door import CaseDoor, verb


class CaseVerbs(CaseDoor):
    """What can be done to a case."""

    @verb(inputs.VersionedInput)
    def claim(self, request: Request, **_address: Any) -> Response:
        """Take this case."""
        return self.change(working.claim, inputs.VersionedInput)

    @verb(inputs.AssignInput)
    def assign(self, request: Request, **_address: Any) -> Response:
        """Give this case to somebody who works its queue."""
        return self.change(working.assign, inputs.AssignInput)

    @verb(inputs.ReasonedInput)
    def release(self, request: Request, **_address: Any) -> Response:
        """Put this case back."""
        return self.change(working.release, inputs.ReasonedInput)

    @verb(inputs.SkipInput)
    def skip(self, request: Request, **_address: Any) -> Response:
        """Put this case back and do not be offered it again today; three a day and queue."""
        return self.change(skipping.skip, inputs.SkipInput)

    @verb(inputs.TransferInput)
    def transfer(self, request: Request, **_address: Any) -> Response:
        """Move this case to another queue; its due times are counted anew."""
        return self.change(working.transfer, inputs.TransferInput)

    @verb(inputs.DeferInput)
    def defer(self, request: Request, **_address: Any) -> Response:
        """Let this case sleep until a time."""
        return self.change(awaiting.defer, inputs.DeferInput)

    @verb(inputs.WaitInput)
    def wait(self, request: Request, **_address: Any) -> Response:
        """Note that this case waits for the payer, or for information."""
        return self.change(working.wait, inputs.WaitInput)

    @verb(inputs.ReasonedInput)
    def resume(self, request: Request, **_address: Any) -> Response:
        """Go on with this case."""
        return self.change(working.resume, inputs.ReasonedInput)

    @verb(inputs.ResolveInput)
    def resolve(self, request: Request, **_address: Any) -> Response:
        """End this case with a disposition that its type offers."""
        return self.change(working.resolve, inputs.ResolveInput)

    @verb(inputs.ReasonedInput)
    def reopen(self, request: Request, **_address: Any) -> Response:
        """Take up this finished case again."""
        return self.change(working.reopen, inputs.ReasonedInput)

    @verb(inputs.BackdateInput)
    def backdate(self, _request: Request, **_address: Any) -> Response:
        """Ask for one voucher of this case to be dated in a closed period, reopened for it."""
        fields = self.asked_of_a_version(inputs.BackdateInput)
        voucher = Voucher(fields.pop("template"), fields.pop("amount"), fields.pop("on"))
        case, by = self.get_object(), caller(self.request)
        backdating.request(case=case, voucher=voucher, by=by, at=timezone.now(), **fields)
        return self.answer(self.get_object())

    @verb(inputs.ReasonedInput)
    def void(self, _request: Request, **_address: Any) -> Response:
        """Ask for this case, which was opened in error, to be void; somebody else approves it."""
        fields = self.asked_of_a_version(inputs.ReasonedInput)
        case, by = self.get_object(), caller(self.request)
        voiding.request(case=case, by=by, at=timezone.now(), **fields)
        return self.answer(self.get_object())

    @verb(inputs.VersionedInput)
    def undo(self, request: Request, **address: Any) -> Response:
        """Take back the caller's own last move, if nobody changed the case since.

        A transfer can be undone from where the case is out of sight. Comments and files stay.
        """
        fields = self.asked_of_a_version(inputs.VersionedInput)
        by = caller(request)
        case = undoing.find(by=by, public_id=address["public_id"])
        return self.answer(undoing.undo(case=case, by=by, at=timezone.now(), **fields))
