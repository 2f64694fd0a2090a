"""The tables of the ledger."""

from cases.effects.models.accounts import Account, AccountMapping
from cases.effects.models.journals import Effect, EffectQuerySet, Journal, JournalLine
from cases.effects.models.ledgers import Ledger, LedgerDifference, Reconciliation
from cases.effects.models.periods import FiscalPeriod
from cases.effects.models.reopenings import Reopening
from cases.effects.models.templates import JournalTemplate, TemplateLine

__all__ = [
    "Account",
    "AccountMapping",
    "Effect",
    "EffectQuerySet",
    "FiscalPeriod",
    "Journal",
    "JournalLine",
    "JournalTemplate",
    "Ledger",
    "LedgerDifference",
    "Reconciliation",
    "Reopening",
    "TemplateLine",
]
