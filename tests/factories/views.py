"""Saved views: valid without arguments."""

import factory

from cases.views.models import SavedView
from tests.factories.base import Made
from tests.factories.people import PersonFactory


class SavedViewFactory(Made):
    """Somebody keeps the largest of all."""

    class Meta:
        model = SavedView

    name = factory.Sequence(lambda n: f"View {n}")
    path = "/queues/all/"
    query = "view=open&sort=amount"
    owner = factory.SubFactory(PersonFactory)
