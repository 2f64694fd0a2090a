"""Small balances: debit balances too small to work, written off together after a look at some."""

from cases.types.small_balance.details import SmallBalanceDetails
from cases.types.small_balance.detect import detect
from cases.types.small_balance.effects import EFFECTS
from cases.types.small_balance.steps import steps_for
from cases.types.small_balance.vocabulary import KEY
from cases.work.lifecycle import Disposition
from cases.work.types import CaseType
from integrations.feed.models import Record

__all__ = ["CASE_TYPE", "EFFECTS"]

CASE_TYPE = CaseType(
    key=KEY,
    label="Small balances",
    prefix="SB",
    details=SmallBalanceDetails,
    detect=detect,
    steps=steps_for,
    follows=frozenset({Record.ACCOUNT}),
    dispositions=(Disposition.TAKEN_BACK,),
)
