import pytest

from billing_portal.audit.models import AuditEvent
from cases.collaboration.models import Watch
from cases.collaboration.services import unwatch, watch
from cases.work.visibility import CaseNotFound
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory, granted

pytestmark = pytest.mark.django_db


def test_who_sees_a_case_watches_it_once_and_stops():
    case = CaseFactory()
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)

    assert [watch(case=case, by=reader) for _ in range(2)] == [True, False]
    assert Watch.objects.get().user == reader
    assert [unwatch(case=case, by=reader) for _ in range(2)] == [True, False]

    assert not Watch.objects.exists()
    verbs = AuditEvent.objects.filter(chain=f"case:{case.pk}").values_list("verb", flat=True)
    assert sorted(verbs) == ["case.unwatched", "case.watched"]


def test_nobody_watches_what_they_do_not_see():
    with pytest.raises(CaseNotFound):
        watch(case=CaseFactory(), by=PersonFactory())

    assert not Watch.objects.exists()
