"""Every page, light and dark, wide and on a phone: axe-core finds nothing, nothing sticks out."""

import re
from http import HTTPStatus

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.journeys.portal import FAMILY_NAME

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
MODES = {
    f"{scheme} {name}": {"color_scheme": scheme, "viewport": viewport}
    for scheme in ("light", "dark")
    for name, viewport in (("wide", WIDE), ("phone", PHONE))
}
STRANGER = ""
PAGES = {
    STRANGER: [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/inactive/",
    ],
    "maya": [
        "/",
        "/queues/all/",
        "/queues/billing/?sort=amount",
        "/queues/billing/?q=DN-999999",
        "/queues/enrollment/?view=large",
        reverse("cases:mine"),
        "/search/",
        "/search/?q=JRN",
        "/inbox/",
        "/inbox/settings/",
        "/notices/",
        "/jobs/",
        "/bulk/",
        "/projects/",
        "/payers/",
        "/credits/clocks/",
        "/credits/payers/",
        "/credits/report/",
        "/settings/",
        "/keyboard/",
        "/imports/",
        "/ops/messages/",
        "/ops/messages/?status=dead",
        "/ops/quarantine/",
        "/accounts/2fa/",
        "/accounts/password/change/",
        "/accounts/logout/",
        "/accounts/reauthenticate/",
    ],
    "priya": [
        "/queues/all/",
        "/queues/triage/",
        "/notices/",
        "/team/",
        "/team/finished/",
        "/team/rebalance/",
        "/reviews/",
        "/approvals/",
        "/approvals/?view=team",
        "/approvals/delegations/",
        "/projects/",
        "/projects/start/",
    ],
    "beatrix": ["/", "/queues/all/"],
    "claire": [
        "/rules/",
        "/rules/routing/",
        "/rules/targets/",
        "/rules/codes/",
        "/rules/priority/",
        "/rules/approvals/",
        "/policies/",
        "/policies/try/",
        "/policies/write-off-3/1/",
        "/calendars/",
        "/calendars/add/",
        "/admin/",
        "/admin/cases/routingrule/",
        "/admin/cases/routingrule/1/change/",
        "/admin/cases/routingrule/1/history/",
        "/admin/cases/queue/",
        "/api/v1/docs/",
    ],
    "noor": ["/ops/outbox/", "/ops/outbox/?state=dead", "/ops/outbox/waiting/"],
    "robert": ["/approvals/alone/"],
    "samuel": ["/", "/emergency/", "/approvals/"],
    "leilani": ["/admin/accounts/user/", "/admin/accounts/user/add/", "/admin/cases/case/"],
}
ON_A_CASE = [
    *("", "?tab=lines", "?tab=documents", "?tab=related", "?show=system", "?show=access"),
    *("resolve/", "assign/", "transfer/", "defer/", "wait-payer/", "comment/", "attach/"),
    *("reveal/", "reopen/", "?tab=appeals", "appeal/", "labels/", "link/", "skip/"),
    *("merge/", "split/"),
    *("ways/corrected_claim/", "ways/secondary/", "ways/patient/", "ways/write_off/"),
]
ON_AN_APPEAL = ["", "grounds/", "letter/", "template/", "evidence/"]
REFUSED = {404: "/nowhere/", 403: "/admin/"}


def faults(person):
    """What axe finds, and what does not fit into the window.

    What the console says while axe tries things out is axe's doing.
    """
    person.page.wait_for_load_state("networkidle")  # the API's description is drawn by its script
    said = list(person.console)
    found = Axe().run(person.page).response["violations"]
    person.console = said
    words = [
        f"{each['id']}: {node['target']} {node.get('failureSummary', '')}"
        for each in found
        for node in each["nodes"]
    ]
    if person.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        words.append("wider than the window")
    return words


def faults_of(person, paths):
    """By address; nothing for an address without fault."""
    found = {}
    for path in paths:
        person.open(path)
        if words := faults(person):
            found[path] = words
    return found


@pytest.fixture(params=list(MODES))
def mode(request):
    """The window's settings."""
    return MODES[request.param]


@pytest.mark.parametrize("username", list(PAGES))
def test_no_page_has_a_fault(person, mode, username):
    reader = person(username, **mode)

    assert faults_of(reader, PAGES[username]) == {}


def test_no_part_of_a_case_has_a_fault(person, mode):
    maya = person("maya", **mode)
    maya.open("/queues/billing/")
    case = maya.page.locator("a.title").first.get_attribute("href")

    of_money = case.replace("/cases/", "/money/")
    pages = [*(f"{case}{part}" for part in ON_A_CASE), of_money]
    assert faults_of(maya, pages) == {}


def first(person, page, link):
    """The address of the first such link on a page."""
    person.open(page)
    return person.page.locator(link).first.get_attribute("href")


@pytest.mark.parametrize(
    ("username", "where"),
    [
        ("nneka", "/queues/credit-government/"),
        ("kwame", "/queues/ap-quantity/"),
        ("lucas", "/queues/remittance-exceptions/"),
        ("aisha", "/approvals/?view=team"),
    ],
)
def test_no_page_of_other_kinds_of_work_has_a_fault(person, mode, username, where):
    reader = person(username, **mode)

    assert faults_of(reader, [first(reader, where, "a.title")]) == {}


def test_no_part_of_an_appeal_has_a_fault(person, mode):
    daniel = person("daniel", **mode)
    case = first(daniel, "/queues/appeals-in-flight/?view=open", "a.title")
    appeal = first(daniel, f"{case}?tab=appeals", "main a[href^='/appeals/']:not([href*='#'])")

    assert faults_of(daniel, [f"{appeal}{part}" for part in ON_AN_APPEAL]) == {}


def test_no_page_of_a_lead_has_a_fault(person, mode):
    priya = person("priya", **mode)
    project = first(priya, "/projects/", "main table a")
    review = first(priya, "/reviews/", "main a[href^='/reviews/']")

    assert faults_of(priya, [project, f"{project}change/", review]) == {}


def test_no_step_of_an_edition_has_a_fault(person, mode):
    claire = person("claire", **mode)
    claire.open("/rules/routing/")
    claire.page.get_by_role("button", name="Begin a draft").click()
    draft = claire.page.url.removeprefix(claire.address)

    assert faults_of(claire, [draft, f"{draft}rules/0/", f"{draft}rules/3/"]) == {}


def test_no_message_has_a_fault(person, mode):
    noor = person("noor", **mode)
    noor.open("/ops/messages/")
    partial = noor.page.get_by_role("row", name=re.compile("in part")).get_by_role("link").first
    message = partial.get_attribute("href")
    noor.open("/ops/quarantine/")
    cause = noor.page.locator("main table a").first.get_attribute("href")

    assert faults_of(noor, [message, cause]) == {}


@pytest.mark.parametrize("status", list(REFUSED))
def test_no_refusal_has_a_fault(person, mode, status):
    maya = person("maya", **mode)
    maya.open(REFUSED[status])

    assert faults(maya) == []
    maya.was_refused(status)


def test_a_refused_sign_in_has_no_fault(person, mode):
    stranger = person(**mode)
    stranger.open("/accounts/login/")
    stranger.type(f"nobody-{mode['color_scheme']}-{mode['viewport']['width']}")
    stranger.press("Tab")
    stranger.type("nothing at all")
    stranger.press("Enter")
    stranger.sees("There is a problem")

    assert faults(stranger) == []


def test_what_opens_over_a_page_has_no_fault(person, mode):
    maya = person("maya", **mode)
    maya.open("/queues/billing/")
    found = {}

    maya.press("Control+k")
    maya.type(FAMILY_NAME)
    expect(maya.page.locator("#hits [role=option]").first).to_be_visible()
    found["palette"] = faults(maya)
    maya.press("Escape")
    expect(maya.page.locator("dialog[open]")).to_have_count(0)
    maya.press("?")
    expect(maya.page.locator("dialog[open]")).to_contain_text("Everywhere")
    found["keys"] = faults(maya)
    maya.press("Escape")
    expect(maya.page.locator("dialog[open]")).to_have_count(0)
    maya.page.locator("a.title").first.click()
    maya.page.wait_for_load_state()
    maya.press(".")
    found["menu"] = faults(maya)
    maya.press("s")
    expect(maya.page.locator("dialog[open]")).to_contain_text("Until")
    found["form"] = faults(maya)
    maya.page.locator("dialog[open] input[type=date]").fill("2999-01-01")
    maya.page.locator("dialog[open] textarea").fill("The payer answers by letter.")
    maya.press("Control+Enter")
    expect(maya.page.locator("dialog[open]")).to_contain_text("There is a problem")
    found["refused form"] = faults(maya)
    maya.was_refused(HTTPStatus.CONFLICT)

    assert found == {name: [] for name in found}
