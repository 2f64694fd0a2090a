"""Which files may prove a case, told by their content and confirmed by their name. Pure."""

from dataclasses import dataclass
from pathlib import PurePath

import puremagic

from billing_portal.kernel.pure.errors import DomainError

HEAD_BYTES = 8_192
TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1c\x1d\x1e\x85")


class FileTypeRefused(DomainError):
    """The file is of no kind that a case takes, or not what its name says."""

    code = "file_type_refused"


@dataclass(frozen=True, slots=True)
class FileType:
    """One kind of file: its content type, its names' endings, and what its bytes are known as."""

    content_type: str
    endings: frozenset[str]
    known_as: frozenset[str] = frozenset()


PLAIN = FileType("text/plain", frozenset({".txt", ".csv", ".edi", ".x12", ".835", ".277", ".999"}))
ALLOWED = (
    FileType("application/pdf", frozenset({".pdf"}), frozenset({".pdf"})),
    FileType("image/png", frozenset({".png"}), frozenset({".png"})),
    FileType("image/jpeg", frozenset({".jpg", ".jpeg"}), frozenset({".jpg", ".jpeg", ".jfif"})),
    FileType("image/tiff", frozenset({".tif", ".tiff"}), frozenset({".tif", ".tiff"})),
    FileType(
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        frozenset({".docx"}),
        frozenset({".docx", ".zip"}),
    ),
    FileType(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        frozenset({".xlsx"}),
        frozenset({".xlsx", ".zip"}),
    ),
)


def recognise(filename: str, head: bytes) -> FileType:
    """The kind of a file, from its first bytes and its name. Raises FileTypeRefused."""
    ending = PurePath(filename).suffix.lower()
    if ending in PLAIN.endings:
        if _is_text(head):
            return PLAIN
        raise _refused(ending)
    kind = next((each for each in ALLOWED if ending in each.endings), None)
    if kind is None or not kind.known_as & _known_as(head):
        raise _refused(ending)
    return kind


def _known_as(head: bytes) -> set[str]:
    """The endings that the bytes are usually seen under."""
    try:
        return {match.extension for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()


def _is_text(head: bytes) -> bool:
    return all(byte >= 0x20 or byte in TEXT_CONTROLS for byte in head)


def _refused(ending: str) -> FileTypeRefused:
    known = sorted(PLAIN.endings | {e for kind in ALLOWED for e in kind.endings})
    return FileTypeRefused(
        f"This file is not taken: its content is not that of a “{ending or 'nameless'}” file that"
        f" a case can hold ({', '.join(known)})."
    )
