"""Who could move money alone: by second accounts, by delegations, as administrators."""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission

from billing_portal.access.services import sync_roles
from cases.approvals.apart import Account, Right, dangers, judge
from tests.factories.approvals import DelegationFactory
from tests.factories.cases import OPENED
from tests.factories.people import GroupFactory, MembershipFactory, PersonFactory


def account(username, *roles, human="", email=""):
    rights = tuple(Right(role, f"role of {username}") for role in roles)
    return Account(username, username.title(), human or f"user:{username}", email, rights)


def paths(*accounts):
    return [(each.name, each.path) for each in judge(accounts)]


def test_duties_that_may_be_together_are_no_danger():
    assert paths(account("ann", "team_lead", "rc_manager"), account("bob", "payment_poster")) == []


def test_two_that_are_apart_are_named_with_their_paths():
    assert paths(account("ann", "team_lead", "payment_poster")) == [
        ("Ann", "Payment poster (role of ann) and Team lead (role of ann)")
    ]


def test_second_accounts_of_a_human_count_together():
    accounts = [
        account("ann", "team_lead", human="staff:E-7"),
        account("ann2", "payment_poster", human="staff:E-7"),
        account("bob", "payment_poster"),
    ]

    assert paths(*accounts) == [
        ("Ann", "Payment poster (role of ann2) and Team lead (role of ann)")
    ]


def test_accounts_of_one_mailbox_that_are_not_known_as_one_human_are_a_danger_by_themselves():
    accounts = [
        account("ann", "denial_specialist", email="ann@example.test"),
        account("boss", "team_lead", email="ann@example.test"),
    ]

    [(name, path)] = paths(*accounts)

    assert name == "Ann"
    assert path.endswith("one may approve what another asks; Team lead (role of boss)")
    assert paths(*(account(each.username, "coder", email=each.email) for each in accounts)) == []


def test_who_is_tied_by_a_third_account_is_one_person():
    accounts = [
        account("a", "payment_poster", human="staff:E-7"),
        account("b", "cfo", email="x@example.test"),
        account("c", human="staff:E-7", email="x@example.test"),
    ]

    assert any("CFO" in path and "Payment poster" in path for _name, path in paths(*accounts))


def test_a_danger_keeps_its_key_until_something_about_it_changes():
    [first] = judge([account("ann", "team_lead", "payment_poster")])
    [same] = judge([account("ann", "payment_poster", "team_lead")])
    [other] = judge([account("ann", "rc_manager", "payment_poster")])

    assert first.key == same.key != other.key


@pytest.fixture
def role(db):
    sync_roles()

    def hold(person, name):
        return MembershipFactory(user=person, group=Group.objects.get(name=name))

    return hold


def found():
    return [(each.name, each.path) for each in dangers(at=OPENED)]


def test_a_house_in_order_has_nobody(role):
    role(PersonFactory(), "team_lead")
    role(PersonFactory(is_superuser=True), "denial_specialist")

    assert found() == []


def test_what_is_lent_today_counts_and_what_is_over_does_not(role):
    poster, lead = PersonFactory(full_name="Pia Poster"), PersonFactory(full_name="Lea Lead")
    role(poster, "payment_poster")
    role(lead, "team_lead")
    DelegationFactory(giver=lead, taker=poster, ends_on=date(2026, 3, 1))
    DelegationFactory(giver=lead, taker=poster, revoked_at=OPENED)
    assert found() == []

    DelegationFactory(giver=lead, taker=poster)

    mine = f"Payment poster (role of {poster.username})"
    assert found() == [("Pia Poster", f"{mine} and Team lead (lent by Lea Lead until March 7)")]


@pytest.mark.parametrize("is_active", [True, False])
def test_a_superuser_who_approves_is_listed_while_they_are_here(role, is_active):
    person = PersonFactory(is_superuser=True, is_active=is_active)
    role(person, "controller")

    assert bool(found()) is is_active


def test_a_group_that_administers_people_is_a_user_administrator_by_any_name(role):
    person, group = PersonFactory(), GroupFactory()
    role(person, "cfo")
    MembershipFactory(user=person, group=group)
    assert found() == []

    group.permissions.add(Permission.objects.get(codename="change_user"))

    assert "User administrator" in found()[0][1]


def test_the_number_of_people_costs_no_queries(role, django_assert_num_queries):
    for _ in range(5):
        role(PersonFactory(), "team_lead")

    with django_assert_num_queries(4):
        dangers(at=OPENED)
