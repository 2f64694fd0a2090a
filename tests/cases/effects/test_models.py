"""What the database refuses of the books, to the application's role and to the owner alike."""

from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cases.effects.models import Account, Effect, FiscalPeriod, Journal, JournalLine
from cases.effects.vocabulary import PeriodState
from tests.factories.effects import (
    AMOUNT,
    AccountMappingFactory,
    BareJournalFactory,
    EffectFactory,
    FiscalPeriodFactory,
    JournalFactory,
    JournalLineFactory,
    JournalTemplateFactory,
)

pytestmark = pytest.mark.django_db
RECEIVABLE, ADJUSTMENT = "1100", "4110"


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


def side(journal, position, code, debit="0", credit="0"):
    JournalLineFactory(
        journal=journal,
        position=position,
        account=Account.objects.get(code=code),
        debit=Decimal(debit),
        credit=Decimal(credit),
    )


@contextmanager
def undone(words):
    """What the database refuses, now or when the transaction commits."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        yield


def refused(change, words):
    with undone(words):
        change()


def test_a_journal_whose_sides_are_equal_is_kept(role, settle):
    JournalFactory()

    settle()


@pytest.mark.parametrize("credited", ["99.99", "100.01"])
def test_a_journal_out_of_balance_by_a_cent_is_refused(role, settle, credited):
    with undone("debits 100.00 and credits"):
        journal = BareJournalFactory()
        side(journal, 1, ADJUSTMENT, debit="100.00")
        side(journal, 2, RECEIVABLE, credit=credited)
        settle()


def test_a_balanced_journal_that_is_not_its_total_is_refused(role, settle):
    with undone("not 100.00"):
        journal = BareJournalFactory()
        side(journal, 1, ADJUSTMENT, debit="99.00")
        side(journal, 2, RECEIVABLE, credit="99.00")
        settle()


def test_a_journal_without_lines_is_refused(role, settle):
    with undone("debits 0 and credits 0"):
        BareJournalFactory()
        settle()


def test_balanced_lines_cannot_be_added_to_a_kept_journal(role, settle):
    journal = JournalFactory()
    settle()

    with undone("debits 105.00 and credits 105.00"):
        side(journal, 3, ADJUSTMENT, debit="5.00")
        side(journal, 4, RECEIVABLE, credit="5.00")
        settle()


def test_a_line_has_one_side_and_it_is_positive(role):
    journal = JournalFactory()

    for debit, credit in [("0", "0"), ("1.00", "1.00"), ("-1.00", "0"), ("0", "-1.00")]:
        refused(
            lambda debit=debit, credit=credit: side(journal, 3, ADJUSTMENT, debit, credit),
            "journalline_one_side",
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_journalline SET debit = debit + 1",
        "UPDATE cases_journal SET total = total + 1",
        "UPDATE cases_effect SET amount = amount + 1",
        "DELETE FROM cases_journalline",
        "DELETE FROM cases_journal",
        "DELETE FROM cases_effect",
        "TRUNCATE cases_journalline",
        "TRUNCATE cases_journal CASCADE",
    ],
)
def test_what_is_booked_is_neither_changed_nor_deleted(role, settle, statement):
    JournalFactory()
    settle()

    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)

    assert (JournalLine.objects.count(), Journal.objects.get().total) == (2, AMOUNT)


def test_a_case_does_a_thing_once_until_it_is_reversed(role, settle):
    first = JournalFactory().effect

    refused(lambda: EffectFactory(case=first.case, version=2), "stands already")

    reversal = EffectFactory(case=first.case, event="back", reverses=first)
    mirror(first, reversal)
    settle()
    EffectFactory(case=first.case, version=2)
    assert set(Effect.objects.standing().values_list("version", flat=True)) == {2}


def mirror(original, reversal):
    journal = BareJournalFactory(effect=reversal, entity=original.journal.entity)
    side(journal, 1, ADJUSTMENT, credit="100.00")
    side(journal, 2, RECEIVABLE, debit="100.00")


def test_a_second_reversal_and_a_reversal_of_a_reversal_are_refused(role):
    first = JournalFactory().effect
    reversal = EffectFactory(case=first.case, event="back", reverses=first)

    refused(
        lambda: EffectFactory(case=first.case, event="again", reverses=first), "reverses_id_key"
    )
    refused(lambda: EffectFactory(case=first.case, event="forth", reverses=reversal), "as a whole")


def test_a_reversal_is_of_the_same_case_and_amount(role):
    first = JournalFactory().effect

    refused(lambda: EffectFactory(event="back", reverses=first), "as a whole")
    refused(
        lambda: EffectFactory(
            case=first.case, event="back", reverses=first, amount=Decimal("99.99")
        ),
        "as a whole",
    )


def test_a_reversal_mirrors_its_original(role, settle):
    first = JournalFactory().effect
    reversal = EffectFactory(case=first.case, event="back", reverses=first)

    with undone("not its original with the sides exchanged"):
        journal = BareJournalFactory(effect=reversal, entity=first.journal.entity)
        side(journal, 1, "4100", credit="100.00")
        side(journal, 2, RECEIVABLE, debit="100.00")
        settle()


def test_a_journal_is_in_the_currency_that_was_decided(role, settle):
    with undone("is in EUR"):
        JournalFactory(currency="EUR")
        settle()


def test_nothing_is_posted_on_a_closed_day_or_one_in_no_period(role):
    site = FiscalPeriodFactory(state=PeriodState.CLOSED).entity

    refused(lambda: JournalFactory(effect__case__facility=site), "no fiscal period is open")
    refused(lambda: JournalFactory(posting_on=date(2050, 1, 1)), "no fiscal period is open on 2050")


def test_a_journal_is_never_posted_before_it_was_decided(role):
    refused(lambda: JournalFactory(posting_on=date(2026, 3, 1)), "journal_posting_on")


def test_one_mapping_template_and_period_hold_at_a_time(role):
    mapping, template = AccountMappingFactory(), JournalTemplateFactory()
    period = FiscalPeriodFactory()

    refused(
        lambda: AccountMappingFactory(entity=mapping.entity, valid_from=date(2027, 1, 1)),
        "accountmapping_once_at_a_time",
    )
    refused(
        lambda: JournalTemplateFactory(key=template.key, valid_from=date(2027, 1, 1)),
        "journaltemplate_once_at_a_time",
    )
    refused(
        lambda: FiscalPeriodFactory(
            entity=period.entity, starts_on=period.ends_on, ends_on=date(2026, 4, 30)
        ),
        "fiscalperiod_once_a_day",
    )
    assert FiscalPeriod.objects.filter(entity=None, state=PeriodState.OPEN).count() == 72
