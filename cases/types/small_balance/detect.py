"""From accounts to batches: what is collected, and what no longer stands as it was collected."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db.models import F

from billing_portal.kernel.pure.correlation import current_id
from billing_portal.kernel.pure.wording import money
from cases.types.small_balance.details import SmallBalanceDetails
from cases.types.small_balance.models import SmallBalance, SmallBalanceRule
from cases.types.small_balance.sampling import sample_size
from cases.types.small_balance.vocabulary import CATEGORY, KEY
from cases.work.findings import Finding
from cases.work.lifecycle import OPEN, Disposition
from cases.work.models import Case
from cases.work.sets import any_id
from cases.work.types import Change
from integrations.canonical.models import Facility, PatientAccount
from integrations.feed.models import Record

MOVED = "A balance of the batch is another by now: the rest is collected again."


def detect(changes: Sequence[Change]) -> Iterator[Finding]:
    """Open batches of which a balance changed: each is taken back as a whole."""
    told = {
        each.record_id: each.correlation_id for each in changes if each.record == Record.ACCOUNT
    }
    moved = (
        SmallBalance.objects.filter(account=any_id(told), batch__case__status__in=sorted(OPEN))
        .exclude(amount=F("account__balance"))
        .select_related("batch__case")
        .order_by("batch", "position")
    )
    found = {each.batch.case: told[each.account_id] for each in moved}
    for case, correlation_id in found.items():
        yield taken_back(case, correlation_id=correlation_id)


def key_of(rule: SmallBalanceRule, facility: Facility, *, on: date) -> str:
    """What names a day's batch of a site in a currency."""
    return f"{KEY}:{facility.pk}:{rule.currency}:{on.isoformat()}"


def finding_of(
    rule: SmallBalanceRule,
    facility: Facility,
    accounts: Sequence[PatientAccount],
    *,
    on: date,
) -> Finding:
    """A batch as a finding."""
    details = SmallBalanceDetails(
        decision=digest_of(accounts),
        collected_on=on,
        accounts=len(accounts),
        sampled=sample_size(len(accounts), rule.share),
        most=rule.most,
    )
    return Finding(
        case_type=KEY,
        key=key_of(rule, facility, on=on),
        title=f"Small balances · {len(accounts)} accounts",
        facility_id=facility.pk,
        amount=sum((each.balance for each in accounts), start=Decimal(0)),
        currency=rule.currency,
        code=CATEGORY,
        category=CATEGORY,
        decision=details.decision,
        reason=f"Balances of at most {money(rule.most, rule.currency)} lie still.",
        correlation_id=current_id(),
        details=details,
    )


def digest_of(accounts: Sequence[PatientAccount]) -> str:
    """SHA-256 (hex) of every account with its balance."""
    parts = sorted(f"{each.public_id}:{each.balance:.2f}" for each in accounts)
    return sha256("\x1f".join(parts).encode()).hexdigest()


def taken_back(case: Case, *, correlation_id: str) -> Finding:
    """A batch that ends as it stood: nothing of it is booked."""
    details = SmallBalanceDetails.from_json(case.details)
    return Finding(
        case_type=KEY,
        key=case.key,
        title=case.title,
        facility_id=case.facility_id,
        amount=case.amount_at_risk,
        currency=case.currency,
        code=case.code,
        category=case.category,
        cycle=case.cycle,
        decision=details.decision,
        disposition=Disposition.TAKEN_BACK,
        reason=MOVED,
        correlation_id=correlation_id,
        details=details,
    )
