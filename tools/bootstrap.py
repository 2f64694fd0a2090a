"""Makes `.venv` from the locks: `bootstrap.py runtime` or `bootstrap.py dev`.

Needs only Python's standard library, and either its venv module or pip. Installs again only when
a lock changed. Every failure is one sentence that says what to do.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "requirements"
OLDEST = (3, 11)

NO_VENV = (
    "This Python has neither a working venv module nor pip. Install one of them,"
    " for example: apt-get install python3-venv"
)
CAUSES = (
    (r"No space left on device", "The disk is full. Free about 1 GB and run make again."),
    (
        r"DO NOT MATCH THE HASHES",
        (
            "A downloaded package is not the one that was locked. If a proxy or mirror changes"
            " packages, use another one (pip config list)."
        ),
    ),
    (
        r"Failed to build|Failed building wheel|error: command '.*(cc|gcc|clang|c\+\+)",
        (
            "A package has no ready-made build for this machine, and building it failed. Install a"
            " compiler and Python's headers (apt-get install build-essential python3-dev), or use"
            " Python 3.11 on x86-64 or ARM64, for which every package is ready-made."
        ),
    ),
    (
        r"No matching distribution|Could not find a version|Failed to establish|Connection",
        (
            "The package registry cannot be reached or lacks a package. Check the network and pip's"
            " own settings (pip config list), then run make again: it goes on where it stopped."
        ),
    ),
    (r"Permission denied", f"Packages cannot be written to {VENV}. Check who owns it."),
)


def main(kind: str) -> None:
    """Make the environment hold what the lock of this kind names."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:3]))
        sys.exit(
            f"Python 3.11 or later is needed, this is {found}: make PYTHON=/path/to/python3.11"
        )
    try:
        with (ROOT / ".venv.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not is_current(kind):
                make_environment()
                install(kind)
    except OSError as error:
        sys.exit(f"The environment cannot be made in {ROOT}: {error.strerror}.")


def stamp(kind: str) -> Path:
    """The file that says which lock was installed last."""
    return VENV / f"installed-{kind}"


def digest(kind: str) -> str:
    """Of a lock."""
    return hashlib.sha256((LOCKS / f"{kind}.txt").read_bytes()).hexdigest()


def is_current(kind: str) -> bool:
    """Whether the environment works and holds this lock; the development lock holds both."""
    held = {stamp(other) for other in (kind, "dev") if installed(other) == digest(other)}
    return bool(held) and works()


def installed(kind: str) -> str:
    """The digest of the lock that was installed last; empty when none was."""
    return stamp(kind).read_text(encoding="utf-8") if stamp(kind).exists() else ""


def works() -> bool:
    """Whether the environment's Python starts: it does not after a system upgrade or a move."""
    if not PYTHON.exists():
        return False
    return (
        subprocess.run([PYTHON, "-c", "import pip"], capture_output=True, check=False).returncode
        == 0
    )


def make_environment() -> None:
    """A fresh `.venv`, by the venv module, or by virtualenv where that is missing."""
    if works():
        return
    say("Making the environment in .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip"):
        made = subprocess.run(
            [sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False
        )
        if made.returncode == 0:
            return
        shutil.rmtree(VENV, ignore_errors=True)
    if not importlib.util.find_spec("pip"):
        sys.exit(NO_VENV)
    say("  this Python lacks venv: fetching virtualenv instead")
    aside = ROOT / ".venv-maker"
    pip(sys.executable, "bootstrap", ["--target", str(aside), "--upgrade"])
    made = subprocess.run(
        [sys.executable, "-m", "virtualenv", "--quiet", VENV],
        env={**os.environ, "PYTHONPATH": str(aside)},
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(aside, ignore_errors=True)
    if made.returncode:
        sys.exit(
            f"The environment could not be made: {(made.stderr or made.stdout).strip()[-400:]}"
        )


def install(kind: str) -> None:
    """Everything that a lock names, checked by its hashes."""
    began = time.monotonic()
    for old in VENV.glob("installed-*"):
        old.unlink()
    pip(str(PYTHON), kind, [])
    stamp(kind).write_text(digest(kind), encoding="utf-8")
    say(f"  installed in {time.monotonic() - began:.0f} s")


def pip(python: str, kind: str, options: list[str]) -> None:
    """Run pip on a lock with the user's own pip settings, and show how far it is."""
    lock = LOCKS / f"{kind}.txt"
    count = len(re.findall(r"^[A-Za-z0-9]", lock.read_text(encoding="utf-8"), re.MULTILINE))
    say(f"Installing {count} packages of requirements/{lock.name}")
    command = [python, "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-compile"]
    command += ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    process = subprocess.Popen(
        [*command, *options, "-r", str(lock)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore"},
    )
    lines = []
    for line in process.stdout or ():
        lines.append(line.rstrip())
        show(lines, count)
    if process.wait():
        sys.exit(explain("\n".join(lines)))


def show(lines: list[str], count: int) -> None:
    """One line that moves on a terminal, one in ten elsewhere."""
    line = lines[-1]
    if line.startswith("Installing collected"):
        say("  unpacking")
    if not line.startswith("Collecting "):
        return
    number = sum(one.startswith("Collecting ") for one in lines)
    name = re.split(r"[=<>@ ]", line.removeprefix("Collecting "))[0]
    if sys.stdout.isatty():
        sys.stdout.write(f"\r  {number}/{count} {name:<40}" + ("\n" if number == count else ""))
        sys.stdout.flush()
    elif number % 10 == 0 or number == count:
        say(f"  {number}/{count} {name}")


def explain(output: str) -> str:
    """What went wrong and what to do, with pip's own last words."""
    words = "\n".join(line for line in output.splitlines()[-12:] if line.strip())
    for pattern, advice in CAUSES:
        if re.search(pattern, output):
            return f"{words}\n\n{advice}"
    return f"{words}\n\nThe packages could not be installed; pip's last lines stand above."


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
