"""Dating one voucher back into a closed period, which is reopened for it alone.

What is decided while its period is closed is posted on the first open day. Where it must stand in
the closed one, that is asked for before, in the case, and approved like any other matter; the next
voucher by that template and of that amount is then dated so, once. The ledger opens its own period.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.vocabulary import Matter
from cases.effects import services
from cases.effects.days import is_open
from cases.effects.kinds import Decided, EffectKind, nothing_booked
from cases.effects.queries import periods_of, template_of
from cases.work.models import Case


class BackdatingRefused(DomainError):
    """The day is open, to come, or in no period: nothing is to be reopened."""

    code = "backdating_refused"


@dataclass(frozen=True, slots=True)
class Voucher:
    """What is to be dated back: its template's key, its amount in the case's currency, a day."""

    template: str
    amount: Decimal
    on: date


@transaction.atomic
def request(
    *, case: Case, voucher: Voucher, by: User, reason: str, at: datetime, seen_version: int
) -> ApprovalRequest:
    """Ask to date one voucher of a case back; the case waits for that, and then goes on.

    Also raises TemplateMissing and what asking for approval raises.
    """
    site = case.facility
    periods = periods_of(site, since=voucher.on)
    if not any(each.starts_on <= voucher.on for each in periods):
        raise BackdatingRefused("No fiscal period holds that day.")
    today = at.astimezone(ZoneInfo(site.time_zone)).date()
    if voucher.on >= today or is_open(periods, voucher.on):
        raise BackdatingRefused("That day takes postings, or is to come: nothing is reopened.")
    template_of(voucher.template, on=voucher.on)
    ask = Ask(
        matter=Matter.CLOSED_PERIOD,
        amount=voucher.amount,
        currency=case.currency,
        facts={"template": voucher.template, "posting_on": voucher.on.isoformat()},
    )
    return approving.request(
        case=case, ask=ask, by=by, reason=reason, at=at, seen_version=seen_version
    )


def reopen(decided: Decided, by: User) -> None:
    """Let the voucher that was sealed be dated on its day."""
    services.reopen(
        case=decided.case,
        template=decided.facts["template"],
        amount=decided.amount,
        on=date.fromisoformat(decided.facts["posting_on"]),
        reference=decided.request_reference,
        by=by,
    )


EFFECTS = (
    EffectKind(
        key=Matter.CLOSED_PERIOD,
        label=Matter.CLOSED_PERIOD.label,
        plan=nothing_booked,
        disposition=None,
        settle=reopen,
    ),
)
