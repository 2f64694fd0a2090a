"""From a ledger file's bytes to accounts: once each, to the cent, in whatever order."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from integrations.canonical.models import LedgerEntry, Patient, PatientAccount, Payer
from integrations.feed.models import Change, Record
from integrations.inbox.models import MessagePart, MessageStatus, PartStatus
from integrations.inbox.replay import replay
from tests.factories.integrations import (
    FacilityIdentifierFactory,
    PayerIdentifierFactory,
    SourceFactory,
)
from tests.factories.ledgers import entry, statement
from tests.integrations.conftest import Door

pytestmark = pytest.mark.django_db

CHARGE = entry("1", "charge", "100.00")
PAID = entry("2", "payment", "-100.00", payer="P1", rank="1", posted_by="poster1")
TWICE = entry("3", "payment", "-100.00", payer="P1", rank="1", posted_by="poster2")
BACK = entry("4", "refund", "100.00", payer="P1", reverses="3")
FIRST = statement(("A1", "0.00", [CHARGE, PAID]), number="L1", stated_on="2026-03-01")
SECOND = statement(("A1", "-100.00", [CHARGE, PAID, TWICE]), number="L2", stated_on="2026-03-02")
THIRD = statement(("A1", "0.00", [CHARGE, PAID, TWICE, BACK]), number="L3", stated_on="2026-03-03")


@pytest.fixture
def source(db):
    return SourceFactory(name="ledger", connector="ledger_csv")


def one():
    return PatientAccount.objects.get()


def test_an_account_goes_in_with_its_entries_and_whose_they_are(source):
    payer = PayerIdentifierFactory(source=source, identifier="P1").payer
    facility = FacilityIdentifierFactory(source=source, identifier="F1").facility
    content = statement(
        ("A1", "-100.00", [CHARGE, PAID, TWICE]), family_name="Example", changed_on="2026-02-20"
    )

    message = Door(source).takes_bytes(content, filename="a.csv")

    assert message.status == MessageStatus.APPLIED
    assert message.totals["claims"] == 1
    account = one()
    assert (account.balance, account.facility, account.currency) == (
        Decimal("-100.00"),
        facility,
        "USD",
    )
    assert (account.guarantor_state, account.guarantor_changed_on) == ("MO", date(2026, 2, 20))
    assert (account.guarantor.external_id, account.guarantor.family_name) == ("G-A1", "Example")
    assert [each.payer for each in account.entries.order_by("number")] == [None, payer, payer]
    assert account.entries.get(number="3").posted_by == "poster2"
    assert account.history.get().history_change_reason == "ledger L1 from ledger"
    assert Change.objects.filter(record=Record.ACCOUNT, record_id=account.pk).count() == 1


def test_one_that_is_a_cent_off_waits_with_a_reason_and_the_others_go_in(source):
    content = statement(("A1", "0.01", [CHARGE, PAID]), ("A2", "100.00", [CHARGE]))

    message = Door(source).takes_bytes(content)

    assert message.status == MessageStatus.PARTLY
    assert one().number == "A2"
    [waiting] = message.quarantined.all()
    assert (waiting.claim, waiting.reason_code) == ("A1", "does_not_tie")
    assert waiting.reason == "The stated balance 0.01 is 0.01 apart from the sum of its 2 entries."


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ([CHARGE, CHARGE, PAID, PAID], "entry_twice"),
        ([entry("1", "charge", "-1.00"), entry("2", "contractual", "1.00")], "entry_refused"),
        ([entry("1", "payment", "1.00"), entry("2", "contractual", "-1.00")], "entry_refused"),
        ([CHARGE, entry("9", "reversal", "-100.00")], "entry_refused"),
        ([CHARGE, entry("9", "reversal", "-100.00", reverses="8")], "entry_refused"),
    ],
)
def test_entries_that_cannot_be_wait(source, entries, code):
    message = Door(source).takes_bytes(statement(("A1", "0.00", entries)))

    assert message.quarantined.get().reason_code == code
    assert not PatientAccount.objects.exists()


def test_the_same_statement_again_changes_nothing(source):
    door = Door(source)
    door.takes_bytes(SECOND)
    changes, rows = Change.objects.count(), PatientAccount.history.count()

    message = door.takes_bytes(SECOND + b"\n")

    assert MessagePart.objects.get(message=message).status == PartStatus.DUPLICATE
    assert (Change.objects.count(), PatientAccount.history.count()) == (changes, rows)


@pytest.mark.parametrize("order", list(permutations((FIRST, SECOND, THIRD))))
def test_statements_in_any_order_end_the_same(source, order):
    door = Door(source)
    for content in order:
        door.takes_bytes(content)

    account = one()
    assert (account.balance, account.stated_on) == (Decimal("0.00"), date(2026, 3, 3))
    assert LedgerEntry.objects.filter(account=account).count() == 4


@pytest.mark.parametrize(
    ("later", "words"),
    [
        ([CHARGE, PAID | {"amount": "-90.00"}], "Entry 2: it was stated otherwise before."),
        ([CHARGE], "Entry 2 was stated before and is not listed any more."),
    ],
)
def test_what_contradicts_the_held_ledger_waits(source, later, words):
    door = Door(source)
    door.takes_bytes(FIRST)
    balance = "10.00" if len(later) > 1 else "100.00"

    message = door.takes_bytes(statement(("A1", balance, later), number="L9"))

    assert message.quarantined.get().reason == words
    assert one().balance == Decimal("0.00")


def test_an_older_statement_that_knows_more_waits(source):
    door = Door(source)
    door.takes_bytes(statement(("A1", "100.00", [CHARGE]), number="L9"))

    message = door.takes_bytes(FIRST)

    assert message.quarantined.get().reason.startswith("An older statement lists an entry")
    assert one().balance == Decimal("100.00")


def test_a_replay_changes_nothing(source):
    door = Door(source)
    message = door.takes_bytes(SECOND)

    assert replay(message=message, by=door.by, correlation_id="r") == []


def test_an_unknown_payer_is_met_once(source):
    Door(source).takes_bytes(SECOND)

    assert Payer.objects.filter(key="P1", is_confirmed=False).count() == 1


def test_a_guarantor_known_by_another_name_is_renamed_with_history(source):
    door = Door(source)
    door.takes_bytes(statement(("A1", "100.00", [CHARGE]), family_name="Old"))
    door.takes_bytes(
        statement(("A1", "100.00", [CHARGE]), family_name="New", stated_on="2026-03-09")
    )

    person = Patient.objects.get(external_id="G-A1")
    assert (person.family_name, person.history.count()) == ("New", 2)


def test_the_database_itself_refuses_a_balance_that_does_not_tie(source):
    Door(source).takes_bytes(FIRST)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="does not tie"), transaction.atomic():
        LedgerEntry.objects.create(
            account=one(), number="x", digest="x", kind="charge", amount=1, posted_on="2026-03-01"
        )


def test_the_number_of_queries_does_not_grow_with_the_accounts(
    source, django_assert_max_num_queries
):
    door = Door(source)
    accounts = [(f"A{n}", "-100.00", [CHARGE, PAID, TWICE]) for n in range(100)]
    with django_assert_max_num_queries(70):
        door.takes_bytes(statement(*accounts))

    assert PatientAccount.objects.filter(balance__lt=0).count() == 100
