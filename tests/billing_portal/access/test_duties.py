"""Which roles one person never holds together."""

import itertools

import pytest

from billing_portal.access.duties import APART, are_apart, clashes
from billing_portal.access.roles import BY_KEY, ROLES


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("payment_poster", "team_lead"),
        ("payment_poster", "treasury"),
        ("payment_poster", "user_admin"),
        ("payment_poster", "auditor"),
        ("user_admin", "controller"),
        ("user_admin", "rules_steward"),
        ("user_admin", "release_approver"),
        ("ap_clerk", "treasury"),
        ("auditor", "denial_specialist"),
    ],
)
def test_are_held_by_two_people(one, other):
    assert are_apart(one, other)
    assert are_apart(other, one)
    assert clashes(one, [other]) == [other]


@pytest.mark.parametrize(
    ("one", "other"),
    [("billing_specialist", "denial_specialist"), ("team_lead", "queue_supervisor")],
)
def test_may_be_held_by_one(one, other):
    assert not are_apart(one, other)
    assert clashes(one, [other, one]) == []


@pytest.mark.parametrize("role", [role.key for role in ROLES])
def test_nobody_clashes_with_themselves(role):
    assert not are_apart(role, role)


def test_the_auditor_stands_alone():
    others = [role.key for role in ROLES if role.key != "auditor"]

    assert clashes("auditor", others) == sorted(others)


def test_only_roles_that_exist_are_named():
    named = set(APART) | set(itertools.chain.from_iterable(APART.values()))

    assert named <= set(BY_KEY)
