"""A day: twenty denials of mixed kinds; and 742 cases given away and taken back."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from itertools import cycle, islice

import pytest
from playwright.sync_api import expect

from billing_portal.kernel.days import house_day
from tests.generators.remit import Clp, Remit, interchange
from tests.journeys.portal import PAYER, SITE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

KINDS = [("CO", "16"), ("OA", "18"), ("CO", "96"), ("CO", "119"), ("CO", "B7")]
TWENTY, MANY = 20, 742
KEYS_EACH, ACTIONS = 8, 6
PREFIX = "BLK"
SOURCE = "Clearinghouse (demo)"


def file_of(trace, claims):
    """One payment of today."""
    today = house_day(datetime.now(UTC))
    return interchange(
        Remit(trace, claims, paid_on=today, payer=PAYER, payer_name="NORTHLIGHT", npi=SITE)
    )


def denied(number, kind, amount):
    """A claim denied whole."""
    group, carc = kind
    return Clp(number, Decimal(amount), cuts=[(group, carc, amount)])


@pytest.fixture
def mixed(person, take_in):
    """More denials of five kinds than a day's work takes."""
    maya = person("maya")
    amounts = (f"{20_000 + number}.00" for number in range(60))
    claims = [
        denied(f"DAY{number:04}", kind, amount)
        for number, (kind, amount) in enumerate(zip(islice(cycle(KINDS), 60), amounts, strict=True))
    ]
    take_in("mixed.835", file_of("JRNDAY", claims), SOURCE)
    return maya


def test_twenty_denials_of_mixed_kinds_take_eight_keys_each(mixed):
    maya, seen = mixed, set()
    for number in range(TWENTY):
        maya.keys.clear()
        maya.press("n")
        maya.sees("is yours now")
        seen.add(maya.page.locator(".case-head .code").inner_text())
        maya.press("c")
        maya.type(f"Corrected claim {number} sent, payer's reference 88-{number}.")
        maya.press("Control+Enter")
        maya.sees("Your comment is on the case.")
        maya.press("e")
        expect(maya.page.locator("dialog[open] textarea")).to_have_value(re.compile("Corrected"))
        maya.press("1")
        maya.sees("is resolved:")
        assert len(maya.keys) <= KEYS_EACH, maya.keys

    assert len(seen) > 1


def test_the_same_day_needs_no_javascript(person, mixed):
    page = person("maya", java_script_enabled=False).page
    page.goto(f"{mixed.address}/queues/all/")
    for number in range(TWENTY):
        page.get_by_role("button", name=re.compile("^Work next")).first.click()
        expect(page.locator("#status")).to_contain_text("is yours now")
        page.get_by_label("Comment", exact=True).fill(f"Corrected claim {number} sent.")
        page.get_by_role("button", name=re.compile("^Comment")).click()
        expect(page.locator("#status")).to_contain_text("Your comment is on the case.")
        page.get_by_role("link", name=re.compile("^Resolve")).click()
        page.locator(".choices input").first.check()
        page.get_by_role("button", name=re.compile("^Resolve")).click()
        expect(page.locator("#status")).to_contain_text("is resolved:")


def test_742_are_given_to_somebody_in_six_actions_and_taken_back_with_one_key(person, take_in):
    priya = person("priya")
    claims = [denied(f"{PREFIX}{number:05}", KINDS[0], "150.00") for number in range(MANY)]
    take_in("many.835", file_of("JRNMANY", claims), SOURCE)
    priya.open("/queues/billing/?view=open")
    priya.press("/")
    priya.type(PREFIX)
    priya.press("Enter")
    expect(priya.page.locator(".pager")).to_contain_text(f"of {MANY}")
    priya.keys.clear()

    priya.press("*", "a")
    priya.page.locator("select[name=owner]").select_option(label="Daniel Reyes")
    priya.keys.append("choose")
    priya.page.locator("textarea[name=reason]").fill("Daniel knows this payer.")
    priya.press("Control+Enter")
    priya.sees(f"Will change {MANY} of {MANY} cases")
    priya.press("Enter")
    stands = priya.page.locator(".head .tag")
    expect(stands).to_have_text("Done", timeout=120_000)

    assert len(priya.keys) <= ACTIONS, priya.keys
    daniel = person("daniel")
    daniel.open("/queues/billing/?view=mine")
    expect(daniel.page.locator(".pager")).to_contain_text(re.compile(r"of (742|7[45]\d)"))
    priya.press("z")
    expect(stands).to_have_text("Undone", timeout=120_000)
    daniel.open("/queues/billing/?view=mine")
    expect(daniel.page.locator(".pager")).not_to_contain_text("742")
