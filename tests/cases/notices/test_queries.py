import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.notices.queries import open_for
from cases.notices.services import clear
from tests.factories.cases import OPENED, NoticeFactory
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db


def test_people_are_told_what_concerns_their_queues_until_it_is_seen_to():
    notice, _foreign = NoticeFactory(), NoticeFactory()
    worker = granted(queues=[notice.queue])

    assert list(open_for(worker)) == [notice]
    assert not open_for(PersonFactory()).exists()

    clear(notice=notice, by=worker, at=OPENED)

    assert not open_for(worker).exists()


@pytest.mark.parametrize("notices", [1, 25])
def test_telling_costs_the_same_queries_for_any_number(notices):
    first = NoticeFactory()
    for _ in range(notices - 1):
        NoticeFactory(queue=first.queue)
    worker = granted(queues=[first.queue])

    with CaptureQueriesContext(connection) as queries:
        assert len([notice.queue.name for notice in open_for(worker)]) == notices

    # what may be seen, and the notices
    assert len(queries) == 2
