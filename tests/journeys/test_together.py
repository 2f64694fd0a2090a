"""Two people at one case: who is there, who writes, and that nothing typed is lost."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WORDS = "Payer says the line was bundled; asked for the edit"
TURNS = 45_000  # milliseconds: pages ask every fifteen seconds


def comment_of(person):
    """Where a comment is typed on the case's page."""
    return person.page.locator("#comment-text")


def keeps(person, words):
    """Type a comment and wait until the server has it; nothing is sent."""
    with person.page.expect_response(re.compile("/drafts/")) as answer:
        comment_of(person).press_sequentially(words)
    assert answer.value.ok


@pytest.fixture
def maya_at_a_case(person):
    """Maya has just taken a case; and where it is."""
    maya = person("maya")
    maya.press("n")
    maya.sees("is yours now")
    return maya, maya.page.url.removeprefix(maya.address)


def test_each_sees_that_the_other_is_there_and_writes(person, maya_at_a_case):
    maya, case = maya_at_a_case
    priya = person("priya")
    priya.open(case)
    here = priya.page.locator("#here")
    expect(here).to_contain_text("Maya Okonkwo is here")
    expect(here).not_to_contain_text("writing")

    keeps(maya, WORDS)

    expect(here).to_contain_text("Maya Okonkwo is here, writing", timeout=TURNS)
    expect(maya.page.locator("#here")).to_contain_text("Priya Raman is here", timeout=TURNS)
    expect(comment_of(priya)).to_have_value("")
    assert WORDS not in priya.page.content()


def test_what_is_typed_survives_a_reload_and_a_killed_tab_until_it_is_sent(maya_at_a_case):
    maya, case = maya_at_a_case
    keeps(maya, WORDS)

    maya.page.reload()
    expect(comment_of(maya)).to_have_value(WORDS)
    maya.page.close(run_before_unload=False)
    maya.page = maya.context.new_page()
    maya.open(case)
    expect(comment_of(maya)).to_have_value(WORDS)
    assert WORDS not in maya.keeps()

    comment_of(maya).press("Control+Enter")
    maya.sees("Your comment is on the case.")
    maya.page.reload()
    expect(comment_of(maya)).to_have_value("")
