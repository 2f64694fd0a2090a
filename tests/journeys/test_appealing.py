"""A denial for late filing: from plan to submitted packet, to the answer, to the next level.

Once by the keyboard alone, once without JavaScript.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from billing_portal.kernel.days import house_day
from tests.generators.acknowledge import Ack, Batch, reports
from tests.generators.remit import Clp, Remit, interchange
from tests.journeys.hands import Person
from tests.journeys.portal import FAMILY_NAME, PAYER, SITE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TODAY = house_day(datetime.now(UTC))
DENIED_ON, SERVED_ON = TODAY - timedelta(days=3), TODAY - timedelta(days=60)
FILED_ON = TODAY - timedelta(days=55)
REMITTANCES, REPORTS = "Clearinghouse (demo)", "Clearinghouse, acknowledgements (demo)"
AMOUNT = Decimal("2345.00")
SENTENCE = "Your own report says so."
TAB_LIMIT, SWEPT = 150, 40
FOCUSED = """() => {
    const at = document.activeElement;
    return at.labels?.[0]?.innerText || at.innerText || at.getAttribute("aria-label") || "";
}"""


@dataclass(frozen=True)
class Late:
    """One claim that the payer calls late, and says so again."""

    number: str

    def claim(self, icn: str) -> Clp:
        return Clp(
            self.number, AMOUNT, cuts=[("CO", "29", str(AMOUNT))], icn=icn, name=FAMILY_NAME,
            day=SERVED_ON,
        )  # fmt: skip

    def denial(self) -> bytes:
        return file_of(Remit(f"T1{self.number}", [self.claim("ICN1")], paid_on=DENIED_ON))

    def answer(self) -> bytes:
        claims = [self.claim("ICN1").reversed(), self.claim("ICN2")]
        return file_of(Remit(f"T2{self.number}", claims, paid_on=TODAY))

    def report(self) -> bytes:
        said = Ack(self.number, charge=AMOUNT, on=FILED_ON, day=SERVED_ON, icn="ICN1")
        named = {"payer": PAYER, "payer_name": "NORTHLIGHT", "npi": SITE}
        return reports(Batch([said], received_on=FILED_ON, **named))


def file_of(remit: Remit) -> bytes:
    """An 835 of the journeys' payer to the journeys' site."""
    named = Remit(
        remit.trace, remit.claims, paid_on=remit.paid_on, payer=PAYER, payer_name="NORTHLIGHT",
        npi=SITE,
    )  # fmt: skip
    return interchange(named)


@pytest.fixture
def late(take_in, request):
    """A denial for late filing, of which an acceptance is on record."""
    made = Late(request.param)
    take_in("reports.277", made.report(), REPORTS)
    take_in("denial.835", made.denial(), REMITTANCES)
    return made


def reach(person: Person, words: str) -> None:
    """Tab until the thing of this name has the focus."""
    for _ in range(TAB_LIMIT):
        person.press("Tab")
        if words in str(person.page.evaluate(FOCUSED)):
            return
    raise AssertionError(f"{words!r} is not reached by the keyboard")


def require_packet(path: Path, number: str) -> None:
    """The downloaded packet: titled, tagged where it may be, with all that its contents list."""
    reader = PdfReader(path)
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert reader.metadata is not None
    assert "Appeal packet" in str(reader.metadata.title)
    for words in ("Contents", "Acknowledgement", number, FAMILY_NAME, SENTENCE, "A2:20"):
        assert words in text, words
    assert f"{FILED_ON:%B} {FILED_ON.day}, {FILED_ON.year}" in text


def require_tags(path: Path) -> None:
    """The letter as it goes out is tagged, titled and says its language."""
    root = PdfReader(path).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root
    assert root["/Lang"]


def require_follow_ups(page: Locator) -> None:
    """After 30, 45 and 60 days."""
    for days in (30, 45, 60):
        due = TODAY + timedelta(days=days)
        line = page.locator("li", has_text=f"After {days} days")
        expect(line).to_contain_text(re.compile(f"{due.day}"))


def await_answer(person: Person) -> None:
    """Until the later remittance is seen: the sweep looks once a minute."""
    for _ in range(SWEPT):
        if person.page.get_by_text("decides this claim again").count():
            return
        person.page.wait_for_timeout(3_000)
        person.page.reload()
    raise AssertionError("The later remittance is not seen.")


def save(download, path: Path, require) -> None:
    """Keep what was downloaded, and look at it."""
    download.save_as(path)
    require(path)


class Keys:
    """The steps by the keyboard alone."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page

    def go(self, key: str, part: str) -> None:
        """By a key to a form of the appeal."""
        self.person.press(key)
        expect(self.page).to_have_url(re.compile(f"/{part}/$"))
        self.page.wait_for_load_state()

    def begin(self, late: Late) -> None:
        """From the palette to the case, and from there to an appeal with its proof."""
        self.person.press("Control+k")
        with self.page.expect_response("**/search/"):
            self.person.type(late.number)
        expect(self.page.locator("#hits [role=option]").first).to_be_visible()
        self.person.press("Enter")
        expect(self.page).to_have_url(re.compile("/cases/"))
        self.person.press("r")
        self.person.sees("Appeal this denial")
        expect(self.page.get_by_label("Ground")).to_have_value("timely_filing")
        reach(self.person, "Why should the payer pay?")
        self.person.type("It was filed in time.")
        self.person.press("Control+Enter")

    def write(self) -> None:
        """A sentence at the letter's beginning."""
        self.go("r", "letter")
        expect(self.page.get_by_label("Text")).to_be_focused()
        self.person.press("Control+Home")
        self.person.type(f"{SENTENCE}\n\n")
        self.person.press("Control+Enter")
        self.person.sees("The letter is saved.")

    def fetch(self, words: str):
        """What a link gives."""
        reach(self.person, words)
        with self.page.expect_download() as download:
            self.person.press("Enter")
        return download.value

    def attest(self) -> None:
        """Stand for the letter."""
        self.go("e", "attest")
        reach(self.person, "I have read this letter")
        self.person.press("Space", "Control+Enter")

    def send(self) -> None:
        """Say that it went out."""
        self.go("e", "submit")
        reach(self.person, "Confirmation")
        self.person.type("FAX-2231")
        reach(self.person, "I sent exactly")
        self.person.press("Space", "Control+Enter")

    def hear(self, late: Late) -> None:
        """Say what the payer decided; the remittance is filled in."""
        self.go("e", "decide")
        shown = self.page.get_by_label("Remittance that shows it")
        expect(shown).to_have_value(f"T2{late.number}")
        reach(self.person, "Overturned")
        self.person.press("ArrowDown", "ArrowDown")
        expect(self.page.get_by_label("Upheld")).to_be_checked()
        reach(self.person, "What did the payer say?")
        self.person.type("Late, they say again.")
        self.person.press("Control+Enter")

    def go_on(self) -> None:
        """Open the next level."""
        reach(self.person, "Open the next level")
        self.go("Enter", "appeal")
        reach(self.person, "Why should the payer pay?")
        self.person.press("Control+Enter")


class Clicks:
    """The same steps without JavaScript."""

    def __init__(self, person: Person) -> None:
        self.person, self.page = person, person.page

    def press(self, name: str, role: str = "link") -> None:
        """A link or button of the page's own part."""
        found = self.page.locator("#main").get_by_role(role, name=re.compile(f"^{name}"))
        found.first.click()

    def begin(self, late: Late) -> None:
        """From the search page to the case, and from there to an appeal with its proof."""
        self.person.open("/queues/timely-filing/?view=open")
        self.page.get_by_label(re.compile("Filter by claim")).fill(late.number)
        self.page.get_by_role("button", name="Apply").click()
        self.page.locator("tr.case a.title").click()
        self.press("Appeal")
        expect(self.page.get_by_label("Ground")).to_have_value("timely_filing")
        self.press("Begin", "button")

    def write(self) -> None:
        """A sentence at the letter's beginning."""
        self.press("Write( R)?$")
        text = self.page.get_by_label("Text")
        text.fill(f"{SENTENCE}\n\n{text.input_value()}")
        self.press("Save", "button")

    def fetch(self, words: str):
        """What a link gives."""
        with self.page.expect_download() as download:
            self.press(words)
        return download.value

    def attest(self) -> None:
        """Stand for the letter."""
        self.press("Attest and build")
        self.page.get_by_label("I have read this letter").check()
        self.press("Attest", "button")

    def send(self) -> None:
        """Say that it went out."""
        self.press("Record that it was sent")
        self.page.get_by_label("Confirmation").fill("FAX-2231")
        self.page.get_by_label("I sent exactly").check()
        self.press("Record", "button")

    def hear(self, late: Late) -> None:
        """Say what the payer decided; the remittance is filled in."""
        self.press("Record the outcome")
        shown = self.page.get_by_label("Remittance that shows it")
        expect(shown).to_have_value(f"T2{late.number}")
        self.page.get_by_label("Upheld").check()
        self.page.get_by_label("What did the payer say?").fill("Late, they say again.")
        self.press("Record", "button")

    def go_on(self) -> None:
        """Open the next level."""
        self.press("Open the next level")
        self.press("Begin", "button")


@pytest.mark.parametrize(
    ("late", "steps", "settings"),
    [("JRA0001", Keys, {}), ("JRA0002", Clicks, {"java_script_enabled": False})],
    indirect=["late"],
    ids=["keyboard", "without-javascript"],
)
def test_an_appeal_from_plan_to_the_next_level(person, late, take_in, tmp_path, steps, settings):
    daniel = person("daniel", **settings)
    hands = steps(daniel)
    hands.begin(late)
    daniel.sees("Appeal of level 1 is begun", "This is the earliest acceptance on record.")
    daniel.sees(f"Acknowledgement {FILED_ON}.pdf")
    hands.write()
    save(hands.fetch("Download the letter"), tmp_path / "letter.pdf", require_tags)
    hands.attest()
    daniel.sees("The letter is attested and the packet is built.")
    require = partial(require_packet, number=late.number)
    save(hands.fetch("Download the packet"), tmp_path / "packet.pdf", require)
    hands.send()
    daniel.sees("The appeal is submitted", "FAX-2231")
    require_follow_ups(daniel.page.locator("#main"))

    take_in("answer.835", late.answer(), REMITTANCES)
    await_answer(daniel)
    hands.hear(late)
    daniel.sees("The outcome is recorded.", "Upheld")
    hands.go_on()
    daniel.sees("Appeal of level 2 is begun")
