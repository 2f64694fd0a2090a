import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from billing_portal.embedded.home import CHECKOUT
from tools import bootstrap

LOCKS = ("runtime", "dev", "bootstrap")


def locked(kind):
    text = (CHECKOUT / "requirements" / f"{kind}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.\-]+)==(\S+)", text, re.MULTILINE))


def declared(requirements):
    return {re.split(r"[\[<>=]", line)[0].lower() for line in requirements}


@pytest.mark.parametrize("kind", LOCKS)
def test_a_lock_names_hashes_and_no_addresses(kind):
    text = (CHECKOUT / "requirements" / f"{kind}.txt").read_text()

    assert "://" not in text
    assert not re.search(r"^--", text, re.MULTILINE)
    assert text.count("==") <= text.count("--hash=sha256:")


def test_the_locks_hold_what_is_declared_and_agree():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    runtime, dev = locked("runtime"), locked("dev")

    assert declared(project["dependencies"]) <= runtime.keys()
    assert declared(project["optional-dependencies"]["dev"]) <= dev.keys()
    assert runtime.items() <= dev.items()


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ("error: command 'gcc' failed: No such file or directory", "Install a compiler"),
        ("ERROR: No matching distribution found for x==1", "registry cannot be reached"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES FROM", "not the one that was locked"),
    ],
)
def test_a_failed_installation_says_what_to_do(said, advice):
    assert advice in bootstrap.explain(said)


@pytest.fixture
def bare(tmp_path):
    """A checkout with nothing but what the bootstrap reads."""
    shutil.copytree(CHECKOUT / "tools", tmp_path / "tools")
    shutil.copytree(CHECKOUT / "requirements", tmp_path / "requirements")
    return tmp_path


def bootstrap_without(bare, *modules):
    """Run it by a Python that lacks these modules."""
    lacking = bare / "lacking"
    lacking.mkdir()
    lines = "".join(f"sys.modules[{name!r}] = None\n" for name in modules)
    (lacking / "sitecustomize.py").write_text(f"import sys\n{lines}")
    return subprocess.run(
        [sys.executable, str(bare / "tools" / "bootstrap.py"), "runtime"],
        env={**os.environ, "PYTHONPATH": str(lacking)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_venv_and_pip_it_says_what_to_install(bare):
    done = bootstrap_without(bare, "venv", "ensurepip", "pip")

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


@pytest.mark.slow
def test_without_the_venv_module_it_makes_the_environment_all_the_same(bare):
    done = bootstrap_without(bare, "venv", "ensurepip")

    assert done.returncode == 0, done.stdout + done.stderr
    django = [bare / ".venv" / "bin" / "python", "-c", "import django"]
    assert subprocess.run(django, check=False).returncode == 0


def test_an_environment_that_holds_the_lock_is_left_alone(bare):
    python = bare / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    digest = bootstrap.digest("runtime")
    (bare / ".venv" / "installed-runtime").write_text(digest)

    assert bootstrap_without(bare, "venv", "ensurepip").stdout == ""
