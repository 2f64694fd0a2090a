"""Refusals: things that a caller can expect and a user can act on."""

from typing import Any, ClassVar


class DomainError(Exception):
    """An anticipated refusal. Its message is fit for the user; `code` is for programs.

    `fields` holds further facts for the answer (never patient data). Anything that is not a
    DomainError is a bug and rises.
    """

    code: ClassVar[str] = "refused"

    def __init__(self, message: str, /, **fields: Any) -> None:
        super().__init__(message)
        self.fields = fields
