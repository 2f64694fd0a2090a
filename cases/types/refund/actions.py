"""The verbs of a credit balance: find out, sign, send back, follow the check.

Every verb takes what the caller saw, says who, why and when. All raise CaseNotFound, MayNotWork,
ReasonMissing, StaleVersion and CreditRefused; then nothing is changed.
"""

import logging
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.pure.wording import money
from billing_portal.kernel.transactions import joining
from cases.actions import approving, moving
from cases.types.refund import queries, services
from cases.types.refund.asking import ask_of
from cases.types.refund.effects import book_check
from cases.types.refund.federal import clock_of
from cases.types.refund.models import FederalAct, RefundCheck, Research, Return
from cases.types.refund.owning import Found, check_way, needs_approval
from cases.types.refund.services import CreditRefused
from cases.types.refund.unclaimed import BY_PEOPLE, CheckRefused, Standing, next_by_days
from cases.types.refund.vocabulary import CheckStatus, FederalActKind, Outcome, Way
from cases.work.lifecycle import Verb
from cases.work.models import Case
from cases.work.visibility import require_work

log = logging.getLogger(__name__)
ACTOR = "refunds"
AHEAD = timedelta(days=7)  # the internal day before the legal one
EVENING = time(17)
MOST = 500


@transaction.atomic
def research(
    *, case: Case, found: Found, by: User, reason: str, at: datetime, seen_version: int
) -> Research:
    """Say what was wrong with a credit and whose the money is. Also raises OwnerRefused.

    The patient's is due by the rule of the guarantor's state.
    """
    made = services.find(
        case=case, found=found, by=by, reason=reason, at=at, seen_version=seen_version
    )
    if made.outcome == Outcome.OF_PATIENT:
        _follow_state(made.case, at=at)
    return made


def _follow_state(case: Case, *, at: datetime) -> None:
    """Let the deadline be the state's day for patients' money, unless an earlier one holds."""
    assert case.account is not None
    today = house_day(at)
    rule = queries.state_rule(case.account.guarantor_state, on=today)
    if rule is None:
        return
    due = today + timedelta(days=rule.patient_refund_days)
    if case.deadline_on is None or due < case.deadline_on:
        _let_be_due(case, due, reason=f"By {rule.state} law it is the patient’s by {due}.", at=at)


@transaction.atomic
def sign(
    *,
    case: Case,
    kind: FederalActKind,
    on: date,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> FederalAct:
    """Sign a federal act; the case's deadline follows the clock. Also raises ActRefused."""
    made = services.sign(
        case=case, kind=kind, on=on, by=by, reason=reason, at=at, seen_version=seen_version
    )
    _follow_clock(made.case, at=at)
    return made


def _follow_clock(case: Case, *, at: datetime) -> None:
    """Let the deadline be the clock's."""
    clock = clock_of(queries.acts_of(case))
    payer_class = case.payer.payer_class if case.payer else ""
    rule = queries.federal_rule(payer_class, on=clock.identified_on) if clock else None
    if clock is None or rule is None:
        return
    due = clock.due_on(rule)
    _let_be_due(case, due, reason=f"The federal overpayment is due on {due}.", at=at)


def _let_be_due(case: Case, due: date, *, reason: str, at: datetime) -> None:
    """Set a legal day, and the internal one a week before it."""
    evening = datetime.combine(due - AHEAD, EVENING, ZoneInfo(case.facility.time_zone))
    moving.move(
        case=case,
        verb=Verb.UPDATE,
        by=system_actor(ACTOR),
        reason=reason,
        at=at,
        seen_version=None,
        deadline_on=due,
        deadline_at=evening.astimezone(at.tzinfo),
    )


@transaction.atomic
def send_back(
    *, case: Case, way: Way, by: User, reason: str, at: datetime, seen_version: int
) -> Return:
    """Let money go back by a way: asked for where it leaves, awaited where the payer takes it.

    Needs research on the facts as they are now. Also raises WayRefused, PayeeRefused, and what
    asking for approval raises.
    """
    case = services.locked(case, by=by, reason=reason, seen_version=seen_version)
    found = queries.research_of(case)
    if found is None:
        raise CreditRefused("Say first what was wrong and whose the money is (Research).")
    check_way(way, Outcome(found.outcome))
    if needs_approval(way):
        _require_left(case, found)
        reference = _ask(case, found, way, by=by, reason=reason, at=at, seen_version=seen_version)
    else:
        reference = ""
        moving.move(
            case=case,
            verb=Verb.WAIT_PAYER,
            by=by,
            reason=f"{way.label}. {reason.strip()}",
            at=at,
            seen_version=seen_version,
        )
    return services.choose(
        case=case,
        research=found,
        way=way,
        by=by,
        reason=reason,
        at=at,
        request_reference=reference,
    )


def _require_left(case: Case, found: Research) -> None:
    """Raises CreditRefused when of the same credit so much went back that this were too much."""
    sent = queries.sent_of(case)
    if sent and sent + found.amount > case.amount_at_risk:
        words = money(sent, case.currency)
        raise CreditRefused(f"Of this credit {words} went back already: this would be too much.")


def _ask(
    case: Case,
    found: Research,
    way: Way,
    *,
    by: User,
    reason: str,
    at: datetime,
    seen_version: int,
) -> str:
    """Ask for approval; the request's reference."""
    asked = approving.request(
        case=case,
        ask=ask_of(case, found, way=way, on=house_day(at)),
        by=by,
        reason=reason,
        at=at,
        seen_version=seen_version,
    )
    return asked.reference


def issue_check(
    *, case: Case, number: str, issued_on: date, by: User, reason: str, seen_version: int
) -> RefundCheck:
    """Keep the check that was sent for an approved refund."""
    return services.issue(
        case=case,
        number=number,
        issued_on=issued_on,
        by=by,
        reason=reason,
        seen_version=seen_version,
    )


@transaction.atomic
def move_check(
    *, check: RefundCheck, to: CheckStatus, on: date, by: User, reason: str
) -> RefundCheck:
    """Say what became of a check; the books follow. Also raises CheckRefused, and what they do."""
    require_work(by, check.case)
    if to not in BY_PEOPLE:
        raise CheckRefused(f"“{to.label}” follows from the days, nobody says it.")
    return _lead(check, to, on=on, by=by, reason=reason)


@joining
def _lead(check: RefundCheck, to: CheckStatus, *, on: date, by: User, reason: str) -> RefundCheck:
    """Lead a check on, and book what that means."""
    moved = services.move_check(check=check, to=to, on=on, by=by, reason=reason)
    book_check(moved, on=on, by=by, reason=reason)
    return moved


@transaction.atomic
def age_checks(*, at: datetime, limit: int = MOST) -> int:
    """Lead uncashed checks on where the days say so; returns how many. Safe beside itself.

    One that the books refuse (no period is open, nobody keeps them) stays as it is and is tried
    again; the log names it.
    """
    today, by, moved = house_day(at), system_actor(ACTOR), 0
    rules = queries.state_rules(on=today)
    due = queries.moved_by_days(rules, on=today).select_for_update(skip_locked=True, of=("self",))
    for check in due[:limit]:
        standing = Standing(
            CheckStatus(check.status), check.amount, check.issued_on, check.contacted_on
        )
        to = next_by_days(standing, rules.get(check.owner_state), on=today)
        if to is not None:
            reason = f"Issued {check.issued_on}, not cashed."
            try:
                with transaction.atomic():
                    _lead(check, to, on=today, by=by, reason=reason)
            except DomainError as refusal:
                log.warning("Check %s waits for the books: %s", check.pk, refusal.code)
                continue
            moved += 1
    return moved
