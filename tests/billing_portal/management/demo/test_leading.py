"""The demo's leads have something true to show: a project, samples, a desk that is too full."""

import pytest

from billing_portal.accounts.models import User
from cases.insights.productivity import output
from cases.projects.models import Project
from cases.projects.queries import outcome
from cases.quality.models import QaSample
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_project_is_being_measured(played):
    project = Project.objects.get()
    lead = User.objects.get(username="priya")

    assert project.state == "measuring"
    assert project.members.exists()
    found = outcome(project, lead, at=NOW)
    assert found.comparison is not None
    assert found.comparison.before.whole > 0


def test_samples_were_looked_at_by_a_second_person_and_some_still_wait(played):
    seen = QaSample.objects.exclude(reviewer=None)

    assert seen.exists()
    assert seen.filter(agrees=True).count() > seen.filter(agrees=False).count()
    assert QaSample.objects.filter(reviewer=None).exists()


def test_output_is_weighed_beside_agreement(played):
    rows = output(User.objects.get(username="priya"), at=NOW, zone=NOW.tzinfo)

    assert len(rows) > 3
    assert any(row.agreed.whole for row in rows)
