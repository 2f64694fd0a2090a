"""How the bytes of a message arrive when the body itself is the message."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import FileUploadParser

from billing_portal.access.parsers import Measured

UNNAMED = "message"


class X12Parser(Measured, FileUploadParser):
    """The body is the message: spooled to disk, never held in memory.

    Its name comes from `Content-Disposition`, if that is sent.
    """

    media_type = "application/edi-x12"

    def largest(self) -> int:
        """As large as the inbox takes."""
        return int(settings.MESSAGE_MAX_BYTES)

    def get_filename(
        self, stream: IO[Any], media_type: str | None, parser_context: Mapping[str, Any]
    ) -> str:
        """The sender's name for it, or a plain word."""
        try:
            return super().get_filename(stream, media_type, parser_context) or UNNAMED
        except ParseError:
            return UNNAMED


class BytesParser(X12Parser):
    """The same for callers that do not say what they send."""

    media_type = "application/octet-stream"
