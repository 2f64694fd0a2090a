"""The demo's books are kept by its own ERP, at the address it has today."""

import pytest

from billing_portal.access.actor import system_actor
from billing_portal.management.demo.ledger import keep_books
from cases.effects.models import Ledger
from integrations.ports.commands import TARGETS

pytestmark = pytest.mark.django_db


def test_every_sites_books_are_kept_by_the_sandbox_erp(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:18099"

    erp = keep_books(by=system_actor("demo"))

    assert (erp.url, erp.allows_loopback) == ("http://127.0.0.1:18099", True)
    assert erp.target in TARGETS
    assert Ledger.objects.get(entity=None).destination == erp


def test_it_is_known_again_at_another_address(settings):
    keep_books(by=system_actor("demo"))
    settings.SANDBOX_URL = "http://127.0.0.1:18100"

    erp = keep_books(by=system_actor("demo"))

    assert (erp.url, erp.version) == ("http://127.0.0.1:18100", 2)
    assert erp.history.count() == 2
    assert keep_books(by=system_actor("demo")).version == 2, "nothing changed"


def test_a_real_erp_keeps_them_when_one_runs_and_no_longer_when_none_does(settings):
    before = keep_books(by=system_actor("demo"))
    settings.TRYTON_URL = "http://127.0.0.1:18471/tryton"

    erp = keep_books(by=system_actor("demo"))

    assert (erp.target, erp.url) == ("tryton", settings.TRYTON_URL)
    assert erp.target in TARGETS
    assert Ledger.objects.get(entity=None).destination == erp

    settings.TRYTON_URL = ""

    assert keep_books(by=system_actor("demo")) == before
    assert Ledger.objects.get(entity=None).destination == before
