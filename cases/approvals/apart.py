"""Who could move money alone: a judgement over effective rights, and the queries that read them.

Effective are the roles of all accounts of one human, those lent to them today, and what a superuser
or a group can take for itself. Who holds two that nobody holds together could do both halves;
whose accounts are not known as one human could approve what they asked for. On one account such
roles are refused when they are given (`access.services.join`); here is all that may come about
otherwise: by a second account, a delegation, an administrator, or a row written past every service.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from billing_portal.access.duties import (
    APPROVING_INVOICES,
    APPROVING_MONEY,
    MOVING_MONEY,
    are_apart,
)
from billing_portal.access.roles import BY_KEY
from billing_portal.accounts.models import Membership, User, UserKind
from billing_portal.kernel.days import house_day
from cases.approvals.eligibility import human_of
from cases.approvals.models import Delegation

DECIDING = APPROVING_MONEY | MOVING_MONEY | APPROVING_INVOICES
ADMINISTERS = "user_admin"
ADMINISTERING = ("add_user", "change_user", "add_membership", "change_membership", "change_group")


@dataclass(frozen=True, slots=True)
class Right:
    """A role that somebody effectively holds, and how they come to it."""

    role: str
    path: str

    def __str__(self) -> str:
        """For people."""
        label = BY_KEY[self.role].label if self.role in BY_KEY else self.role
        return f"{label} ({self.path})"


@dataclass(frozen=True, slots=True)
class Account:
    """One account: whose it is to the database (`human`), where its mail goes, what it may."""

    username: str
    name: str
    human: str
    email: str
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Danger:
    """Somebody who could move money alone, and by which path."""

    name: str
    accounts: tuple[str, ...]
    path: str

    @property
    def key(self) -> str:
        """The same as long as nothing about it changes."""
        text = "|".join([*self.accounts, self.path])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def judge(accounts: Iterable[Account]) -> list[Danger]:
    """Everybody who could move money alone, by name; each pair of rights by itself."""
    found = [danger for held in people_of(accounts) for danger in _of_one(held)]
    return sorted(found, key=lambda each: (each.name, each.path))


def people_of(accounts: Iterable[Account]) -> list[list[Account]]:
    """Accounts by who is behind them: one human to the database, or one mailbox."""
    found: dict[str, list[Account]] = {}
    for account in sorted(accounts, key=lambda each: each.username):
        same = {id(found[sign]): found[sign] for sign in _signs(account) if sign in found}
        merged = [*(each for held in same.values() for each in held), account]
        found |= {sign: merged for each in merged for sign in _signs(each)}
    return list({id(held): held for held in found.values()}.values())


def _signs(account: Account) -> list[str]:
    """By what accounts are recognised as of one person."""
    return [account.human, *[account.email] * bool(account.email)]


def _of_one(held: Sequence[Account]) -> Iterable[Danger]:
    """What one person could do alone."""
    names = tuple(account.username for account in held)
    rights = [right for account in held for right in account.rights]
    for one, other in combinations(sorted(rights, key=lambda each: (each.role, each.path)), 2):
        if are_apart(one.role, other.role):
            yield Danger(held[0].name, names, f"{one} and {other}")
    deciding = next((right for right in rights if right.role in DECIDING), None)
    if len({account.human for account in held}) > 1 and deciding is not None:
        why = "Accounts of one mailbox without one staff number: one may approve what another asks"
        yield Danger(held[0].name, names, f"{why}; {deciding}")


def dangers(*, at: datetime) -> list[Danger]:
    """Everybody who could move money alone now. Four queries."""
    people = User.objects.filter(is_active=True, kind=UserKind.PERSON).order_by("pk")
    roles = _roles()
    lent = _lent(roles, at=at)
    return judge(
        Account(
            username=person.username,
            name=str(person),
            human=human_of(person),
            email=person.email.strip().lower(),
            rights=(*_own(person, roles), *lent[person.pk]),
        )
        for person in people
    )


def _own(person: User, roles: Mapping[int, Sequence[str]]) -> Iterable[Right]:
    """By groups of their own, and by being a superuser."""
    for role in roles[person.pk]:
        yield Right(role, f"role of {person.username}")
    if person.is_superuser:
        yield Right(ADMINISTERS, f"{person.username} is a superuser")


def _roles() -> Mapping[int, Sequence[str]]:
    """The roles of each account; any group that administers people is one that does."""
    held = Membership.objects.order_by("user_id", "group__name")
    found: dict[int, list[str]] = defaultdict(list)
    for user_id, group in held.values_list("user_id", "group__name"):
        found[user_id].append(group)
    administering = held.filter(group__permissions__codename__in=ADMINISTERING).distinct()
    for user_id in administering.values_list("user_id", flat=True):
        if ADMINISTERS not in found[user_id]:
            found[user_id].append(ADMINISTERS)
    return found


def _lent(roles: Mapping[int, Sequence[str]], *, at: datetime) -> Mapping[int, Sequence[Right]]:
    """What each account may decide for others today."""
    day = house_day(at)
    today = {"starts_on__lte": day, "ends_on__gte": day, "revoked_at": None}
    held = Delegation.objects.filter(giver__is_active=True, **today)
    found: dict[int, list[Right]] = defaultdict(list)
    for each in held.select_related("giver").order_by("pk"):
        path = f"lent by {each.giver} until {each.ends_on:%B %-d}"
        found[each.taker_id] += [
            Right(role, path) for role in roles[each.giver_id] if role in DECIDING
        ]
    return found
