"""What the demo's people share: there to be seen, made once, and told where it is new."""

import pytest

from billing_portal.management.demo.teamwork import NAMED, SHARED, WATCHER, share
from cases.collaboration.models import CaseLabel, CaseLink, Macro, Watch
from cases.notices.models import Notification
from cases.notices.vocabulary import MessageKind
from cases.work.models import ChecklistItem, Note
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = pytest.mark.django_db


def test_people_share_a_few_cases_once_and_who_was_named_is_told(played):
    named = Note.objects.filter(text__startswith=f"@{NAMED} ").values("case")
    shared = CaseLabel.objects.filter(case__in=named).count()
    mentions = Notification.objects.filter(
        user__username=NAMED, kind=MessageKind.MENTION, done_at=None
    )

    assert 0 < shared == named.count() <= SHARED
    assert mentions.count() == Watch.objects.filter(user__username=WATCHER).count() == shared
    assert CaseLink.objects.count() == min(shared - 1, 1)
    assert Macro.objects.count() == 2
    assert ChecklistItem.objects.exists()
    assert share(at=NOW) == 0
