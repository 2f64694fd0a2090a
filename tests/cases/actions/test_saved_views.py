import pytest
from django.urls import reverse

from cases.actions import saved_views
from cases.views.models import SavedView
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db


def test_a_view_is_kept_changed_and_forgotten():
    person = PersonFactory()

    view = saved_views.save(by=person, name="Large", path=reverse("cases:mine"), query="view=large")
    view = saved_views.change(view=view, by=person, position=3)
    assert (view.name, view.position) == ("Large", 3)

    saved_views.remove(view=view, by=person)
    assert not SavedView.objects.exists()
