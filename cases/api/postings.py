"""What was not posted: sent again."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from cases.api import inputs
from cases.api.door import CaseDoor, verb
from cases.types.posting_failure import actions


class CasePostings(CaseDoor):
    """What can be done about what the ledger did not take."""

    @verb(inputs.ReasonedInput)
    def replay(self, request: Request, **_address: Any) -> Response:
        """Send again what this case is about, under the key it had: it is never posted twice."""
        return self.change(actions.replay, inputs.ReasonedInput)
