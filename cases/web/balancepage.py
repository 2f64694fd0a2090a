"""A batch of small balances as its case's page shows it: the sample with its ledgers, the rest."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from billing_portal.accounts.models import User
from cases.types.small_balance.models import SampleLook, SmallBalance
from cases.types.small_balance.queries import sample_of
from cases.types.small_balance.vocabulary import Outcome
from cases.web.creditpage import EntryLine, running
from cases.web.presenters import shown_money
from cases.work.lifecycle import WORKABLE
from cases.work.models import Case
from cases.work.visibility import may_work
from integrations.canonical.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class SampledLine:
    """One sampled balance: its account's ledger, what was said of it, and where to say it."""

    position: int
    account: str
    amount: str
    entries: list[EntryLine]
    look: SampleLook | None
    url: str

    @property
    def is_right(self) -> bool:
        """Whether it was found right."""
        return self.look is not None and self.look.outcome == Outcome.RIGHT


def small_balances(case: Case, reader: User) -> Mapping[str, Any]:
    """For the case's page. Four queries for a batch of any size."""
    batch = case.small_balances
    balances = batch.balances.select_related("account").order_by("position")
    is_open = case.status in WORKABLE and may_work(reader, queue_id=case.queue_id)
    return {
        "batch": batch,
        "most": shown_money(batch.most, case.currency),
        "total": shown_money(batch.total, case.currency),
        "sample": sampled_lines(case, is_open=is_open),
        "balances": [
            (each.position, each.account.number, shown_money(each.amount, case.currency))
            for each in balances
        ],
    }


def sampled_lines(case: Case, *, is_open: bool) -> list[SampledLine]:
    """The sample, in the order of the batch."""
    sample = list(sample_of(case.small_balances))
    entries = entries_of(sample)
    url = reverse("cases:small_balance_look", args=[case.public_id])
    return [
        SampledLine(
            each.position,
            each.account.number,
            shown_money(each.amount, case.currency),
            list(running(entries[each.account_id], case.currency)),
            look := getattr(each, "look", None),
            f"{url}?position={each.position}" if is_open and look is None else "",
        )
        for each in sample
    ]


def entries_of(sample: list[SmallBalance]) -> Mapping[int, list[LedgerEntry]]:
    """The entries of the sampled accounts, by account."""
    found: dict[int, list[LedgerEntry]] = defaultdict(list)
    rows = LedgerEntry.objects.filter(account__in=[each.account_id for each in sample])
    for row in rows.select_related("payer").order_by("posted_on", "pk"):
        found[row.account_id].append(row)
    return found
