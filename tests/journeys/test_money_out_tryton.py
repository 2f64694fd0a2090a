"""Money out to its end in a real ERP: asked for, decided by others, in Tryton, read back."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from billing_portal.embedded.home import PortalHome
from integrations.connectors.tryton import TARGET
from integrations.ports.commands import CommandKind, ReceiptState
from tests.counterparts.erp import People, real_tryton
from tests.journeys.money import give_a_credit_back, release_an_invoice
from tests.journeys.portal import manage, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def tryton(home):
    """The demo's own, before it is started."""
    return real_tryton(PortalHome(home.root / "tryton"), 0)


@pytest.fixture(scope="module")
def portal(cluster, home, tryton):
    """As `make demo-erp` serves it."""
    del cluster, tryton
    with serving(home, DEMO_ERP="tryton") as address:
        yield address


@pytest.fixture
def theirs(home, portal, tryton):
    """Whoever works in that Tryton, at the address it has."""
    del portal
    port = int((home.run / "tryton.port").read_text(encoding="utf-8"))
    return People(real_tryton(tryton.home, port))


def test_a_refund_is_posted_in_tryton_and_read_back(person, theirs):
    began = datetime.now(UTC)

    case = give_a_credit_back(person)

    held = list(TARGET.entries(began, settings=theirs.settings()))
    made = {CommandKind.POST_JOURNAL: 2, CommandKind.REQUEST_PAYMENT: 1}
    assert Counter(each.kind for each in held) == made
    assert {each.state for each in held} == {ReceiptState.CONFIRMED}
    (total,) = {each.total for each in held}
    controller = person("samuel")
    controller.open(f"/money/{case}/")
    row = controller.page.locator("tr", has_text="Tryton (demo)")
    expect(row).to_have_count(3)
    expect(row.filter(has_text=f"${total:,.2f}")).to_have_count(3)


def test_an_invoice_is_released_in_tryton_and_may_be_paid(person, theirs):
    others, lines = theirs.lines_of("MS-20872"), theirs.lines_of("MS-20871")
    assert theirs.is_blocked(lines)

    case = release_an_invoice(person)

    assert not theirs.is_blocked(lines)
    assert theirs.is_blocked(others)
    controller = person("robert")
    controller.open(f"/money/{case}/")
    row = controller.page.locator("tr", has_text="Tryton (demo)")
    expect(row.filter(has_text="$500.00")).to_have_count(2)


def test_what_was_entered_and_released_is_not_entered_and_held_again(theirs, home, portal):
    before, lines = theirs.invoices(), theirs.lines_of("MS-20871")

    manage(home, "demo")

    assert theirs.invoices() == before
    assert not theirs.is_blocked(lines)
