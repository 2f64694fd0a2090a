"""The project's files as the checks see them."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("billing_portal", "cases", "integrations")
TEXT = {
    "", ".cfg", ".css", ".csv", ".html", ".ini", ".js", ".json", ".md", ".py", ".sh", ".svg",
    ".toml", ".txt", ".yaml", ".yml",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One Python file: its path below the root, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project that is, or is to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0:
        paths = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        paths = list(walk(ROOT))
    return tuple(sorted(path for path in paths if path.is_file() and not is_foreign(path)))


def walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not is_foreign(path):
            yield from walk(path)
        elif path.is_file():
            yield path


def is_foreign(path: Path) -> bool:
    """Of an environment, of the running portal, or a cache: not the project's."""
    parts = path.relative_to(ROOT).parts
    return any(part in {".git", ".venv", ".portal", "__pycache__"} for part in parts) or any(
        part.startswith((".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis"))
        for part in parts
    )


@cache
def sources(*packages: str) -> tuple[Source, ...]:
    """The Python files of some packages (of all three, when none is named), migrations left out."""
    wanted = packages or PACKAGES
    return tuple(
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in files()
        if path.suffix == ".py"
        and path.relative_to(ROOT).parts[0] in wanted
        and "migrations" not in path.parts
    )


@cache
def texts() -> tuple[Source, ...]:
    """Every text file."""
    return tuple(
        Source(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
        for path in files()
        if path.suffix in TEXT
    )


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""
