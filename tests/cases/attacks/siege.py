"""The siege: requests that live from question to answer, attacked at every stage of it.

All is drawn from one seed. Between the attacks honest people decide, by all doors too: a house
that refused everything would be found out as well.
"""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.kernel.days import house_day
from cases.actions import answering, approving, moving
from cases.approvals.asking import Ask
from cases.approvals.models import ApprovalRequest
from cases.approvals.sealing import Payee, digest
from cases.approvals.terms import ROLE
from cases.approvals.vocabulary import Act, Matter, PayeeKind, RequestState
from cases.work.lifecycle import Verb
from tests.cases.attacks.cast import Cast, Fault, Hand
from tests.cases.attacks.doors import DOORS, SPENT, Door, Knock
from tests.cases.attacks.expected import Stance, doors_of, expected
from tests.cases.attacks.tampering import ROUND_ABOUT

AMOUNTS = {
    Matter.WRITE_OFF: ("480.00", "499.99", "500.00", "1999.99", "2000.00", "9999.99", "10000.00"),
    Matter.PAYER_REFUND: (
        "249.99",
        "250.00",
        "999.99",
        "1000.00",
        "4999.99",
        "5000.00",
        "25000.00",
    ),
}
ENDINGS = ("approved",) * 5 + ("rejected", "withdrawn", "amended", "asked again")
TRICKS = (
    Fault.STALE_VERSION,
    Fault.STALE_DIGEST,
    Fault.TIRED,
    Fault.FORGED,
    Fault.LOOKING,
    Fault.KEY_REUSED,
)
VERDICTS = (Act.APPROVE, Act.APPROVE, Act.APPROVE, Act.REJECT, Act.RETURN)
STATE = """
SELECT md5(row(r.*)::text), c.status, c.amount_at_risk, c.version,
    (SELECT count(*) FROM cases_approvalact), (SELECT count(*) FROM cases_effect),
    (SELECT md5(string_agg(o.event_key || o.payload || o.total, '' ORDER BY o.id))
     FROM integrations_outboxmessage AS o),
    (SELECT sum(max_amount) FROM cases_approvallimit), (SELECT count(*) FROM cases_policyversion),
    (SELECT sum(current_id) FROM cases_policy), (SELECT count(*) FROM cases_delegation
                                                 WHERE revoked_at IS NULL)
FROM cases_approvalrequest AS r JOIN cases_case AS c ON c.id = r.case_id WHERE r.id = %s
"""


@dataclass
class Siege:
    """One run; `wrong` are the attempts that were not answered as they must be."""

    cast: Cast
    seed: int
    tried: Counter[str] = field(default_factory=Counter)
    granted: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Draw from the seed; let there be something to tamper with."""
        self.draw = Random(self.seed)
        self.spend_keys()
        for matter in sorted(AMOUNTS):
            self.approve(self.asked(matter), quietly=True)

    def spend_keys(self) -> None:
        """Keys that are sent again with another call."""
        cast, today = self.cast, house_day(timezone.now()).isoformat()
        given = {"starts_on": today, "ends_on": today, "reason": "Away", "max_amount": "0.01"}
        for hand, taker in ((cast.spare, cast.pawn), *((each, cast.pawn) for each in cast.shadows)):
            page = hand.page.post(
                "/approvals/delegations/", given | {"taker": taker.user.pk, "key": SPENT}
            )
            assert page.status_code == 302, page.content.decode()

    @property
    def attempts(self) -> int:
        """How many attacks there were."""
        return self.tried.total()

    def life(self) -> None:
        """One request, from the question to its end."""
        approval = self.asked(self.draw.choice(sorted(AMOUNTS)))
        ending = self.draw.choice(ENDINGS)
        self.assault(approval, 8)
        if ending == "asked again":
            self.ask_again(approval)
            self.assault(approval, 4)
        if ending in {"rejected", "withdrawn", "amended"}:
            self.end(approval, ending)
        else:
            self.approve(approval)
        self.assault(approval, 12)

    def asked(self, matter: Matter, amount_of: str = "") -> ApprovalRequest:
        """What the asker asks for: each one's payee is another, so that sums cross no tier."""
        amount = Decimal(amount_of or self.draw.choice(AMOUNTS[matter]))
        case = self.cast.house.case(
            amount_at_risk=amount, owner=self.cast.makers["own"], status="assigned"
        )
        payee = Payee(
            PayeeKind.PAYER, f"payer-{next(self.numbers)}", digest("name"), digest("bank")
        )
        return approving.request(
            case=case,
            ask=Ask(
                matter=matter,
                amount=amount,
                currency="USD",
                payee=payee if matter is Matter.PAYER_REFUND else None,
                makers={
                    Act(act): [person.pk]
                    for act, person in self.cast.makers.items()
                    if act != "own"
                },
            ),
            by=self.cast.asker.user,
            reason="Uneconomic",
            at=timezone.now(),
            seen_version=case.version,
        )

    def approve(self, approval: ApprovalRequest, *, quietly: bool = False) -> None:
        """Honest people approve, step by step; who did is attacked with in the next step."""
        for number, step in enumerate(fresh(approval).policy_version.terms.steps):
            wanted = list(step.roles)
            if number == 0 and self.draw.random() < 0.5:
                wanted.pop()
                self.decide(approval, self.cast.chief)
            for role in wanted:
                self.assault(approval, 0 if quietly else 3)
                self.decide(approval, self.cast.honest[role])
        assert fresh(approval).state == RequestState.APPROVED

    def decide(self, approval: ApprovalRequest, hand: Hand) -> None:
        """An honest approval by whatever door is open, which must be let through."""
        seen = fresh(approval)
        door = self.draw.choice(self.open_doors(seen))
        came = DOORS[door](knock(hand, seen, Act.APPROVE))
        self.granted[door] += 1
        if fresh(approval).version == seen.version:
            self.wrong.append(f"{hand.user} was let down at {door}: {came}")

    def open_doors(self, approval: ApprovalRequest) -> list[Door]:
        """Where this amount may be approved."""
        doors = [Door.PAGE, Door.SERVICE]
        if not is_large(approval):
            doors += [Door.API, *[Door.BULK, Door.API_BULK] * allows_bulk(approval)]
        return doors

    def ask_again(self, approval: ApprovalRequest) -> None:
        """Returned, answered, and all begins anew."""
        role = fresh(approval).seats[0].removeprefix(ROLE)
        DOORS[Door.PAGE](knock(self.cast.honest[role], fresh(approval), Act.RETURN))
        self.assault(approval, 4)
        again = fresh(approval)
        answering.answer(
            approval=again,
            by=self.cast.asker.user,
            reason="Here it is",
            at=timezone.now(),
            seen_version=again.version,
        )

    def end(self, approval: ApprovalRequest, ending: str) -> None:
        """Ended by no, by the asker, or by a cent that the detection found."""
        seen, asker = fresh(approval), self.cast.asker
        if ending == "rejected":
            role = seen.seats[0].removeprefix(ROLE)
            DOORS[Door.PAGE](knock(self.cast.honest[role], seen, Act.REJECT))
        elif ending == "withdrawn":
            given = {"seen_version": seen.version, "reason": "Paid today"}
            asker.page.post(f"/approvals/{seen.public_id}/withdraw/", given)
        else:
            moving.move(
                case=seen.case,
                verb=Verb.UPDATE,
                by=system_actor("detection"),
                reason="A cent more",
                at=timezone.now(),
                seen_version=None,
                amount_at_risk=seen.amount + Decimal("0.01"),
            )
        assert fresh(approval).state in {"rejected", "withdrawn", "voided"}

    def assault(self, approval: ApprovalRequest, times: int) -> None:
        """So many attacks on a request as it is; nothing may come of any."""
        seen = fresh(approval)
        for _ in range(times):
            if self.draw.random() < 0.75:
                self.knock_at(seen)
            else:
                self.go_round(seen)

    def knock_at(self, approval: ApprovalRequest) -> None:
        """Somebody tries to decide who may not, or may but not so."""
        hand, fault = self.attacker(approval)
        doors = doors_of(fault, is_large=is_large(approval))
        if hand.user.kind != "person":
            doors = tuple(each for each in doors if each not in {Door.PAGE, Door.BULK})
        if not doors:
            return
        door, act = self.draw.choice(doors), self.draw.choice(VERDICTS)
        if door in {Door.BULK, Door.API_BULK} or fault is Fault.TIRED:
            act = Act.APPROVE
        stance = Stance(
            is_over=approval.state != RequestState.PENDING,
            is_large=is_large(approval),
            allows_bulk=allows_bulk(approval),
        )
        wanted = expected(fault, door, act, stance)
        attempt = knock(hand, approval, act, fault)
        name = f"{fault} · {act} · {door}"
        self.watch(name, approval, lambda: DOORS[door](attempt), {wanted})

    def attacker(self, approval: ApprovalRequest) -> tuple[Hand, Fault]:
        """Somebody excluded, an outsider, an earlier approver, or a trick of who else might."""
        cast, dice = self.cast, self.draw.random()
        if dice < 0.25:
            return cast.spare, self.draw.choice(TRICKS)
        decided = approval.acts.filter(person=cast.chief.user, act=Act.APPROVE)
        if decided.filter(cycle=approval.cycle).exists() and dice < 0.6:
            return self.draw.choice(cast.shadows), Fault.SEGREGATED
        hand = self.draw.choice(cast.villains)
        assert hand.fault is not None
        return hand, hand.fault

    def go_round(self, approval: ApprovalRequest) -> None:
        """Some way that is no decision."""
        group = self.draw.choice(sorted(ROUND_ABOUT))
        attempt = self.draw.choice(ROUND_ABOUT[group])
        self.watch(group, approval, lambda: attempt(self.cast, approval), None)

    def watch(self, name: str, approval: ApprovalRequest, attempt: Any, wanted: Any) -> None:
        """Try it; note it if it is answered otherwise, or if anything changed."""
        before = state_of(approval)
        came = attempt()
        self.tried[name] += 1
        is_wrong = came not in wanted if wanted else came == "done" or came.startswith("5")
        if is_wrong or state_of(approval) != before:
            number, place = self.attempts, f"{approval}, {approval.get_state_display()}"
            self.wrong.append(f"{number}: {name} on {place}: {came}, not {wanted or 'refused'}")


def fresh(approval: ApprovalRequest) -> ApprovalRequest:
    """A request as it is now."""
    return ApprovalRequest.objects.for_list().get(pk=approval.pk)


def state_of(approval: ApprovalRequest) -> Any:
    """All that an attack could change, in short."""
    with connection.cursor() as cursor:
        cursor.execute(STATE, [approval.pk])
        return cursor.fetchone()


def knock(hand: Hand, approval: ApprovalRequest, act: Act, fault: Fault | None = None) -> Knock:
    """An attempt, with what was seen or pretended to be."""
    version = approval.version + (fault is Fault.STALE_VERSION)
    seen = digest("something else") if fault is Fault.STALE_DIGEST else approval.digest
    return Knock(hand, approval, act, fault, version, seen)


def is_large(approval: ApprovalRequest) -> bool:
    """Whether the policy wants a fresh sign-in."""
    limit = approval.policy_version.terms.fresh_from
    return limit is not None and approval.tier_amount >= limit


def allows_bulk(approval: ApprovalRequest) -> bool:
    """Whether the policy lets it pass with others."""
    most = approval.policy_version.terms.bulk_up_to
    return most is not None and approval.tier_amount <= most
