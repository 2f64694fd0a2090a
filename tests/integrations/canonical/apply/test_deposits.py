"""What a bank's lists leave in the records, in whichever order and how often."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.canonical.models import Deposit, DepositList
from integrations.feed.models import Change, Record
from integrations.inbox.models import MessageStatus
from tests.factories.integrations import PayerIdentifierFactory, SourceFactory
from tests.generators import bank

pytestmark = pytest.mark.django_db
B1 = {"deposit": "B-1", "amount": "1000.00", "trace": "T1", "payer": "1999999991"}
B2 = {"deposit": "B-2", "amount": "250.75"}


@pytest.fixture
def source(db):
    return SourceFactory(name="bank", connector="deposits_csv")


def test_everything_a_list_says_is_kept(door):
    payer = PayerIdentifierFactory(source=door.source, identifier="1999999991").payer

    message = door.takes_bytes(bank.deposits(B1, B2))

    assert message.status == MessageStatus.APPLIED
    held = DepositList.objects.get()
    assert (held.number, held.total, held.ends_on) == ("L-1", Decimal("1250.75"), bank.DAY)
    one, other = Deposit.objects.order_by("number")
    assert (one.trace, one.payer, one.amount) == ("T1", payer, 1000)
    assert (other.trace, other.payer) == ("", None)
    assert Change.objects.get().record == Record.DEPOSIT_LIST


def test_the_same_list_in_another_file_changes_nothing(door):
    door.takes_bytes(bank.deposits(B1, B2))

    again = door.takes_bytes(bank.deposits(B2, B1))

    assert again.status == MessageStatus.APPLIED
    assert (DepositList.objects.count(), Deposit.objects.count(), Change.objects.count()) == (
        1,
        2,
        1,
    )


def test_a_deposit_that_an_earlier_list_holds_stays_there(door):
    door.takes_bytes(bank.deposits(B1))

    door.takes_bytes(bank.deposits(B1 | {"list": "L-2"}, B2 | {"list": "L-2"}))

    assert [each.deposit_list.number for each in Deposit.objects.order_by("number")] == [
        "L-1",
        "L-2",
    ]


@pytest.mark.parametrize("said", [{"list": "L-1"}, {"list": "L-2"}])
def test_the_same_number_with_another_amount_is_an_incident_and_changes_nothing(door, said):
    door.takes_bytes(bank.deposits(B1))

    message = door.takes_bytes(bank.deposits(B1 | said | {"amount": "1000.01"}))

    assert message.status == MessageStatus.INCIDENT
    assert Deposit.objects.get().amount == 1000
    assert DepositList.objects.count() == 1


@pytest.mark.parametrize(("days", "lists"), [(0, 1), (2, 0), (366, 0)])
def test_no_bank_tells_of_days_to_come(door, days, lists):
    on = str(datetime.now(UTC).date() + timedelta(days=days))

    message = door.takes_bytes(
        bank.deposits(B1 | {"starts_on": on, "ends_on": on, "deposited_on": on})
    )

    assert DepositList.objects.count() == lists
    assert [each.reason_code for each in message.quarantined.all()] == (
        [] if lists else ["transaction_refused"]
    )
