"""Delegations: by whom, to whom, for how long."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing_portal.audit.models import AuditEvent
from cases.approvals.services.delegating import (
    DelegationRefused,
    MayNotDelegate,
    Scope,
    give,
    revoke,
)
from cases.approvals.vocabulary import Matter
from cases.work.services import ReasonMissing
from tests.factories.cases import OPENED

TODAY = OPENED.date()
DAY = timedelta(days=1)
WEEK = Scope(TODAY, TODAY + 6 * DAY, (Matter.WRITE_OFF,), Decimal(1000))


def given(giver, taker, by=None, scope=WEEK, reason="Away"):
    return give(giver=giver, taker=taker, scope=scope, by=by or giver, reason=reason, at=OPENED)


def test_one_lets_another_decide_for_a_week(somebody):
    giver, taker = somebody("team_lead"), somebody("team_lead")

    made = given(giver, taker)

    assert (made.matters, made.max_amount) == (["write_off"], Decimal(1000))
    assert made.history.latest().history_user == giver
    assert AuditEvent.objects.filter(verb="delegation.given", actor=giver).exists()


def test_a_manager_arranges_for_the_absent_and_nobody_else_does(somebody):
    giver, taker, manager = somebody("team_lead"), somebody("team_lead"), somebody("rc_manager")

    given(giver, taker, by=manager)

    for by in (taker, somebody("queue_supervisor"), somebody("coder", is_superuser=True)):
        with pytest.raises(MayNotDelegate):
            given(giver, taker, by=by)


def test_nobody_takes_a_voice_by_their_own_hand(somebody):
    giver, manager = somebody("team_lead"), somebody("rc_manager", staff_number="E-7")
    second = somebody("rc_manager", staff_number="E-7")

    for taker in (manager, second):
        with pytest.raises(MayNotDelegate):
            given(giver, taker, by=manager)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"kind": "service"}])
def test_only_people_who_are_here_give_and_take(somebody, fields):
    giver, other = somebody("team_lead"), somebody("team_lead", **fields)

    with pytest.raises(DelegationRefused):
        given(giver, other)


def test_nobody_stands_in_for_themselves(somebody):
    one, other = (somebody("team_lead", staff_number="E-7") for _ in range(2))

    with pytest.raises(MayNotDelegate):
        given(one, other)
    with pytest.raises(DelegationRefused):
        given(one, other, by=somebody("rc_manager"))


@pytest.mark.parametrize(
    "scope",
    [
        Scope(TODAY - 3 * DAY, TODAY - DAY),
        Scope(TODAY + DAY, TODAY),
        Scope(TODAY, TODAY + 92 * DAY),
    ],
)
def test_days_are_to_come_and_few(somebody, scope):
    with pytest.raises(DelegationRefused):
        given(somebody("team_lead"), somebody("team_lead"), scope=scope)


def test_the_longest_is_ninety_two_days(somebody):
    assert given(somebody("team_lead"), somebody("team_lead"), scope=Scope(TODAY, TODAY + 91 * DAY))


def test_it_is_ended_once_by_who_has_to_do_with_it(somebody):
    giver, taker = somebody("team_lead"), somebody("team_lead")
    made = given(giver, taker)
    ending = {"delegation": made, "reason": "Back early", "at": OPENED}

    with pytest.raises(MayNotDelegate):
        revoke(by=somebody("team_lead"), seen_version=1, **ending)
    with pytest.raises(ReasonMissing):
        revoke(by=giver, seen_version=1, **ending | {"reason": ""})
    assert revoke(by=taker, seen_version=1, **ending).revoked_at == OPENED
    with pytest.raises(DelegationRefused):
        revoke(by=giver, seen_version=2, **ending)
