"""Working denials that came in a remittance file, in a browser against the running demo."""

import re
from http import HTTPStatus
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from tests.journeys.hands import LETTER
from tests.journeys.portal import DENIALS, FAMILY_NAME, GIVEN_NAME

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FOUND = "Modifier 25 was missing. Corrected claim sent, payer's reference 88-2031."
KEYS_ALLOWED = 8


def timeline(person):
    """What people did at the case, newest first; its clocks tell their own part."""
    return person.page.locator(".timeline > li").filter(has_not_text="Clock ")


def test_a_denial_is_worked_from_sign_in_to_resolution_in_eight_keystrokes(person):
    maya = person("maya")

    maya.press("n")
    maya.sees("is yours now")
    expect(maya.page.locator(".why")).to_contain_text(re.compile(r"denied \$[\d,.]+ of \$"))
    expect(maya.page.locator(".why")).to_contain_text("Routing rule")
    maya.press("c")
    maya.type(FOUND)
    maya.press("Control+Enter")
    maya.sees("Your comment is on the case.")
    maya.press("f")
    maya.sees("letter.txt is attached.")
    maya.press("e")
    expect(maya.page.locator("dialog[open] textarea")).to_have_value(FOUND)
    maya.press("1")
    maya.sees("is resolved:")

    assert len(maya.keys) <= KEYS_ALLOWED, maya.keys
    expect(timeline(maya).nth(0)).to_contain_text("Maya Okonkwo Resolved")
    expect(timeline(maya).nth(0)).to_contain_text(FOUND)
    expect(timeline(maya).nth(1)).to_contain_text("Maya Okonkwo File attached")
    expect(timeline(maya).nth(1)).to_contain_text("letter.txt")
    expect(timeline(maya).nth(2)).to_contain_text("Maya Okonkwo Comment")
    expect(timeline(maya).nth(2)).to_contain_text(FOUND)
    expect(timeline(maya).nth(3)).to_contain_text("Maya Okonkwo")
    expect(timeline(maya).nth(3)).to_contain_text("Status")


def test_the_worklist_is_read_by_the_keyboard(person):
    maya = person("maya")
    maya.open("/queues/billing/")
    preview, rows = maya.page.locator("#peek h2"), maya.page.locator("tr.case")
    second = rows.nth(1).locator("a.title").inner_text()
    reference = rows.nth(1).get_attribute("data-id")

    maya.press("j")

    expect(preview).to_have_text(second)
    expect(maya.page).to_have_url(re.compile(f"peek={reference}"))
    maya.press("Enter")
    expect(maya.page).to_have_url(re.compile(f"/cases/{reference}/"))


def test_without_javascript_a_denial_is_worked_all_the_same(person):
    maya = person("maya", java_script_enabled=False)
    page = maya.page
    maya.open("/queues/billing/?view=unassigned")
    page.get_by_label(re.compile("Filter by claim")).fill(DENIALS[1].number)
    page.get_by_role("button", name="Apply").click()

    page.locator("tr.case a.title").click()
    page.locator(".actions").get_by_role("button", name="Claim").click()
    maya.sees("is yours now")
    page.get_by_role("textbox", name="Comment").fill(FOUND)
    page.get_by_role("button", name="Comment").click()
    maya.sees("Your comment is on the case.")
    page.locator("input[name=file]").set_input_files(LETTER)
    page.get_by_role("button", name="Attach", exact=True).click()
    maya.sees("letter.txt is attached.")
    page.locator(".actions").get_by_role("link", name="Resolve").click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Resolve").click()

    maya.sees("is resolved:")
    expect(timeline(maya).first).to_contain_text("Maya Okonkwo Resolved")
    expect(timeline(maya).first).to_contain_text(FOUND)


def test_work_next_and_the_reveal_of_a_patient_need_no_javascript(person):
    maya = person("maya", java_script_enabled=False)

    maya.page.locator(".head").get_by_role("button", name="Work next").click()
    maya.sees("is yours now")
    maya.page.get_by_role("link", name="Reveal").click()
    maya.page.get_by_role("radio").first.check()
    maya.page.get_by_role("button", name="Reveal").click()

    maya.sees("the view is on record")


def found_by(person, term):
    """Search by the palette; the texts of the hits."""
    person.press("Control+k")
    with person.page.expect_response("**/search/"):
        person.type(term)
    hits = person.page.locator("#hits [role=option]")
    expect(hits.first).to_be_visible()
    return hits


@pytest.mark.parametrize(
    "field", ["number", "payers_number", "amount", "name"], ids=lambda field: field
)
def test_a_case_is_found_by(person, field):
    maya, wanted = person("maya"), DENIALS[2]

    hits = found_by(maya, getattr(wanted, field))

    assert any(wanted.amount in text for text in hits.all_inner_texts())
    assert FAMILY_NAME.lower() not in maya.page.locator("#main, #hits").first.inner_text().lower()
    maya.press("Enter")
    expect(maya.page).to_have_url(re.compile("/cases/"))
    expect(maya.page.locator("#patient")).to_contain_text("Q•••")


def test_the_list_is_filtered_and_sorted(person):
    maya = person("maya")
    maya.open("/queues/billing/")
    amounts = maya.page.locator("tr.case .c-amount")

    maya.press("/")
    maya.type(DENIALS[3].number)
    maya.press("Enter")
    expect(amounts).to_have_text([f"${DENIALS[3].amount}"])
    maya.page.get_by_role("link", name="Clear filters").click()
    maya.page.get_by_label("Sort").select_option(label="Largest amount")
    expect(maya.page.locator("tr.band")).to_have_count(0)

    shown = [float(text.strip("$").replace(",", "")) for text in amounts.all_inner_texts()]
    assert shown == sorted(shown, reverse=True)
    assert len(shown) > 2


def test_no_patient_is_named_in_what_a_browser_keeps_or_sends_on(person):
    maya = person("maya")
    kept = []
    found_by(maya, FAMILY_NAME)
    kept.append(maya.keeps())
    maya.press("Enter")
    maya.sees("Why it is here")
    kept.append(maya.keeps())
    maya.press("p")
    expect(maya.page.locator("dialog[open]")).to_contain_text("What do you need it for?")
    maya.press("2")
    expect(maya.page.locator("#patient")).to_contain_text(re.compile(FAMILY_NAME, re.IGNORECASE))
    kept.append(maya.keeps())
    maya.page.reload()
    expect(maya.page.locator("#patient")).to_contain_text("Q•••")
    kept.append(maya.keeps())

    everything = unquote(" ".join([*kept, *maya.trail])).lower()
    for name in (FAMILY_NAME, GIVEN_NAME, DENIALS[0].number):
        assert name.lower() not in everything
    maya.page.get_by_role("link", name="Access").click()
    expect(timeline(maya).filter(has_text="portal").first).to_contain_text("Maya Okonkwo")


def test_a_save_that_comes_too_late_shows_both_values(person):
    maya, daniel = person("maya"), person("daniel")
    maya.open("/queues/billing/")
    maya.press("/")
    maya.type(DENIALS[4].number)
    maya.press("Enter")
    expect(maya.page.locator("tr.case")).to_have_count(1)
    maya.page.locator("tr.case a.title").click()
    maya.sees("Why it is here")
    maya.press("a")
    maya.page.locator("dialog[open] select").select_option(label="Maya Okonkwo")
    maya.page.locator("dialog[open] textarea").fill("I know this payer.")
    daniel.page.goto(maya.page.url)
    daniel.press("e")
    daniel.sees("is yours now")

    maya.press("Control+Enter")

    maya.sees("Nothing was saved")
    maya.was_refused(HTTPStatus.CONFLICT)
    owner = maya.page.locator("dialog[open] tr", has_text="Owner")
    expect(owner.locator("ins")).to_have_text("Daniel Reyes")
    expect(owner.locator("td").last).to_have_text("Maya Okonkwo")
    expect(maya.page.locator("dialog[open] textarea")).to_have_value("I know this payer.")


KEYS_IN_ONE_FRAME = """() => {
    const field = document.querySelector("#palette input[name=term]");
    for (const key of ["Escape", "?"])
        field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}"""


def test_a_key_is_heard_that_follows_at_once_the_one_that_closes_a_dialog(person):
    maya = person("maya")
    maya.open("/queues/billing/")
    maya.press("Control+k")
    expect(maya.page.locator("#palette[open]")).to_be_visible()

    maya.page.evaluate(KEYS_IN_ONE_FRAME)

    expect(maya.page.locator("dialog[open]")).to_contain_text("Everywhere")
