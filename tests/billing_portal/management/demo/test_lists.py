"""The demo has lists that were kept, and many cases changed at once that can be taken back."""

import pytest

from billing_portal.accounts.models import User
from cases.actions import bulking
from cases.bulk.models import Batch, BatchStatus
from cases.collaboration.models import CaseLabel
from cases.views.models import SavedView, Sharing
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_views_of_every_sharing_are_kept_and_seen(played):
    lead, specialist = (User.objects.get(username=name) for name in ("priya", "daniel"))

    assert {each.sharing for each in SavedView.objects.visible_to(lead)} == {
        Sharing.TEAM,
        Sharing.ROLE,
    }
    assert [each.sharing for each in SavedView.objects.visible_to(specialist)] == [Sharing.PRIVATE]


def test_many_were_labelled_and_can_be_taken_back(played):
    batch = Batch.objects.get()
    before = CaseLabel.objects.count()

    assert (batch.status, batch.can_be_undone) == (BatchStatus.DONE, True)
    bulking.undo(batch=batch, by=batch.by, at=NOW)

    assert CaseLabel.objects.count() < before
