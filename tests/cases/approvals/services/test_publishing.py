"""Versions of policies are made and never edited, whatever asks for it."""

import pytest
from django.db import DatabaseError, transaction

from cases.approvals.models import Policy, PolicyVersion
from cases.approvals.services.publishing import replace_policies
from tests.factories.approvals import policy_content
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def replaced(**wanted):
    return replace_policies(wanted=wanted, by=PersonFactory(), reason="For a test")


def test_a_new_policy_begins_with_version_1_and_the_others_are_chosen_no_more():
    before = Policy.objects.filter(is_active=True).count()

    assert replaced(mine=policy_content()) == before + 1

    [held] = Policy.objects.filter(is_active=True)
    assert (held.key, str(held.current)) == ("mine", "mine@1")
    assert held.history.get().history_change_reason == "For a test"


def test_the_same_again_makes_no_version():
    replaced(mine=policy_content())

    assert replaced(mine=policy_content()) == 0
    assert replaced(mine=policy_content(label="Other")) == 1
    assert PolicyVersion.objects.filter(policy="mine").count() == 2


def test_a_version_cannot_be_edited():
    replaced(mine=policy_content())

    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(policy="mine").update(number=7)
