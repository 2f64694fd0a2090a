"""One portal and one browser for a file of journeys."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from billing_portal.embedded.home import PortalHome
from tests.cluster import TestCluster
from tests.conftest import CHROMIUM
from tests.journeys.hands import Person
from tests.journeys.portal import serving

SETTLED = 120_000  # milliseconds
expect.set_options(timeout=20_000)  # milliseconds: a busy machine is late, which is no fault


@pytest.fixture(scope="module")
def home() -> Iterator[PortalHome]:
    """Where a running demo keeps what is its own."""
    folder = Path(tempfile.mkdtemp(prefix="bp-journeys-"))
    folder.chmod(0o711)  # PostgreSQL's account passes, nobody reads
    try:
        yield PortalHome(folder)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def portal(cluster: TestCluster, home: PortalHome) -> Iterator[str]:
    """The address of a running demo. The tests' own server makes sure that there is a template."""
    del cluster
    with serving(home) as address:
        yield address


@pytest.fixture(scope="module")
def browser(portal: str) -> Iterator[Browser]:
    """Chromium; gone with its file's tests, since its event loop would keep Django from working."""
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM)


@pytest.fixture
def person(portal: str, browser: Browser) -> Iterator[Callable[..., Person]]:
    """Somebody new at the portal. Whatever the console says fails the test."""
    people: list[Person] = []

    def arrive(username: str = "", **settings) -> Person:
        arrived = Person(browser.new_context(**settings), portal)
        people.append(arrived)
        if username:
            arrived.sign_in(username)
        return arrived

    yield arrive
    said = [line for each in people for line in each.console]
    for each in people:
        each.context.close()
    assert said == []


@pytest.fixture
def take_in(person, tmp_path):
    """Uploads a file and waits until it is settled."""
    maya = person("maya")

    def taken(name: str, content: bytes, source: str) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        maya.open("/imports/")
        maya.page.locator("input[type=file]").set_input_files(path)
        maya.page.get_by_label("Source").select_option(label=source)
        maya.page.get_by_role("button", name="Take in").click()
        settled = maya.page.get_by_text("All files are settled.")
        expect(settled).to_be_visible(timeout=SETTLED)

    return taken
