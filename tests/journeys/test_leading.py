"""A lead's hour: what nobody has is shared out, and taken back, with and without a script."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

REBALANCE = "/team/rebalance/?queue=billing"
NUMBER = re.compile(r"\d+")


def numbers(page):
    """What each person has, gives, gets, the worth of it, and what they have afterwards."""
    rows = page.locator("tbody tr").all()
    return [[int(NUMBER.search(c)[0]) for c in row.locator("td").all_inner_texts()] for row in rows]


@pytest.mark.parametrize("has_script", [True, False])
def test_work_is_shared_out_as_previewed_and_taken_back(person, has_script):
    priya = person("priya", java_script_enabled=has_script)
    page = priya.page
    priya.open(REBALANCE)
    before = page.locator(".choices").first.inner_text()

    page.get_by_label("Why?").fill("Northlight's file came all at once.")
    page.get_by_role("button", name=re.compile("^Preview")).click()
    expect(page.locator("h1")).to_have_text("Who gets what")
    shares = numbers(page)
    page.get_by_role("button", name=re.compile("^Apply")).click()
    expect(page.locator("#status")).to_contain_text("shared out anew")

    assert sum(gets for _has, _gives, gets, _worth, _then in shares) > 1
    assert all(has - gives + gets == then for has, gives, gets, _worth, then in shares)
    priya.open(REBALANCE)
    assert page.locator(".choices").first.inner_text() != before
    page.go_back()
    for link in [each.get_attribute("href") for each in page.locator("main .sources a").all()]:
        priya.open(link)
        page.get_by_role("button", name=re.compile("^Undo all of it")).click()
        expect(page.locator(".head .tag")).to_have_text("Undone")
    priya.open(REBALANCE)
    assert page.locator(".choices").first.inner_text() == before
