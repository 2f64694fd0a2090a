import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.collaboration import queries
from cases.collaboration.vocabulary import LinkKind
from tests.factories.cases import CaseFactory, QueueFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.sharing import (
    CaseLabelFactory,
    CaseLinkFactory,
    LabelFactory,
    MacroFactory,
    WatchFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory(queue=QueueFactory(team="Denials"))


@pytest.fixture
def reader(case):
    return granted(queues=[case.queue], facilities=[case.facility])


def test_who_watches_and_still_sees_a_case_is_its_watcher(case, reader):
    WatchFactory(case=case, user=reader)
    WatchFactory(case=case)  # lost the grant since

    assert queries.watchers_of([case])[case.pk] == [reader]
    assert queries.is_watching(reader, case)
    assert list(queries.watching(reader)) == [case]


def test_watchers_cost_the_same_queries_for_any_number_of_cases(case, reader):
    cases = [case, *(CaseFactory(queue=case.queue, facility=case.facility) for _ in range(4))]
    for each in cases:
        WatchFactory(case=each, user=reader)

    with CaptureQueriesContext(connection) as spent:
        assert len(queries.watchers_of(cases)) == 5

    # the watches; what their one watcher may see
    assert len(spent) == 2


def test_the_people_who_see_a_case_need_its_queue_and_its_facility(case, reader):
    granted(queues=[case.queue])
    granted(facilities=[case.facility])
    PersonFactory()

    assert list(queries.people_who_see(case)) == [reader]


def test_a_link_is_shown_from_both_ends_and_only_to_what_is_seen(case, reader):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    CaseLinkFactory(case=case, other=other)
    CaseLinkFactory(case=case)  # to a case elsewhere
    CaseLinkFactory(case=other, other=case, kind=LinkKind.MERGED)

    def shown(one):
        return [(each.words, each.other, each.can_go) for each in queries.links_of(reader, one)]

    assert shown(case) == [("Holds the merged", other, False), ("Blocks", other, True)]
    assert shown(other) == [("Merged into", case, False), ("Blocked by", case, True)]


def test_a_case_is_offered_the_labels_and_macros_of_its_team_and_of_everybody(case):
    ours, everybodys = LabelFactory(team="Denials", name="A"), LabelFactory(name="B")
    macro, common = MacroFactory(team="Denials", position=1), MacroFactory()
    for factory in (LabelFactory, MacroFactory):
        factory(team="Coding")
        factory(is_active=False)

    assert list(queries.labels_for(case)) == [ours, everybodys]
    assert list(queries.macros_for(case)) == [macro, common]


def test_a_pages_labels_are_read_at_once(case, django_assert_num_queries):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    label, unused = LabelFactory(name="A"), LabelFactory(name="B")
    CaseLabelFactory(case=case, label=label)
    CaseLabelFactory(label=label)

    with django_assert_num_queries(1):
        found = queries.labels_of([case, other])

    assert list(found.labels) == [label, unused]
    assert found.by_case == {case.pk: [label]}
    assert queries.labels_on(case) == [label]
