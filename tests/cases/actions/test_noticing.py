import pytest

from cases.actions.noticing import clear
from cases.notices.models import Notice
from cases.work.visibility import MayNotWork
from tests.factories.cases import OPENED, NoticeFactory
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db


def test_who_works_the_queue_sees_to_its_notices_and_nobody_else():
    notice = NoticeFactory()

    with pytest.raises(MayNotWork):
        clear(notice=notice, by=PersonFactory(), at=OPENED)
    clear(notice=notice, by=granted(queues=[notice.queue]), at=OPENED)

    assert Notice.objects.get().cleared_at == OPENED
