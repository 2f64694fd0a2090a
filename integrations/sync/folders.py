"""A polled folder, the shape of an SFTP drop: whole files are claimed by renaming, then archived.

    <folder>/                 the sender writes here
    <folder>/.working/<who>/  claimed by one worker
    <folder>/archive/         stored in the inbox
    <folder>/refused/         could not be taken; the heartbeat says why

A rename is atomic: of two workers one gets the file. What a killed worker had claimed is taken up
when it has lain there for STALE.
"""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from django.conf import settings

SETTLED = timedelta(seconds=2)
STALE = timedelta(minutes=10)
UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".writing")
READ = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Drop:
    """One source's folder; a relative path means one under the portal's home."""

    folder: Path

    @classmethod
    def at(cls, path: str) -> "Drop":
        """The folder that a source names."""
        return cls(Path(settings.PORTAL_HOME) / path)

    def claim(self, *, now: datetime) -> Iterator["Claimed"]:
        """Claim whole files one by one, oldest first. Raises OSError for an unreadable folder."""
        working = self.folder / ".working" / f"{socket.gethostname()}-{os.getpid()}"
        for found in [*self.left_behind(now=now), *self.whole_files(now=now)]:
            working.mkdir(parents=True, exist_ok=True)
            try:
                yield Claimed(self, found.rename(free_name(working, found.name)), found.name)
            except FileNotFoundError:
                continue  # another worker was quicker

    def whole_files(self, *, now: datetime) -> list[Path]:
        """What the sender has finished writing, oldest first."""
        with os.scandir(self.folder) as entries:
            offered = [
                (entry.stat().st_mtime, entry.name) for entry in entries if is_offered(entry)
            ]
        whole = [name for at, name in sorted(offered) if age_of(at, now=now) >= SETTLED]
        return [self.folder / name for name in whole]

    def left_behind(self, *, now: datetime) -> list[Path]:
        """What a worker claimed and never finished."""
        return [
            file
            for file in sorted((self.folder / ".working").glob("*/*"))
            if age_of(file.stat().st_ctime, now=now) >= STALE
        ]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that is this worker's; `name` is what the sender called it."""

    drop: Drop
    path: Path
    name: str

    def chunks(self) -> Iterator[bytes]:
        """Its bytes. Raises OSError."""
        with self.path.open("rb") as file:
            while chunk := file.read(READ):
                yield chunk

    def archive(self) -> None:
        """It is stored: put it by."""
        self.move_to(self.drop.folder / "archive")

    def refuse(self) -> None:
        """It cannot be taken: put it where a person finds it."""
        self.move_to(self.drop.folder / "refused")

    def give_back(self) -> None:
        """Let it be claimed again."""
        self.move_to(self.drop.folder)

    def move_to(self, folder: Path) -> None:
        """Move it, never over another file."""
        folder.mkdir(exist_ok=True)
        self.path.rename(free_name(folder, self.name))


def is_offered(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder is a file that its sender calls whole."""
    name = entry.name
    return (
        not name.startswith(".")
        and not name.lower().endswith(UNFINISHED)
        and entry.is_file(follow_symlinks=False)
    )


def age_of(timestamp: float, *, now: datetime) -> timedelta:
    """How long ago a file system's time stamp was."""
    return timedelta(seconds=now.timestamp() - timestamp)


def free_name(folder: Path, name: str) -> Path:
    """The name in a folder, with a number when it is taken."""
    for number in count(1):
        path = folder / (name if number == 1 else f"{name}.{number}")
        if not path.exists():
            return path
    raise AssertionError("Numbers do not end.")
