"""What a project's page reads: only what its reader may see, and rates that add up."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from billing_portal.kernel.days import house_day
from cases.projects.models import Project
from cases.projects.queries import alike, cases_of, colleagues, outcome, standings
from cases.projects.statistics import Share, Verdict
from integrations.canonical.models import Remittance, RemittedClaim
from tests.factories.projects import PreventionFactory, ProjectCaseFactory, ProjectFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(house):
    return house.person("denial_specialist")


def decide(house, remittance, *, denied: bool, facility=None) -> None:
    """A claim decided by a remittance, and a case if it was denied."""
    claim = house.claim(facility)
    RemittedClaim.objects.create(
        remittance=remittance,
        claim=claim,
        digest=f"{claim.pk:064x}",
        ordinal=1,
        status_code="1",
        charge=Decimal(500),
        paid=Decimal(0) if denied else Decimal(400),
        position=1,
    )
    if denied:
        house.case(claim=claim, facility=claim.facility)


def month(house, day: date, *, denied: int, paid: int):
    remittance = Remittance.objects.create(
        source=house.source,
        payer_identifier="P1",
        payee_identifier="F1",
        trace_number=f"OF{day}",
        paid_on=day,
        amount=Decimal(1),
        payer=house.payer,
        facility=house.north,
    )
    for number in range(denied + paid):
        decide(house, remittance, denied=number < denied)


def test_an_outcome_compares_before_with_after(house, worker):
    today = house_day(timezone.now())
    project = ProjectFactory(payer=house.payer, owner=worker)
    PreventionFactory(project=project, effective_on=today - timedelta(days=30))
    month(house, today - timedelta(days=40), denied=15, paid=15)
    month(house, today - timedelta(days=10), denied=2, paid=28)

    found = outcome(project, worker, at=timezone.now())

    assert found.comparison is not None
    assert (found.comparison.before, found.comparison.after) == (Share(15, 30), Share(2, 30))
    assert found.comparison.verdict == Verdict.DROPPED
    assert sum((each.share for each in found.months), start=Share(0, 0)) == Share(17, 60)
    assert found.recurred is None


def test_foreign_claims_and_cases_change_no_number(house, worker):
    today = house_day(timezone.now())
    project = ProjectFactory(payer=house.payer, owner=worker)
    month(house, today - timedelta(days=40), denied=2, paid=2)
    before = outcome(project, worker, at=timezone.now())
    remittance = house.remittance(house.south)
    for denied in (True, False):
        decide(house, remittance, denied=denied, facility=house.south)

    assert outcome(project, worker, at=timezone.now()) == before


def test_what_comes_back_within_ninety_days_of_closure_is_recurrence(house, worker):
    closed = timezone.now() - timedelta(days=100)
    project = ProjectFactory(owner=worker, state="closed", closed_at=closed)
    for days in (-1, 1, 89, 91):
        house.case(opened_at=closed + timedelta(days=days))

    assert outcome(project, worker, at=timezone.now()).recurred == 2


def test_a_project_shows_the_cases_that_its_reader_may_see(house, worker):
    project = ProjectFactory(owner=worker)
    mine = house.case(amount_at_risk=Decimal(50))
    for case in [mine, *house.canaries()]:
        ProjectCaseFactory(project=project, case=case)
    loose = house.case()

    assert list(cases_of(project, worker)) == [mine]
    assert list(alike(project, worker)) == [loose]
    standing = standings([project], worker)[project.pk]
    assert (standing.cases, standing.open_cases, standing.open_amount) == (1, 1, Decimal(50))


def test_projects_of_foreign_cases_are_not_there(house, worker):
    ProjectCaseFactory(case=house.canaries()[0])
    seen = ProjectCaseFactory(case=house.case()).project

    assert list(Project.objects.visible_to(worker)) == [seen]


def test_colleagues_work_a_queue_that_one_sees(house, worker):
    coder, auditor = house.person("coder"), house.person("auditor")

    found = set(colleagues(worker))

    assert worker in found
    assert not {coder, auditor} & found
