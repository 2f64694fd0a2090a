"""Projects and what hangs on them."""

from datetime import date

import factory

from cases.projects.models import Prevention, Project, ProjectCase
from tests.factories.base import Made
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory


class ProjectFactory(Made):
    """Denials for want of an authorization, whoever denies them."""

    class Meta:
        model = Project

    name = factory.Sequence(lambda n: f"Test project {n}")
    code = "CO-197"
    owner = factory.SubFactory(PersonFactory)


class ProjectCaseFactory(Made):
    """A case that a project holds."""

    class Meta:
        model = ProjectCase

    project = factory.SubFactory(ProjectFactory)
    case = factory.SubFactory(CaseFactory)
    added_by = factory.SubFactory(PersonFactory)


class PreventionFactory(Made):
    """Authorizations are asked for at booking."""

    class Meta:
        model = Prevention

    project = factory.SubFactory(ProjectFactory)
    change = "Ask for the authorization when the visit is booked."
    owner = factory.SubFactory(PersonFactory)
    effective_on = date(2026, 3, 1)
