"""The repository as a stranger finds it."""

import ast
import importlib.metadata
import re
import tomllib
from collections.abc import Iterator

import pytest
from django.core.management import get_commands

from tests.architecture.tree import ROOT, Source, sources, texts

HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs\.org|unpkg\.com|jsdelivr\.net|cdnjs\."
    r"|googleapis\.com|--index-url|--extra-index-url|--trusted-host",
)
MACHINE = re.compile(r"(?<![\w.])/(work|root|home/[a-z]+|Users/[A-Za-z]+)/(?=[\w.])")
EXPECTED = (
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "LICENSE",
    "Makefile",
    "docs/architecture.md",
    "docs/guides/add_a_case_type.md",
    "docs/guides/add_a_connector.md",
    "docs/guides/operate.md",
)
COPYLEFT = re.compile(r"(?<!L)A?GPL|GNU (Affero )?General Public", re.IGNORECASE)


def mentions(source: Source, pattern: re.Pattern[str]) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), start=1):
        if pattern.search(line):
            yield f"{source.path}:{number}: {line.strip()[:120]}"


@pytest.mark.parametrize("path", EXPECTED)
def test_the_usual_file_is_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("pattern", [HOSTS, MACHINE], ids=["registry hosts", "machine paths"])
def test_no_file_names(pattern):
    others = [each for each in texts() if not each.path.startswith("tests/architecture/")]

    assert [found for each in others for found in mentions(each, pattern)] == []


def test_a_host_or_a_path_would_be_found():
    planted = Source("x.md", "see https://pypi.org/x\ncd /home/somebody/portal\n/tmp is fine\n")

    assert list(mentions(planted, HOSTS))
    assert list(mentions(planted, MACHINE))


def documents() -> list[Source]:
    return [each for each in texts() if each.path.endswith(".md")]


def named_commands(text: str) -> set[str]:
    return set(re.findall(r"manage\.py ([a-z_]+)", text))


def named_targets(text: str) -> set[str]:
    return set(re.findall(r"`make ([a-z-]+)", text)) | set(re.findall(r"(?m)^make ([a-z-]+)", text))


def makefile_targets() -> set[str]:
    return set(re.findall(r"(?m)^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.path)
def test_every_command_that_a_document_names_exists(document):
    assert named_commands(document.text) - set(get_commands()) == set()
    assert named_targets(document.text) - makefile_targets() == set()


def test_a_command_that_does_not_exist_would_be_noticed():
    text = "Run `manage.py conjure` or `make conjure`."

    assert named_commands(text) - set(get_commands()) == {"conjure"}
    assert named_targets(text) - makefile_targets() == {"conjure"}


def broken_links(document: Source) -> Iterator[str]:
    """Links of a document to files that are not there."""
    folder = (ROOT / document.path).parent
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.text):
        if "://" not in target and not (folder / target).exists():
            yield f"{document.path}: {target}"


@pytest.mark.parametrize("document", documents(), ids=lambda document: document.path)
def test_every_link_of_a_document_leads_somewhere(document):
    assert list(broken_links(document)) == []


def test_a_broken_link_would_be_noticed():
    assert list(broken_links(Source("README.md", "[x](nowhere.md)"))) == ["README.md: nowhere.md"]


def settings_read() -> set[str]:
    """The environment variables that the portal looks at, but for those of other programs."""
    found = set()
    for source in sources("billing_portal", "cases", "integrations"):
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and node.args:
                name, first = ast.unparse(node.func), node.args[0]
                reads = re.fullmatch(r"setting|env\.[a-z_]+|(.*\.)?environ\.get", name)
                if reads and isinstance(first, ast.Constant) and str(first.value).isupper():
                    found.add(str(first.value).removesuffix("_FILE"))
    return found - {"PATH"}


def settings_told() -> list[str]:
    """Those that the table of the operators' guide describes, one a row, with a default."""
    text = (ROOT / "docs/guides/operate.md").read_text(encoding="utf-8")
    return re.findall(r"(?m)^\| `([A-Z][A-Z0-9_]+)` \| [^|]+ \| [^|]+ \|$", text)


def test_the_operators_guide_describes_every_setting_once_and_no_other():
    assert sorted(settings_told()) == sorted(settings_read())


def test_settings_are_found_where_they_are_read():
    assert {"DATABASE_URL", "SESSION_IDLE_MINUTES", "PORT", "WEB_WORKERS"} <= settings_read()


def pyproject() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_dependencies_are_locked_with_hashes():
    for name in ("runtime", "dev"):
        text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
        assert list(loose(text)) == [], f"requirements/{name}.txt"


def loose(requirements: str) -> Iterator[str]:
    """Requirements without an exact version or without hashes."""
    for line in requirements.replace("\\\n", " ").splitlines():
        wanted = line.split("#")[0].strip()
        if wanted and not ("==" in wanted and "--hash=sha256:" in wanted):
            yield wanted


def test_a_loose_requirement_would_be_found():
    assert list(loose("a==1 \\\n  --hash=sha256:00\nb>=2\nc==3\n")) == ["b>=2", "c==3"]


def test_no_dependency_at_run_time_is_copyleft():
    text = (ROOT / "requirements/runtime.txt").read_text(encoding="utf-8")
    names = re.findall(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==", text)

    assert names
    assert [name for name in names if COPYLEFT.search(licence_of(name))] == []


def licence_of(name: str) -> str:
    """What an installed distribution says of its licence; empty when it is not for this machine."""
    try:
        told = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ""
    classifiers = [each for each in told.get_all("Classifier") or [] if "License" in each]
    stated = told.get("License-Expression") or (told.get("License") or "").splitlines()[:1]
    return f"{stated} {classifiers}"


def test_copyleft_would_be_recognised():
    assert COPYLEFT.search("AGPL-3.0-or-later")
    assert COPYLEFT.search("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert not COPYLEFT.search("LGPL-3.0-only")


def test_one_version_is_told_everywhere():
    version = pyproject()["project"]["version"]  # type: ignore[index]

    assert f"## [{version}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8") or (
        "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    )
