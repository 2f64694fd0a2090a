"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from billing_portal.embedded.errors import StartRefused

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a child runs as, when not as its parent."""

    uid: int
    gid: int

    @property
    def options(self) -> dict[str, Any]:
        """For `subprocess`: this user, and none of the parent's groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def end_with_parent(how: signal.Signals = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when its parent dies (Linux; nothing elsewhere)."""
    if hasattr(LIBC, "prctl"):
        LIBC.prctl(PR_SET_PDEATHSIG, how)


def spawn(
    command: Sequence[str],
    *,
    output: int,
    errors: int | None = subprocess.STDOUT,
    environ: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets a signal when this process dies.

    `output` is a descriptor, or `subprocess.PIPE`, for what it says; `errors` the same, None ours.
    """
    parent = os.getpid()

    def tie() -> None:
        end_with_parent(on_parent_death)
        if os.getppid() != parent:  # it died before the tie held
            os._exit(1)

    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=dict(environ) if environ is not None else None,
        start_new_session=True,
        preexec_fn=tie,  # noqa: PLW1509  # called from the main thread alone
        cwd=cwd,
        **(identity.options if identity else {}),
    )


def stop(child: subprocess.Popen[bytes], how: signal.Signals, *, patience: float) -> None:
    """Ask a child to end; after `patience` seconds end it. Nothing of its session stays."""
    if child.poll() is None:
        child.send_signal(how)
    try:
        child.wait(patience)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    end_session(child.pid)


def end_session(leader: int) -> None:
    """End what a dead child left in its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def end_stale(pid_file: Path, *, folder: Path, how: signal.Signals, patience: float) -> None:
    """End a server that outlived its supervisor; forget one that did not.

    The process that a file names is ours only if it works in our folder: ids are used again.
    Raises StartRefused when it will not end.
    """
    try:
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0]))
        if Path(process.cwd()) == folder:
            process.send_signal(how)
            process.wait(patience)
    except psutil.TimeoutExpired as error:
        raise StartRefused(
            f"An earlier process {error.pid} still holds {folder}. End it: kill -9 {error.pid}"
        ) from error
    except (FileNotFoundError, ValueError, psutil.Error):
        pass
    pid_file.unlink(missing_ok=True)


def wait_until(is_ready: Any, *, child: subprocess.Popen[bytes], patience: float) -> bool:
    """Whether something became true before the child ended or `patience` seconds went by."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and child.poll() is None:
        if is_ready():
            return True
        time.sleep(0.05)
    return False
