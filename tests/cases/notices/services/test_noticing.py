import pytest

from billing_portal.audit.models import AuditEvent
from cases.notices.models import Notice, NoticeKind
from cases.notices.services import Draft, clear, raise_many
from cases.work.visibility import MayNotWork
from tests.factories.cases import OPENED, NoticeFactory, QueueFactory
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db


def draft(queue, key="carc:999"):
    return Draft(NoticeKind.UNKNOWN_CODE, key, "Adjustment code 999 is unknown.", queue.pk)


def test_the_same_thing_is_told_once():
    queue = QueueFactory()

    assert raise_many(drafts=[draft(queue), draft(queue)]) == 1
    assert raise_many(drafts=[draft(queue)]) == 0
    assert Notice.objects.count() == 1


def test_what_was_cleared_is_not_told_again():
    queue = QueueFactory()
    raise_many(drafts=[draft(queue)])
    worker = granted(queues=[queue])

    cleared = clear(notice=Notice.objects.get(), by=worker, at=OPENED)
    again = clear(notice=cleared, by=worker, at=OPENED)

    assert (again.cleared_at, again.cleared_by) == (OPENED, worker)
    assert raise_many(drafts=[draft(queue)]) == 0
    assert AuditEvent.objects.filter(verb="notice.cleared").count() == 1


def test_only_who_works_the_queue_clears():
    notice = NoticeFactory()

    with pytest.raises(MayNotWork):
        clear(notice=notice, by=PersonFactory(), at=OPENED)

    assert Notice.objects.get().cleared_at is None
