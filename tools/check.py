"""Every check that needs no database, two at a time: `make check`.

Prints one line a check; of a failed one all it said. Exit code 1 if any failed.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
TEMPLATES = [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("templates/**/*.html"))]
CHECKS = {  # the longest first
    "types": ["mypy"],
    "repository": ["pytest", "-q", "tests/architecture/static"],
    "import contracts": ["lint-imports"],
    "lint": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "templates": ["djade", "--check", "--target-version", "5.2", *TEMPLATES],
}


def run(name: str) -> tuple[str, float, subprocess.CompletedProcess[str]]:
    """One check, its seconds and what it said."""
    began = time.monotonic()
    program, *arguments = CHECKS[name]
    done = subprocess.run(
        [BIN / program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return name, time.monotonic() - began, done


def main() -> int:
    """Run all."""
    failed = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        for name, seconds, done in pool.map(run, CHECKS):
            sys.stdout.write(
                f"{'ok    ' if not done.returncode else 'FAILED'} {name} {seconds:.1f} s\n"
            )
            if done.returncode:
                failed += 1
                sys.stdout.write(done.stdout + done.stderr + "\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
