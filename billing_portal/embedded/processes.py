"""Child processes that never outlive their parent."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a child runs as; None: as its parent."""

    uid: int
    gid: int


def started_at(pid: int) -> str:
    """When a process began, in the kernel's ticks: with its id, a name that is never used twice."""
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    return stat.rpartition(")")[2].split()[19]


def is_alive(pid: int, started: str) -> bool:
    """Whether that very process still runs (zombies do not)."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    words = stat.rpartition(")")[2].split()
    return words[0] != "Z" and words[19] == started


def spawn(
    command: Sequence[str],
    *,
    log: Path | None,
    environ: Mapping[str, str] | None = None,
    identity: Identity | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets a signal when this process dies."""
    parent = os.getpid()

    def tie() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, on_parent_death)
        if os.getppid() != parent:  # it died before the tie held
            os._exit(1)

    options = {} if identity is None else {"user": identity.uid, "group": identity.gid}
    extra = {} if identity is None else {"extra_groups": []}
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(environ) if environ is not None else None,
            start_new_session=True,
            preexec_fn=tie,
            cwd=cwd,
            **options,
            **extra,
        )
    finally:
        if output:
            output.close()


def stop(child: subprocess.Popen[bytes], how: signal.Signals, *, patience: float) -> None:
    """Ask a child to end; when patience (seconds) runs out, end it and its session."""
    if child.poll() is None:
        child.send_signal(how)
    deadline = time.monotonic() + patience
    while child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
