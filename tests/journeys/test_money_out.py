"""Money out, in a browser: asked for, decided by others, posted to the ledger, read back.

In the order in which they stand: the last one closes the ledger's period, and opens it again.
"""

import json
import re
from decimal import Decimal
from itertools import count
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.generators.remit import Clp, Remit, interchange
from tests.journeys.money import (
    DESK,
    TODAY,
    TURNS,
    all_approve,
    asked_for,
    give_a_credit_back,
    number_of,
    release_an_invoice,
    say,
    settled,
    verb,
)
from tests.journeys.portal import FAMILY_NAME, PAYER, SITE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_invoice_for_more_than_came_is_held_approved_and_released(person):
    release_an_invoice(person)


def test_a_credit_goes_back_by_two_who_did_not_ask_one_for_another_on_a_phone(person):
    give_a_credit_back(person)


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
