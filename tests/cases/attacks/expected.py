"""What every door answers to every fault: the oracle of the siege.

A large amount wants a fresh sign-in, which a token never is: the API says that before all else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from cases.approvals.vocabulary import Act
from tests.cases.attacks.cast import Fault
from tests.cases.attacks.doors import OURS, WITHIN, Door

SIGN_IN, AGAIN, INBOX = "302 /accounts/login/", "302 /accounts/reauthenticate/", "302 /approvals/"
TOO_OLD = "403 authentication_too_old"
BY_RULE = {
    Fault.SEGREGATED: "approvalact_segregated",
    Fault.UNSEATED: "approvalact_by_who_may",
    Fault.UNDELEGATED: "approvalact_delegated",
    Fault.FOREIGN: "approvalact_by_who_may",
    Fault.GONE: "approvalact_by_who_may",
    Fault.STALE_DIGEST: "approvalact_of_what_is_asked",
}
BY_CODE = {
    Fault.SEGREGATED: "may_not_decide",
    Fault.UNSEATED: "may_not_decide",
    Fault.UNDELEGATED: "may_not_decide",
    Fault.ABOVE_LIMIT: "may_not_decide",
    Fault.FOREIGN: "request_not_found",
    Fault.GONE: "request_not_found",
    Fault.STALE_VERSION: "stale_version",
    Fault.STALE_DIGEST: "stale_seal",
}
STATUS = {
    "may_not_decide": "403",
    "stale_version": "409",
    "stale_seal": "409",
    "approval_refused": "409",
}
ON_PAGES = {
    Fault.GONE: SIGN_IN,
    Fault.FORGED: "403",
    Fault.TIRED: AGAIN,
    Fault.KEY_REUSED: "409",
}
BY_TOKEN = {
    Fault.GONE: "401 authentication_failed",
    Fault.LOOKING: "405 method_not_allowed",
    Fault.KEY_REUSED: "422 idempotency_key_reused",
}
IN_FRONT = {Fault.TIRED, Fault.FORGED, Fault.LOOKING, Fault.KEY_REUSED}
"""What only doors know, no service and no table."""


def doors_of(fault: Fault, *, is_large: bool) -> tuple[Door, ...]:
    """Where a fault is one."""
    if fault is Fault.FORGED:
        return (Door.PAGE, Door.BULK)  # a token is no cookie
    if fault is Fault.TIRED:
        return (Door.PAGE, Door.BULK) if is_large else ()
    if fault in IN_FRONT:
        return OURS
    within = WITHIN if fault in BY_RULE else (Door.SERVICE,)
    return (*OURS, *within)


@dataclass(frozen=True)
class Stance:
    """How a request stands: no longer waiting, of a large amount, of a policy that allows bulk."""

    is_over: bool
    is_large: bool
    allows_bulk: bool


def expected(fault: Fault, door: Door, act: Act, stance: Stance) -> str:
    """The answer to an attempt."""
    return ANSWERS[door](fault, act, stance)


def by_rule(fault: Fault, _act: Act, stance: Stance) -> str:
    """The database looks at the digest, then whether it waits, then who decides."""
    is_stale = fault is Fault.STALE_DIGEST
    return "approvalact_while_pending" if stance.is_over and not is_stale else BY_RULE[fault]


def by_code(fault: Fault, _act: Act, stance: Stance) -> str:
    """The service looks whose case it is, at the version, whether it waits, then the rest."""
    first = {Fault.FOREIGN, Fault.GONE, Fault.STALE_VERSION}
    return "approval_refused" if stance.is_over and fault not in first else BY_CODE.get(fault, "")


def on_page(fault: Fault, _act: Act, _stance: Stance) -> str:
    """A refusal is the page with its reason."""
    more = {Fault.FOREIGN: "404", Fault.LOOKING: "200"}
    return (ON_PAGES | more).get(fault, "409")


def on_bulk_page(fault: Fault, _act: Act, _stance: Stance) -> str:
    """What was not approved is said in the inbox."""
    return (ON_PAGES | {Fault.LOOKING: "405"}).get(fault, INBOX)


def by_api(fault: Fault, act: Act, stance: Stance) -> str:
    """A problem with its code."""
    if fault in BY_TOKEN or fault is Fault.FOREIGN:
        return BY_TOKEN.get(fault, "404 not_found")
    if stance.is_large and act is Act.APPROVE:
        return TOO_OLD
    code = by_code(fault, act, stance)
    return f"{STATUS[code]} {code}"


def by_api_bulk(fault: Fault, act: Act, stance: Stance) -> str:
    """What came of each: nothing of what one does not see."""
    if fault in BY_TOKEN or fault is Fault.FOREIGN:
        return BY_TOKEN.get(fault, "200")
    if stance.is_large:
        return TOO_OLD
    return f"200 {by_code(fault, act, stance) if stance.allows_bulk else 'approval_refused'}"


ANSWERS: dict[Door, Callable[[Fault, Act, Stance], str]] = {
    Door.PAGE: on_page,
    Door.BULK: on_bulk_page,
    Door.API: by_api,
    Door.API_BULK: by_api_bulk,
    Door.SERVICE: by_code,
    Door.ORM: by_rule,
    Door.SQL: by_rule,
}
