"""What SQL alone refuses, with nothing of the service in between, to whoever connects."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing_portal.access.actor import system_actor
from billing_portal.access.services import join
from billing_portal.kernel.models.history import save_because
from cases.actions import approving
from cases.approvals import eligibility
from cases.approvals.models import ApprovalAct, ApprovalRequest
from cases.approvals.sealing import digest
from cases.approvals.services import deciding
from cases.approvals.vocabulary import Act, RequestState
from tests.factories.approvals import (
    ApprovalActFactory,
    ApprovalRequestFactory,
    DelegationFactory,
    PolicyVersionFactory,
    ask_for,
    policy_content,
    step_content,
)
from tests.factories.approvers import HOUR, asked, decided, decided_by_sql
from tests.factories.base import REASON
from tests.factories.cases import OPENED
from tests.factories.people import PersonFactory


def refused(constraint):
    """The database refuses, and says which rule."""
    return pytest.raises(IntegrityError, match=constraint)


def lead(somebody, **fields):
    return somebody("team_lead", **fields)


def test_a_lead_who_had_nothing_to_do_with_it_may(case, somebody, requester):
    decided_by_sql(asked(case, requester), lead(somebody))


def requesting_lead(somebody):
    person = lead(somebody)
    return person, person


def superuser_who_asked(somebody):
    person = lead(somebody, is_superuser=True, is_staff=True)
    return person, person


def delegate_of_who_asked(somebody):
    asker, taker = lead(somebody), lead(somebody)
    DelegationFactory(giver=asker, taker=taker)
    return asker, taker


def second_account_of_who_asked(somebody):
    return lead(somebody, staff_number="E-7"), lead(somebody, staff_number=" e-7")


def delegate_of_a_second_account(somebody):
    asker, taker = lead(somebody, staff_number="E-7"), lead(somebody)
    DelegationFactory(giver=lead(somebody, staff_number="E-7"), taker=taker)
    return asker, taker


@pytest.mark.parametrize(
    "world",
    [
        requesting_lead,
        superuser_who_asked,
        delegate_of_who_asked,
        second_account_of_who_asked,
        delegate_of_a_second_account,
    ],
)
@pytest.mark.parametrize("act", [Act.APPROVE, Act.REJECT, Act.RETURN])
def test_who_asked_never_decides_in_whatever_guise(somebody, case, world, act):
    asker, decider = world(somebody)
    approval = asked(case, asker)

    with refused("made it or has decided"):
        decided_by_sql(approval, decider, act=act)

    assert not approval.acts.exclude(act=Act.REQUEST).exists()


def test_a_superuser_without_a_seat_decides_nothing(somebody, case, requester):
    approval = asked(case, requester)
    anybody = PersonFactory(is_superuser=True, is_staff=True)

    with refused("no seat"):
        decided_by_sql(approval, anybody)


@pytest.mark.parametrize(
    "act",
    [Act.PREPARE, Act.EDIT, Act.POST_PAYMENT, Act.ENTER_INVOICE, Act.RECEIVE_GOODS],
)
def test_who_made_it_never_decides(somebody, case, requester, act):
    maker = lead(somebody)
    approval = asked(case, requester, makers={act: [maker.pk]})

    with refused("made it or has decided"):
        decided_by_sql(approval, maker)


def test_who_made_an_earlier_cycle_never_decides_a_later_one(somebody, case, requester):
    maker, other = lead(somebody), lead(somebody)
    approval = decided(asked(case, requester, makers={Act.EDIT: [maker.pk]}), other, Act.RETURN)
    again = approving.answer(
        approval=approval,
        ask=ask_for("480.00"),
        by=requester,
        reason="Here is the letter",
        at=OPENED + HOUR,
        seen_version=approval.version,
    )

    with refused("made it or has decided"):
        decided_by_sql(again, maker)
    decided_by_sql(again, other)


def test_a_human_decides_once_even_as_another_account(somebody, case, requester):
    version = PolicyVersionFactory(
        content=policy_content(step_content("team_lead", mode="n_of", n=2))
    )
    approval = ApprovalRequestFactory(case=case, policy_version=version, requested_by=requester)
    one, other = lead(somebody, staff_number="E-7"), lead(somebody, staff_number="E-7")
    decided_by_sql(approval, one)

    for again in (one, other):
        with refused("made it or has decided"):
            decided_by_sql(approval, again)


def test_neither_who_delegated_nor_who_decided_for_them_counts_twice(somebody, case, requester):
    version = PolicyVersionFactory(
        content=policy_content(step_content("team_lead", mode="n_of", n=3))
    )
    approval = ApprovalRequestFactory(case=case, policy_version=version, requested_by=requester)
    giver, taker = lead(somebody), lead(somebody)
    DelegationFactory(giver=giver, taker=taker)
    decided_by_sql(approval, taker, speaker=giver)

    for person, speaker in ((giver, None), (taker, None), (taker, giver)):
        with refused("made it or has decided"):
            decided_by_sql(approval, person, speaker=speaker)


@pytest.mark.parametrize(
    "terms",
    [
        {"revoked_at": OPENED},
        {"starts_on": "2026-03-03"},
        {"starts_on": "2026-02-01", "ends_on": "2026-03-01"},
        {"matters": ["patient_refund"]},
        {"max_amount": "479.99"},
    ],
)
def test_nobody_decides_for_somebody_who_did_not_delegate_this(somebody, case, requester, terms):
    giver, taker = lead(somebody), somebody("denial_specialist")
    approval = asked(case, requester)
    with refused("nobody delegated"):
        decided_by_sql(approval, taker, speaker=giver)
    DelegationFactory(giver=giver, taker=taker, **terms)

    with refused("nobody delegated"):
        decided_by_sql(approval, taker, speaker=giver)


def test_a_delegation_hands_nothing_on(somebody, case, requester):
    giver, taker, third = lead(somebody), somebody("coder"), somebody("coder")
    DelegationFactory(giver=giver, taker=taker)
    DelegationFactory(giver=taker, taker=third)
    approval = asked(case, requester)

    with refused("nobody delegated"):
        decided_by_sql(approval, third, speaker=giver)
    with refused("no seat"):
        decided_by_sql(approval, third, speaker=taker)
    decided_by_sql(approval, taker, speaker=giver)


def test_who_is_no_longer_here_decides_nothing_nor_lets_decide(somebody, case, requester):
    giver, taker = lead(somebody, is_active=False), lead(somebody)
    DelegationFactory(giver=giver, taker=taker)
    approval = asked(case, requester)

    for person, speaker in ((giver, None), (taker, giver)):
        with refused("no seat"):
            decided_by_sql(approval, person, speaker=speaker)


def test_no_service_account_decides(somebody, case, requester):
    approval = asked(case, requester)
    machine = lead(somebody, kind="service")

    with refused("no seat"):
        decided_by_sql(approval, machine)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"digest": digest("something else")}, "not what is asked for now"),
        ({"cycle": 2}, "not what is asked for now"),
        ({"step": 1}, "does not wait for this"),
    ],
)
def test_what_was_seen_otherwise_is_not_decided(somebody, case, requester, changed, constraint):
    with refused(constraint):
        decided_by_sql(asked(case, requester), lead(somebody), **changed)


def test_what_is_decided_waits_for_nothing(somebody, case, requester):
    approval = decided(asked(case, requester), lead(somebody), Act.REJECT)

    with refused("does not wait for this"):
        decided_by_sql(approval, lead(somebody))


def test_a_case_that_changed_by_a_cent_is_not_decided_on(somebody, case, requester):
    approval = asked(case, requester)

    with refused("the case changed"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE cases_case SET amount_at_risk = amount_at_risk + 0.01 WHERE id = %s",
                [case.pk],
            )
        decided_by_sql(approval, lead(somebody))


def test_nobody_is_named_a_maker_once_somebody_decided(somebody, case, requester):
    version = PolicyVersionFactory(
        content=policy_content(step_content("team_lead", mode="n_of", n=2))
    )
    approval = ApprovalRequestFactory(case=case, policy_version=version, requested_by=requester)
    decided_by_sql(approval, lead(somebody))

    with refused("decided already"):
        ApprovalActFactory(request=approval, act=Act.PREPARE)


def test_an_act_is_never_changed(case, requester):
    act = asked(case, requester).acts.get()

    with pytest.raises(DatabaseError, match=r"permission denied"), transaction.atomic():
        ApprovalAct.objects.filter(pk=act.pk).update(human="user:0")


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ("state = 'approved', decided_at = now(), tell_at = NULL, due_at = NULL", "0 of 1"),
        ("amount = amount - 0.01", "sealed"),
        ("tier_amount = tier_amount + 1", "sealed"),
        ("digest = repeat('0', 64)", "sealed"),
        ("cycle = 2", "sealed"),
        ("requested_by_id = requested_by_id + 1", "never changes"),
        ("matter = 'small_balance'", "never changes"),
        ("step = 2", "one by one"),
        ("seats = '{role:denial_specialist}'", "does not name them"),
    ],
)
def test_a_request_is_not_bent_decided_by_sql(case, requester, columns, constraint):
    approval = asked(case, requester)

    with refused(constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE cases_approvalrequest SET {columns} WHERE id = %s", [approval.pk])
        cursor.execute("SET CONSTRAINTS passed IMMEDIATE")


@pytest.mark.parametrize("state", ["pending", "returned", "approved"])
def test_what_ended_never_comes_back(somebody, case, requester, state):
    approval = decided(asked(case, requester), lead(somebody), Act.REJECT)
    columns = "state = %s, decided_at = CASE %s WHEN 'approved' THEN decided_at END"

    with refused("does not follow"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE cases_approvalrequest SET {columns} WHERE id = %s",
            [state, state, approval.pk],
        )


def test_a_request_is_never_deleted(case, requester):
    approval = ApprovalRequestFactory(case=case)

    with refused("DELETE of cases_approvalrequest is refused"), transaction.atomic():
        approval.delete()


def test_each_of_a_step_is_filled_by_a_human_of_its_own(somebody, case, requester):
    """Two directors are no director and controller."""
    version = PolicyVersionFactory(
        content=policy_content(step_content("rc_director", "controller", mode="all"))
    )
    approval = ApprovalRequestFactory(case=case, policy_version=version, requested_by=requester)
    for _ in range(2):
        decided_by_sql(approval, somebody("rc_director"))

    with refused("1 of 2"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_approvalrequest SET state = 'approved', decided_at = now() WHERE id = %s",
            [approval.pk],
        )
        cursor.execute("SET CONSTRAINTS passed IMMEDIATE")


@pytest.mark.parametrize("world", [requesting_lead, delegate_of_who_asked, superuser_who_asked])
def test_with_the_services_check_taken_out_the_database_still_refuses(
    somebody, case, monkeypatch, world
):
    asker, decider = world(somebody)
    approval = asked(case, asker)
    monkeypatch.setattr(deciding, "judge", lambda item, voices, speaker_id: voices[0])
    assert eligibility.judge is not deciding.judge

    with refused("made it or has decided"):
        decided(approval, decider)

    kept = ApprovalRequest.objects.get(pk=approval.pk)
    assert kept.state == RequestState.PENDING


def test_a_staff_number_set_later_counts_for_what_was_done_before(somebody, case):
    asker, other = lead(somebody), lead(somebody)
    approval = asked(case, asker)
    assert approval.acts.get().human == f"user:{asker.pk}"

    with transaction.atomic():
        for account in (asker, other):
            account.staff_number = "E-9"
            save_because(account, by=system_actor("tests"), reason=REASON)

    with refused("made it or has decided"):
        decided_by_sql(approval, other)


def test_a_role_taken_away_takes_the_seat_with_it(somebody, case, requester):
    person = somebody("coder")
    approval = asked(case, requester)
    with refused("no seat"):
        decided_by_sql(approval, person)

    join(
        user=person,
        group=Group.objects.get(name="team_lead"),
        by=system_actor("tests"),
        reason=REASON,
    )
    decided_by_sql(approval, person, at=OPENED + timedelta(hours=2))
