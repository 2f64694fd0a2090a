"""Who of the demo's people works what."""

import pytest

from billing_portal.management.demo.organisation import FACILITIES
from billing_portal.management.demo.people import PEOPLE, REVENUE
from billing_portal.management.demo.staff import DO, LEADS, may_work, workers_of
from billing_portal.management.demo.work import Doing
from cases.work.models import Case, Queue
from integrations.canonical.models import Facility

BY_NAME = {person.username: person for person in PEOPLE}


def case_in(queue: str, facility: str) -> Case:
    return Case(queue=Queue(key=queue), facility=Facility(key=facility))


@pytest.mark.parametrize("facility", [site.key for site in FACILITIES])
@pytest.mark.parametrize("queue", REVENUE)
def test_every_queue_of_the_revenue_cycle_has_workers_everywhere(queue, facility):
    assert workers_of(case_in(queue, facility))


def test_specialists_go_before_leads():
    assert not {person.role for person in workers_of(case_in("coding", "dunmore"))} & LEADS


def test_what_nobody_else_works_its_leads_do():
    assert {person.role for person in workers_of(case_in("patient-balance", "unassigned"))} == {
        "patient_rep"
    }
    assert {p.role for p in workers_of(case_in("denials-technical", "unassigned"))} <= LEADS


def test_a_team_is_not_enough_without_the_site():
    assert may_work(BY_NAME["anil"], case_in("coding", "bracken-ridge"))
    assert not may_work(BY_NAME["anil"], case_in("coding", "dunmore"))


def test_readers_work_nothing():
    assert not may_work(BY_NAME["thomas"], case_in("coding", "bracken-ridge"))


def test_everything_that_is_planned_can_be_done():
    assert set(DO) == set(Doing)
