"""What people do with money in a browser: ask, decide one for another, see it settled."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from billing_portal.kernel.days import house_day
from billing_portal.management.demo.people import PEOPLE

TODAY = house_day(datetime.now(UTC))
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
USERNAMES = {each.full_name: each.username for each in PEOPLE}
REFERENCE, TURNS = re.compile(r"AP-\d{6}"), 60
NO_MONEY = re.compile(r"^\$0\.00 Ties out")
FOLD = """() => ['reason', 'checks', 'ledger', 'posts', 'evidence', 'chain', 'policy', 'rejected']
    .map(id => [id, document.getElementById(id)?.closest('section').getBoundingClientRect()])
    .filter(([, box]) => box).map(([id, box]) => [id, Math.round(box.top), Math.round(box.bottom)])
"""


def say(person, **fields):
    """Fill the verb's form that is open, and send it."""
    form = person.page.locator("dialog[open] form.verb")
    for name, value in fields.items():
        field = form.locator(f"[name={name}]")
        if field.evaluate("each => each.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    person.press("Control+Enter")


def verb(person, words):
    """Open a verb's form on the case's page, from its menu if need be."""
    person.page.wait_for_load_state()
    link = person.page.locator("main").get_by_role("link", name=words).first
    if not link.is_visible():
        person.press(".")
    link.click()


def asked_for(person):
    """The reference of the request that the case waits for."""
    link = person.page.get_by_role("link", name=REFERENCE)
    expect(link).to_be_visible()
    return link.inner_text()


def who_may(person, reference):
    """The usernames of those who may decide a request now, as its page says it."""
    open_request(person, reference, view="asked")
    chain = person.page.locator("[aria-labelledby=chain]").inner_text()
    named = re.search(r"May decide: (.+)", chain)
    return [USERNAMES[each.split(" for ")[0]] for each in named[1].split(", ")] if named else []


def open_request(person, reference, *, view="mine"):
    """From the inbox, by its row."""
    person.open(f"/approvals/?view={view}")
    row = person.page.locator("tr.case", has_text=reference)
    row.locator("a.title").click()
    expect(person.page.locator(".crumbs")).to_contain_text(reference)


def approve(person, reference, *, view="mine"):
    """Two keys on the request's page, every part of which begins above the fold."""
    open_request(person, reference, view=view)
    person.page.wait_for_load_state()
    above = {name: top for name, top, _bottom in person.page.evaluate(FOLD)}
    assert all(top < DESK["viewport"]["height"] for top in above.values()), above
    person.press("a", "Enter")
    person.sees(f"{reference}: your approval is on record.")


def all_approve(requester, reference, person):
    """Each step by the first who may; returns who they were."""
    approvers = []
    while may := who_may(requester, reference):
        approvers.append(may[0])
        approve(person(may[0], **DESK), reference)
    return approvers


def settled(person, case):
    """Once the ledger has confirmed everything the case is closed, and its money explained."""
    head = person.page.locator(".case-head")
    for _ in range(TURNS):
        person.open(f"/cases/{case}/")
        if "Closed" in head.inner_text():
            break
        person.page.wait_for_timeout(2_000)
    expect(head).to_contain_text("Closed")
    person.open(f"/money/{case}/")
    expect(person.page.locator("section", has_text="Unexplained").locator("p")).to_have_text(
        NO_MONEY
    )
    assert person.page.get_by_text("Under way to the ledger").count() == 0
    person.open(f"/cases/{case}/")


def number_of(person):
    """The open case, as addresses name it."""
    return re.search(r"/cases/([0-9a-f-]+)/", person.page.url)[1]


def lend_while_away(person, *, to):
    """Let somebody decide for them, today and the two days after."""
    person.open("/approvals/delegations/")
    form = person.page.locator("form.verb")
    form.locator("[name=taker]").select_option(label=to)
    form.locator("[name=ends_on]").fill((TODAY + timedelta(days=2)).isoformat())
    form.get_by_label("Why?").fill("At a conference")
    form.get_by_role("button", name="Delegate").click()
    person.sees(f"{to} for ")


def approve_on_a_phone(person, reference, *, giver):
    """One tap, for somebody who is away."""
    person.open("/approvals/?view=delegated")
    person.page.locator("tr.case", has_text=reference).locator("a.title").tap()
    person.sees(f"You decide for {giver}; both names are on record.")
    person.page.get_by_role("button", name=re.compile("^Approve")).tap()
    person.sees(f"{reference}: your approval is on record.")


def release_an_invoice(person):
    """Held for more than came, asked for, approved by one who did not ask; released.

    It is the demo's invoice of suture kits. Returns the case as addresses name it.
    """
    kwame = person("kwame", **DESK)
    kwame.open("/queues/ap-quantity/")
    kwame.page.locator("a.title").first.click()
    kwame.sees("More than was received", "Ordered 40, received 35, billed before 0, now 40.")
    case = number_of(kwame)

    verb(kwame, "Ask to release")
    say(kwame, reason="The five missing kits come with the next order.")
    kwame.sees("waits for approval")
    approvers = all_approve(kwame, asked_for(kwame), person)

    assert len(approvers) == 1
    settled(kwame, case)
    kwame.sees("Released as approved")
    return case


def give_a_credit_back(person):
    """Researched, asked for, decided by two who did not ask, one for another on a phone; settled.

    Returns the case as addresses name it.
    """
    nneka = person("nneka", **DESK)
    nneka.open("/queues/credit-government/")
    nneka.page.locator("a.title").first.click()
    case = number_of(nneka)
    verb(nneka, "Research")
    say(nneka, reason="The payer paid the same claim twice.")
    nneka.sees("What you found is recorded.")
    verb(nneka, "Send back")
    say(nneka, way="voluntary_refund", reason="By check, with the payer's form.")
    nneka.sees("asks for approval")
    reference = asked_for(nneka)

    lend_while_away(person("samuel", **DESK), to="Ingrid Solheim")
    approve_on_a_phone(person("ingrid", **PHONE), reference, giver="Samuel Adeyemi")
    others = all_approve(nneka, reference, person)

    assert others
    assert not {"nneka", "samuel", "ingrid"} & set(others)
    settled(nneka, case)
    nneka.sees("Refunded")
    return case
