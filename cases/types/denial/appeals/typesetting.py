"""From data to tagged PDF by typst: the same data, the same bytes.

Data goes in as JSON and is never read as markup; fonts are typst's own, no date is written, so that
a digest says what was set.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from billing_portal.kernel.pure.errors import DomainError

SOURCES = Path(__file__).resolve().parent / "typst"


class NotSet(DomainError):
    """The document could not be set; nothing was kept."""

    code = "not_set"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a sheet: pairs of name and value, and a table."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def letter(data: Mapping[str, Any]) -> bytes:
    """A letter: `title`, `sender`, `date`, `recipient`, `reference`, `blocks`, `footer`."""
    return _set("letter.typ", data)


def sheet(*, title: str, sender: str, footer: str, parts: list[Part]) -> bytes:
    """A sheet of facts."""
    shown = [asdict(part) for part in parts]
    return _set("sheet.typ", {"title": title, "sender": sender, "footer": footer, "parts": shown})


def picture(content: bytes, *, ending: str, title: str) -> bytes:
    """A picture as a page. Raises NotSet for one that is none."""
    with TemporaryDirectory() as folder:
        (Path(folder) / f"picture{ending}").write_bytes(content)
        source = Path(folder) / "image.typ"
        source.write_bytes((SOURCES / "image.typ").read_bytes())
        return _compiled(source, {"title": title, "file": f"picture{ending}"})


def _set(name: str, data: Mapping[str, Any]) -> bytes:
    return _compiled(SOURCES / name, data)


def _compiled(source: Path, data: Mapping[str, Any]) -> bytes:
    try:
        return typst.compile(
            str(source),
            root=str(source.parent),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards="ua-1",
            sys_inputs={"data": json.dumps(data)},
        )
    except (RuntimeError, typst.TypstError) as error:
        message = "The document could not be set. Look at its text and files."
        raise NotSet(message) from error
