"""What was not posted, sent again; what was, taken back."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.actions import posting
from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.types.posting_failure import actions


class ReverseInput(inputs.ReasonedInput):
    """Which voucher is taken back, and why."""

    journal = serializers.CharField(max_length=20, help_text="Its number, as the trace names it.")


class CasePostings(CaseDoor):
    """What can be done about what the ledger did not take, or should not have."""

    @verb(ReverseInput)
    def reverse(self, request: Request, **_address: Any) -> Response:
        """Reverse a voucher of this case, by who answers for the books; `journal` is JE-…."""
        return self.change(posting.take_back, ReverseInput)

    @verb(inputs.ReasonedInput)
    def replay(self, request: Request, **_address: Any) -> Response:
        """Send again what this case is about, under the key it had: it is never posted twice."""
        return self.change(actions.replay, inputs.ReasonedInput)
