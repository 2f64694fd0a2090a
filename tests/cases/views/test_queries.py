import pytest
from django.urls import reverse

from cases.views.queries import kept, rows
from tests.factories.people import PersonFactory
from tests.factories.views import SavedViewFactory

pytestmark = pytest.mark.django_db


def test_the_views_of_a_list_are_read_as_choices_are():
    person = PersonFactory()
    view = SavedViewFactory(owner=person, columns=["due"])
    SavedViewFactory(owner=person, path=reverse("cases:mine"))
    SavedViewFactory()

    ((kind, value, label),) = rows(person, "/queues/all/")
    found = kept(person, value, label)

    assert (kind, found.name, found.public_id) == ("view", view.name, str(view.public_id))
    assert (found.query, found.columns, found.is_own) == (view.query, ["due"], True)
    assert not found.is_default
