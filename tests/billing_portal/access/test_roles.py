"""Roles in words."""

import pytest
from django.contrib.auth.models import Permission

from billing_portal.access.roles import BY_KEY, DOWNLOAD, EXPORT, REVEAL, ROLES, SEE_AUDIT, SEND

HOUSE_RULES = (
    "billing_specialist denial_specialist appeals_nurse coder auth_specialist"
    " registration_specialist cob_specialist payment_poster credit_balance_analyst"
    " contract_analyst charity_counselor patient_rep ap_clerk ap_supervisor buyer team_lead"
    " queue_supervisor rc_manager rc_director controller treasury cfo compliance_officer"
    " integration_engineer rules_steward release_approver user_admin auditor external_partner"
)


def test_every_role_of_the_house_is_there_once():
    assert [role.key for role in ROLES] == list(BY_KEY)
    assert sorted(BY_KEY) == sorted(HOUSE_RULES.split())


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
def test_a_role_says_what_it_is_for(role):
    assert role.label
    assert role.description.endswith(".")


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
def test_a_role_names_permissions_that_exist(role, db):
    known = {
        f"{app_label}.{codename}"
        for app_label, codename in Permission.objects.values_list(
            "content_type__app_label", "codename"
        )
    }

    assert role.permissions <= known


@pytest.mark.parametrize(
    "role", ["integration_engineer", "auditor", "external_partner", "user_admin"]
)
def test_never_sees_a_patients_name(role):
    assert not {REVEAL, EXPORT, DOWNLOAD} & BY_KEY[role].permissions


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.key)
def test_no_role_works_a_queue_that_no_grant_names(role):
    """Which queues and facilities, grants say."""
    assert not {
        permission
        for permission in role.permissions
        if permission in {"cases.work_queue", "cases.lead_queue", "cases.change_case"}
    }


def test_the_auditor_changes_nothing():
    verbs = {
        permission.partition(".")[2].partition("_")[0]
        for permission in BY_KEY["auditor"].permissions
    }

    assert verbs == {"view"}


def test_who_reads_the_record_and_who_sends_messages():
    assert {role.key for role in ROLES if SEE_AUDIT in role.permissions} == {
        "auditor",
        "compliance_officer",
        "controller",
    }
    assert {role.key for role in ROLES if SEND in role.permissions} == {
        "billing_specialist",
        "integration_engineer",
        "payment_poster",
    }
