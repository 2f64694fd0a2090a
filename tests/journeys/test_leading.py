"""A lead's hour: one desk is too full, and is shared out anew, with and without a script."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUEUE, FULL = "denials-technical", "Daniel Reyes"
NUMBER = re.compile(r"\d+")


def numbers(page):
    """What each person has, gives, gets and has afterwards, by name."""
    rows = page.locator("tbody tr").all()
    cells = {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}
    return {name: [int(NUMBER.search(cell)[0]) for cell in found] for name, found in cells.items()}


@pytest.mark.parametrize("has_script", [True, False])
def test_a_full_desk_is_shared_out_and_taken_back(person, has_script):
    priya = person("priya", java_script_enabled=has_script)
    page = priya.page

    priya.open(f"/team/rebalance/?queue={QUEUE}")
    before = page.locator(".choices").first.inner_text()
    page.get_by_label("Why?").fill("Daniel covers for a colleague.")
    page.get_by_role("button", name=re.compile("^Preview")).click()
    expect(page.locator("h1")).to_have_text("Who gets what")
    preview = numbers(page)
    page.get_by_role("button", name=re.compile("^Apply")).click()
    expect(page.locator("#status")).to_contain_text("shared out anew")

    has, gives, _gets, _worth, then = preview[FULL]
    assert gives > 0
    assert then < has
    assert max(row[-1] for row in preview.values()) <= max(row[0] for row in preview.values())
    for link in [each.get_attribute("href") for each in page.locator("main .sources a").all()]:
        priya.open(link)
        page.get_by_role("button", name=re.compile("^Undo all of it")).click()
        expect(page.locator(".head .tag")).to_have_text("Undone")
    priya.open(f"/team/rebalance/?queue={QUEUE}")
    assert page.locator(".choices").first.inner_text() == before
