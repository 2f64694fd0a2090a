"""What the commands ask for alike: a source by name, files by path."""

import errno
import stat
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.core.management.base import CommandError

from cases.intake.ingesting import IncomingFile
from cases.intake.report import ExitCode
from integrations.canonical.models import Source


def source_named(name: str) -> Source:
    """The source of this name. Raises CommandError, which says what there is."""
    try:
        return Source.objects.get(name=name)
    except Source.DoesNotExist:
        known = ", ".join(Source.objects.order_by("name").values_list("name", flat=True))
        message = f"There is no source “{name}” (there are: {known or 'none'})."
        raise CommandError(message, returncode=ExitCode.NOTHING_READ) from None


def files_at(paths: Sequence[str]) -> list[IncomingFile]:
    """The files that paths mean, in the order given; a folder means its files by name.

    A path that is not there or may not be read is kept: the report says so.
    """
    return [
        IncomingFile(name=str(file), open=partial(opened, file))
        for path in paths
        for file in inside(Path(path))
    ]


def opened(path: Path) -> BinaryIO:
    """A file for reading bytes. Raises OSError, also for what has no end that could be read to."""
    if path.is_dir() and not offered_in(path):
        raise OSError(errno.ENOENT, "There are no files in this folder")
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "It is a pipe or a device")
    return path.open("rb")


def inside(path: Path) -> list[Path]:
    """A folder's files by name; anything else as it is, also a folder that holds none."""
    try:
        return (offered_in(path) if path.is_dir() else []) or [path]
    except OSError:
        return [path]  # opening it says why


def offered_in(folder: Path) -> list[Path]:
    """A folder's files by name, without hidden ones. Raises OSError."""
    return sorted(file for file in folder.iterdir() if is_offered(file))


def is_offered(file: Path) -> bool:
    """Whether a file in a folder is meant to be taken."""
    return not file.name.startswith(".") and file.is_file()
