"""Money out, in a browser: asked for, decided by others, posted to the ledger, read back.

In the order in which they stand: the last one closes the ledger's period, and opens it again.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from billing_portal.management.demo.people import PEOPLE
from tests.generators.remit import Clp, Remit, interchange
from tests.journeys.portal import FAMILY_NAME, PAYER, SITE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TODAY = datetime.now(UTC).date()
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


def test_an_invoice_for_more_than_came_is_held_approved_and_released(person):
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


def test_a_credit_goes_back_by_two_who_did_not_ask_one_for_another_on_a_phone(person):
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

    samuel = person("samuel", **DESK)
    samuel.open("/approvals/delegations/")
    form = samuel.page.locator("form.verb")
    form.locator("[name=taker]").select_option(label="Ingrid Solheim")
    form.locator("[name=ends_on]").fill((TODAY + timedelta(days=2)).isoformat())
    form.get_by_label("Why?").fill("At a conference")
    form.get_by_role("button", name="Delegate").click()
    samuel.sees("Ingrid Solheim for Samuel Adeyemi")

    ingrid = person("ingrid", **PHONE)
    ingrid.open("/approvals/?view=delegated")
    ingrid.page.locator("tr.case", has_text=reference).locator("a.title").tap()
    ingrid.sees("You decide for Samuel Adeyemi; both names are on record.")
    ingrid.page.get_by_role("button", name=re.compile("^Approve")).tap()
    ingrid.sees(f"{reference}: your approval is on record.")
    others = all_approve(nneka, reference, person)

    assert others
    assert not {"nneka", "samuel", "ingrid"} & set(others)
    settled(nneka, case)
    nneka.sees("Refunded")


def test_twelve_thousand_dollars_are_written_off_by_three_people(person, take_in):
    claim = Clp("JRNWO1", Decimal("12000.00"), cuts=[("CO", "16", "12000.00")], icn="PWO1",
                name=FAMILY_NAME)  # fmt: skip
    paid = Remit(
        "JRNWOTRACE", [claim], paid_on=TODAY, payer=PAYER, payer_name="NORTHLIGHT", npi=SITE
    )
    take_in("large.835", interchange(paid), "Clearinghouse (demo)")
    daniel = person("daniel", **DESK)
    daniel.open("/queues/billing/?view=unassigned")
    daniel.page.get_by_label(re.compile("Filter by claim")).fill("JRNWO1")
    daniel.press("Enter")
    expect(daniel.page.locator("tr.case")).to_have_count(1)
    daniel.page.locator("tr.case a.title").click()
    case = number_of(daniel)
    daniel.page.locator(".actions").get_by_role("button", name="Claim").click()
    daniel.sees("is yours now")
    daniel.open(f"/cases/{case}/?tab=appeals")

    verb(daniel, re.compile("Write"))
    say(daniel, proof="uneconomic", expected_recovery="40.00", cost_to_work="85.00",
        reason="Working it costs more than it can bring.")  # fmt: skip
    expect(daniel.page.locator(".case-head")).to_contain_text("Waiting for approval")
    reference = asked_for(daniel)
    approvers = all_approve(daniel, reference, person)

    assert len(set(approvers)) == 3
    assert "daniel" not in approvers
    settled(daniel, case)
    daniel.sees("Written off")


@pytest.fixture
def ledger(home, portal):
    """Tells the demo's ledger something, and asks what it holds; open again afterwards."""
    del portal
    port = (home.run / "erp.port").read_text(encoding="utf-8")

    def ask(path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(f"http://127.0.0.1:{port}/{path}", data=data), timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    yield ask
    ask("close", {"through": None})


def test_what_the_ledger_refuses_is_a_case_and_sent_again_once_it_is_open(person, ledger):
    held = len(ledger("entries")["entries"])
    ledger("close", {"through": TODAY.isoformat()})
    nneka = person("nneka", **DESK)
    nneka.open("/queues/credit-commercial/")
    nneka.page.locator("tr.case", has_text="$4.00").locator("a.title").click()
    case = number_of(nneka)
    verb(nneka, "Research")
    say(nneka, reason="The patient paid at the desk and again by mail.")
    nneka.sees("What you found is recorded.")
    verb(nneka, "Send back")
    say(nneka, way="patient_refund", reason="To the guarantor on file.")
    all_approve(nneka, asked_for(nneka), person)

    kwame = person("kwame", **DESK)
    refused = refusals(kwame)
    assert len(ledger("entries")["entries"]) == held
    ledger("close", {"through": None})
    for path in refused:
        kwame.open(path)
        kwame.sees("The ledger says:", "closed")
        verb(kwame, "Send again")
        say(kwame, reason="The controller opened the period again.")
        kwame.sees("It is sent again.")
    settled(nneka, case)

    nneka.sees("Refunded")
    posted = [each["key"] for each in ledger("entries")["entries"]][held:]
    assert len(refused) == 1  # what follows it in its case waits behind it
    assert len(posted) == len(set(posted)) == 3


def refusals(person):
    """The cases of refused postings, once they are there."""
    for turn in count():
        person.open("/queues/erp-posting/")
        links = person.page.locator("a.title")
        if links.count():
            return [each.get_attribute("href") for each in links.all()]
        assert turn < TURNS, "no posting was refused"
        person.page.wait_for_timeout(2_000)
    return []
