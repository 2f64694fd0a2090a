import pytest

from billing_portal.access.actor import system_actor
from cases.work.lifecycle import SYSTEM_VERBS, Verb
from cases.work.models import Case
from cases.work.visibility import (
    CaseNotFound,
    Lead,
    MayNotWork,
    leads_of,
    may_see,
    may_work,
    require_verb,
    require_work,
    scope_of,
    sites_of,
)
from tests.factories.cases import CaseFactory, QueueFactory
from tests.factories.integrations import FacilityFactory
from tests.factories.people import PersonFactory, granted


def test_a_case_is_seen_by_who_was_granted_its_queue_and_its_facility(case):
    both = granted(queues=[case.queue], facilities=[case.facility])
    queue_only = granted(queues=[case.queue], facilities=[FacilityFactory()])
    facility_only = granted(queues=[QueueFactory()], facilities=[case.facility])
    superuser = PersonFactory(is_superuser=True, is_staff=True)

    sight = [may_see(each, case) for each in (both, queue_only, facility_only, superuser)]
    assert sight == [True, False, False, False]
    for person, is_seen in zip((both, queue_only, facility_only, superuser), sight, strict=True):
        assert Case.objects.visible_to(person).filter(pk=case.pk).exists() is is_seen


def test_the_inactive_see_nothing(case):
    person = granted(queues=[case.queue], facilities=[case.facility])
    person.is_active = False

    assert not Case.objects.visible_to(person).exists()
    assert scope_of(person).queues == frozenset()


def test_seeing_is_not_working(case):
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)

    assert may_see(reader, case)
    assert not may_work(reader, queue_id=case.queue_id)
    with pytest.raises(MayNotWork):
        require_work(reader, case)


def test_what_is_not_seen_is_not_found_rather_than_forbidden(case):
    elsewhere = CaseFactory()
    person = granted(queues=[case.queue], facilities=[case.facility])

    with pytest.raises(CaseNotFound):
        require_work(person, elsewhere)


@pytest.mark.parametrize("verb", sorted(SYSTEM_VERBS))
def test_what_systems_do_is_not_done_by_hand(verb, case, worker):
    with pytest.raises(MayNotWork):
        require_verb(worker, case, verb)


@pytest.mark.parametrize("verb", list(Verb))
def test_systems_do_their_own_verbs_and_no_others(verb, case):
    for name, own in {
        "detection": {Verb.UPDATE, Verb.CLOSE, Verb.REOPEN, Verb.ROUTE},
        "tickler": {Verb.RETURN},
        "ingest": set(),
    }.items():
        if verb in own:
            require_verb(system_actor(name), case, verb)
        else:
            with pytest.raises(MayNotWork):
                require_verb(system_actor(name), case, verb)


def test_leads_are_told_with_the_facilities_they_see(db):
    queue, facility = QueueFactory(), FacilityFactory()
    lead = granted(queues=[queue], facilities=[facility], leads=True)
    granted(queues=[queue], facilities=[facility])
    blind = granted(queues=[queue], leads=True)

    assert leads_of(queue_ids=[queue.pk]) == {
        queue.pk: [Lead(lead.pk, frozenset({facility.pk})), Lead(blind.pk, frozenset())]
    }


def test_sites_are_those_that_ones_groups_see(db, django_assert_num_queries):
    one, other = FacilityFactory(), FacilityFactory()
    both, none = granted(facilities=[one, other]), PersonFactory()

    with django_assert_num_queries(1):
        found = sites_of([both.pk, none.pk])

    assert found == {both.pk: frozenset({one.pk, other.pk}), none.pk: frozenset()}
