"""Collecting while an account is being written: that account waits, nothing else does."""

import pytest
from django.db import transaction

from cases.types.small_balance import actions
from tests.factories.balances import AT, owing, paid
from tests.factories.integrations import FacilityFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_that_is_being_written_holds_up_no_site():
    site, later = FacilityFactory(), FacilityFactory()
    written, still, other = owing(facility=site), owing(facility=site), owing(facility=later)

    with transaction.atomic():
        paid(written, "1.00")
        [made] = at_once(lambda: actions.collect(at=AT))

    collected = [balance.account for case in made for balance in case.small_balances.balances.all()]
    assert collected == [still, other]
