import pytest

from cases.actions import attending
from cases.collaboration.models import Draft, Presence

pytestmark = pytest.mark.django_db


def test_being_at_a_case_and_typing_leave_no_trace_on_it(case, worker):
    attending.attend(case=case, by=worker, is_writing=True)
    attending.keep(case=case, by=worker, form="comment", fields={"text": "Called"})

    assert Presence.objects.get().is_writing
    assert Draft.objects.get().fields == {"text": "Called"}
    assert case.history.count() == 1

    attending.drop(case=case, by=worker, form="comment")

    assert not Draft.objects.exists()
    assert attending.forget() == 0
