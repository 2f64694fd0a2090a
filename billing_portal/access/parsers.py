"""How the body of a call is read: of a known length, within a limit, whole, and fit to be kept."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import parsers, status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.request import Request

ROOM_FOR_FORM = 64 * 1024  # bytes: boundaries and fields around a file


class TooLarge(APIException):
    """The body is larger than this call takes (HTTP 413)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = "This is larger than the portal takes. Nothing of it was kept."


class LengthRequired(APIException):
    """The body comes without its length, so that nobody could tell whether it is whole (411)."""

    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "length_required"
    default_detail = "Send the body with its Content-Length; chunked bodies are not taken."


class Counted:
    """A stream that knows how much of it was read, in bytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream
        self.seen = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        got = self.stream.read(size)
        self.seen += len(got)
        return got


def require_length(request: Request) -> None:
    """Raises LengthRequired for a body that comes in chunks: it would be taken for no body."""
    if "Transfer-Encoding" in request.headers:
        raise LengthRequired


class Measured(parsers.BaseParser):
    """Mixed into a parser: refuses what is too large unread, and what was cut off on its way."""

    def largest(self) -> int:
        """How many bytes a body may have."""
        return int(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read the body. Raises TooLarge, ParseError."""
        meta = (parser_context or {})["request"].META
        length = int(meta.get("CONTENT_LENGTH") or 0)
        if length > self.largest():
            raise TooLarge
        counted: Any = Counted(stream)
        parsed: Any = super().parse(counted, media_type, parser_context)
        if counted.seen < length:
            for half in getattr(parsed, "files", {}).values():
                half.close()
            raise ParseError("The body ended before its Content-Length.", code="cut_off")
        return parsed


class Json(Measured, parsers.JSONParser):
    """JSON of bounded depth whose text can be kept and answered: no halves of characters."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Read the body. Also refuses lone surrogates and what is nested beyond reason."""
        try:
            parsed = super().parse(stream, media_type, parser_context)
            json.dumps(parsed, ensure_ascii=False).encode()
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error
        except UnicodeEncodeError as error:
            raise ParseError("This JSON holds half a character (a lone surrogate).") from error
        return parsed


class Form(Measured, parsers.MultiPartParser):
    """A form without files to speak of."""


class AttachmentForm(Form):
    """A form with one file for a case."""

    def largest(self) -> int:
        """A file as large as a case may hold, and the form around it."""
        return int(settings.ATTACHMENT_MAX_BYTES) + ROOM_FOR_FORM


class MessageForm(Form):
    """A form with one message."""

    def largest(self) -> int:
        """A message as large as the inbox takes, and the form around it."""
        return int(settings.MESSAGE_MAX_BYTES) + ROOM_FOR_FORM
