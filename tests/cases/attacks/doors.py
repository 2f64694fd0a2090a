"""Every way to a decision, and what each answers: a word or two, the same for the same reason."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.utils import timezone

from billing_portal.kernel.pure.errors import DomainError
from cases.actions import approving
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.approvals.saying import Verdict
from cases.approvals.vocabulary import Act
from tests.cases.attacks.cast import Fault, Hand
from tests.factories.approvers import decided_by_sql

TOGETHER = "/approvals/together/approve/"
API = "/api/v1/approvals/"
SPENT = "a key that another call used"
WHY = "Looked at it"


class Door(StrEnum):
    """Where somebody knocks."""

    PAGE = "page"
    BULK = "bulk page"
    API = "API"
    API_BULK = "API bulk"
    SERVICE = "service"
    ORM = "ORM"
    SQL = "SQL"


@dataclass(frozen=True)
class Knock:
    """One attempt at a decision: by whom, on what, as it was seen, with which trick."""

    hand: Hand
    approval: ApprovalRequest
    act: Act
    fault: Fault | None
    version: int
    digest: str

    @property
    def key(self) -> str:
        """The key that is sent along, if any."""
        return SPENT if self.fault is Fault.KEY_REUSED else ""

    @property
    def browser(self) -> Any:
        """Which of somebody's browsers the trick takes."""
        if self.fault is Fault.TIRED:
            return self.hand.tired
        return self.hand.forger if self.fault is Fault.FORGED else self.hand.page


def answer_of(response: Any) -> str:
    """The status, and where to or which code."""
    if response.status_code == 302:
        return f"302 {response['Location'].partition('?')[0]}"
    said = response.json() if response["Content-Type"].endswith("json") else {}
    code = said.get("code", "") if isinstance(said, dict) else ""
    return f"{response.status_code} {code}".strip()


def by_page(knock: Knock) -> str:
    """The form of one request."""
    address = f"/approvals/{knock.approval.public_id}/{knock.act.value}/"
    if knock.fault is Fault.LOOKING:
        return answer_of(knock.browser.get(address))
    given = {
        "seen_version": knock.version,
        "seen_digest": knock.digest,
        "acting_for": knock.hand.acting_for.pk if knock.hand.acting_for else "",
        "reason": WHY,
        "key": knock.key,
    }
    return answer_of(knock.browser.post(address, given))


def by_bulk_page(knock: Knock) -> str:
    """What was ticked in the inbox."""
    if knock.fault is Fault.LOOKING:
        return answer_of(knock.browser.get(TOGETHER))
    ticked = f"{knock.approval.public_id}:{knock.version}:{knock.digest}"
    return answer_of(
        knock.browser.post(TOGETHER, {"case": ticked, "reason": WHY, "key": knock.key})
    )


def by_api(knock: Knock) -> str:
    """A program with a token."""
    cache.clear()  # throttles count per process
    given = {
        "verdict": knock.act.value,
        "reason": WHY,
        "version": knock.version,
        "digest": knock.digest,
    }
    if knock.hand.acting_for is not None:
        given["acting_for"] = knock.hand.acting_for.username
    return answer_of(called(knock, f"{API}{knock.approval.public_id}/decide/", given))


def by_api_bulk(knock: Knock) -> str:
    """Many at once, of one."""
    cache.clear()
    seen = {"id": str(knock.approval.public_id), "version": knock.version, "digest": knock.digest}
    answer = called(knock, f"{API}together/", {"requests": [seen], "reason": WHY})
    if answer.status_code != 200:
        return answer_of(answer)
    return " ".join(["200", *(each["code"] or each["state"] for each in answer.json())])


def called(knock: Knock, address: str, given: dict[str, Any]) -> Any:
    """The answer to a call."""
    if knock.fault is Fault.LOOKING:
        return knock.hand.token.get(address)
    headers = {"Idempotency-Key": knock.key} if knock.key else {}
    return knock.hand.token.post(address, given, format="json", headers=headers)


def by_service(knock: Knock) -> str:
    """Our own code, without a door before it."""
    verdict = Verdict(knock.act, WHY, knock.version, knock.digest, knock.hand.acting_for)
    seen = ApprovalRequest.objects.get(pk=knock.approval.pk)
    try:
        with transaction.atomic():
            approving.decide(approval=seen, verdict=verdict, by=knock.hand.user, at=timezone.now())
    except DomainError as refusal:
        return refusal.code
    return "done"


def by_orm(knock: Knock) -> str:
    """The table itself, past every service."""
    return stopped(
        lambda: ApprovalAct.objects.create(
            request=knock.approval,
            cycle=knock.approval.cycle,
            step=knock.approval.step,
            act=knock.act,
            person=knock.hand.user,
            for_person=knock.hand.acting_for,
            digest=knock.digest,
            reason=WHY,
            at=timezone.now(),
        )
    )


def by_sql(knock: Knock) -> str:
    """SQL alone."""
    return stopped(
        lambda: decided_by_sql(
            knock.approval,
            knock.hand.user,
            act=knock.act,
            speaker=knock.hand.acting_for,
            digest=knock.digest,
            at=timezone.now(),
        )
    )


def stopped(work: Callable[[], Any]) -> str:
    """By which rule the database refuses, at once or when the transaction ends."""
    try:
        with transaction.atomic():
            work()
    except DatabaseError as refusal:
        why: Any = getattr(refusal.__cause__, "diag", None)
        return (why and (why.constraint_name or why.sqlstate)) or type(refusal).__name__
    return "done"


DOORS: dict[Door, Callable[[Knock], str]] = {
    Door.PAGE: by_page,
    Door.BULK: by_bulk_page,
    Door.API: by_api,
    Door.API_BULK: by_api_bulk,
    Door.SERVICE: by_service,
    Door.ORM: by_orm,
    Door.SQL: by_sql,
}
OURS = (Door.PAGE, Door.BULK, Door.API, Door.API_BULK)
WITHIN = (Door.SERVICE, Door.ORM, Door.SQL)
