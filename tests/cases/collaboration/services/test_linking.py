import pytest

from billing_portal.audit.models import AuditEvent
from cases.collaboration.models import CaseLink
from cases.collaboration.services import LinkRefused, link, unlink
from cases.collaboration.vocabulary import LinkKind
from cases.work.visibility import CaseNotFound, MayNotWork
from tests.factories.cases import CaseFactory
from tests.factories.people import granted
from tests.factories.sharing import CaseLinkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    case = CaseFactory()
    return case, CaseFactory(queue=case.queue, facility=case.facility)


@pytest.fixture
def worker(pair):
    return granted(queues=[pair[0].queue], facilities=[pair[0].facility])


def linked(case, other, by, kind=LinkKind.BLOCKS):
    return link(case=case, other=other, kind=kind, by=by, reason="Same surgery")


def test_a_link_is_on_record_in_both_cases_and_made_once(pair, worker):
    case, other = pair

    assert linked(case, other, worker) == linked(case, other, worker)

    assert CaseLink.objects.get().history.get().history_change_reason == "Same surgery"
    events = AuditEvent.objects.filter(verb="case.linked")
    assert {event.chain for event in events} == {f"case:{case.pk}", f"case:{other.pk}"}


def test_what_holds_both_ways_is_one_link_whoever_makes_it(pair, worker):
    case, other = pair

    one = linked(case, other, worker, LinkKind.RELATED)

    assert linked(other, case, worker, LinkKind.RELATED) == one
    assert linked(other, case, worker, LinkKind.BLOCKS) != one


def test_a_case_is_not_linked_to_itself(pair, worker):
    with pytest.raises(LinkRefused):
        linked(pair[0], pair[0], worker)


def test_a_case_is_not_linked_to_one_that_is_not_seen(pair, worker):
    with pytest.raises(CaseNotFound):
        linked(pair[0], CaseFactory(), worker)

    assert not CaseLink.objects.exists()


def test_who_only_reads_links_nothing(pair):
    reader = granted(queues=[pair[0].queue], facilities=[pair[0].facility], works=False)

    with pytest.raises(MayNotWork):
        linked(*pair, reader)


def test_a_link_goes_with_a_reason_and_its_history_stays(pair, worker):
    case, other = pair
    made = linked(case, other, worker)

    unlink(link=made, case=other, by=worker, reason="Another surgery")

    assert not CaseLink.objects.exists()
    reasons = CaseLink.history.order_by("pk").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["Same surgery", "Another surgery"]
    assert AuditEvent.objects.filter(verb="case.unlinked").count() == 2


def test_what_came_of_merging_is_not_taken_away_by_hand(pair, worker):
    made = CaseLinkFactory(case=pair[0], other=pair[1], kind=LinkKind.MERGED)

    with pytest.raises(LinkRefused):
        unlink(link=made, case=pair[0], by=worker, reason="No")

    assert CaseLink.objects.exists()
