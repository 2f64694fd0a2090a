"""Who attacks, and who decides honestly.

Whoever is excluded holds every seat of every policy, so that nothing but the exclusion stops them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from billing_portal.accounts.models import User, UserKind
from billing_portal.accounts.services import deactivate
from billing_portal.kernel.days import house_day
from tests.factories.approvals import ApprovalLimitFactory, DelegationFactory
from tests.factories.approvers import approvers
from tests.house import House
from tests.pages import Reader

SEATS = (
    "team_lead",
    "queue_supervisor",
    "rc_manager",
    "rc_director",
    "controller",
    "treasury",
    "cfo",
)
NEVER_SIGNED_IN = 0.0


class Fault(StrEnum):
    """Why somebody may not do what they try, the first that a door finds."""

    SEGREGATED = "segregated"
    UNSEATED = "unseated"
    UNDELEGATED = "undelegated"
    ABOVE_LIMIT = "above limit"
    FOREIGN = "foreign"
    GONE = "gone"
    STALE_VERSION = "stale version"
    STALE_DIGEST = "stale digest"
    TIRED = "signed in long ago"
    FORGED = "without the form's secret"
    LOOKING = "GET instead of POST"
    KEY_REUSED = "the key of another call"


@dataclass
class Hand:
    """One account at all of its doors."""

    house: House
    user: User
    fault: Fault | None = None
    acting_for: User | None = None

    @cached_property
    def page(self) -> Reader:
        """Signed in a moment ago, whatever the clock says later."""
        return self.signed_in(at=time.time() + timedelta(days=1).total_seconds())

    @cached_property
    def tired(self) -> Reader:
        """Signed in too long ago for large amounts."""
        return self.signed_in(at=NEVER_SIGNED_IN)

    @cached_property
    def forger(self) -> Client:
        """Signed in, on a page that is not ours."""
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    @cached_property
    def token(self) -> APIClient:
        """A caller of the API."""
        return self.house.client(self.user)

    def signed_in(self, *, at: float) -> Reader:
        """A browser whose session was authenticated at a moment."""
        reader = Reader.of(self.user)
        session = reader.session
        session["account_authentication_methods"] = [{"method": "password", "at": at}]
        session["account_authentication_methods_user"] = str(self.user.pk)
        session.save()
        return reader


@dataclass
class Cast:
    """Everybody of a siege. The makers made every request of it, in these roles."""

    house: House
    asker: Hand
    makers: dict[str, User]
    villains: list[Hand]
    chief: Hand
    shadows: list[Hand]
    spare: Hand
    stand_in: Hand
    pawn: Hand
    root: Hand
    honest: dict[str, Hand] = field(default_factory=dict)


def assembled(house: House) -> Cast:
    """Makers with second accounts and delegates, outsiders, those who may decide."""
    somebody = approvers(house.case())

    def hand(*roles: str, fault: Fault | None = None, **fields: object) -> Hand:
        return Hand(house, somebody(*roles, **fields), fault)

    def maker(**fields: object) -> Hand:
        return hand("denial_specialist", *SEATS, fault=Fault.SEGREGATED, **fields)

    asker = maker(staff_number="E-1001")
    made = {act: maker() for act in ("prepare", "edit", "own")}
    made["post_payment"] = maker(staff_number="E-1002")
    seconds = [maker(staff_number=" e-1001 "), maker(staff_number="e-1002")]
    shades = [shadow_of(each, maker()) for each in (asker, made["prepare"], seconds[1])]
    chief = hand(*SEATS, fault=Fault.SEGREGATED, staff_number="E-2001")
    second = hand(*SEATS, fault=Fault.SEGREGATED, staff_number="e-2001")
    giver, root = hand(*SEATS), hand(is_superuser=True, is_staff=True, fault=Fault.FOREIGN)
    specialist = hand("denial_specialist", fault=Fault.UNSEATED)
    return Cast(
        house=house,
        asker=asker,
        makers={act: each.user for act, each in made.items()},
        villains=[
            *(asker, *made.values(), *seconds, *shades, specialist, root),
            *outsiders(house, hand),
            *liars(giver.user, hand),
        ],
        chief=chief,
        shadows=[chief, second, shadow_of(chief, hand(*SEATS, fault=Fault.SEGREGATED))],
        spare=hand(*SEATS),
        stand_in=lent(giver.user, hand("denial_specialist")),
        pawn=rich(hand("denial_specialist", fault=Fault.SEGREGATED)),
        root=root,
        honest={role: hand(role) for role in SEATS},
    )


def shadow_of(giver: Hand, taker: Hand) -> Hand:
    """A delegate of somebody who is excluded, in force today."""
    lent(giver.user, taker)
    return taker


def rich(hand: Hand) -> Hand:
    """With a limit of their own that no amount here reaches."""
    ApprovalLimitFactory(person=hand.user)
    return hand


def lent(giver: User, taker: Hand, *, since: int = -1, until: int = 1, **terms: object) -> Hand:
    """Somebody with another's voice, from so many days after today until so many after."""
    today = house_day(timezone.now())
    DelegationFactory(
        giver=giver,
        taker=taker.user,
        starts_on=today + timedelta(days=since),
        ends_on=today + timedelta(days=until),
        **terms,
    )
    taker.acting_for = giver
    return rich(taker)


def outsiders(house: House, hand: Callable[..., Hand]) -> list[Hand]:
    """Out of sight, above their limit, no person, no longer here."""
    low = hand(*SEATS, fault=Fault.ABOVE_LIMIT)
    ApprovalLimitFactory(person=low.user, max_amount="100.00")
    machine = hand(*SEATS, fault=Fault.UNSEATED, kind=UserKind.SERVICE)
    gone = hand(*SEATS, fault=Fault.GONE)
    assert gone.page.session  # opened while they were here, as was the token
    assert gone.token
    gone.user = deactivate(user=gone.user, by=house.builder, reason="Left", at=timezone.now())
    return [Hand(house, house.person("coder"), Fault.FOREIGN), low, machine, gone]


def liars(giver: User, hand: Callable[..., Hand]) -> list[Hand]:
    """Who speak for somebody who did not let them, not any more, not yet, or not for this."""

    def liar() -> Hand:
        return hand("denial_specialist", fault=Fault.UNDELEGATED)

    thief, hopper = liar(), liar()
    thief.acting_for = giver
    first = lent(giver, liar(), since=-1)
    lent(first.user, hopper)
    hopper.acting_for = giver
    return [
        thief,
        hopper,
        lent(giver, liar(), revoked_at=timezone.now()),
        lent(giver, liar(), since=-9, until=-3),
        lent(giver, liar(), since=3, until=9),
        lent(giver, liar(), matters=["vendor_bank_change"]),
        lent(giver, liar(), max_amount="1.00"),
    ]
