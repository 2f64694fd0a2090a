from datetime import timedelta

import pytest
from django.utils import timezone

from cases.collaboration.attendance import attended, draft_of, others_at
from cases.collaboration.models import Draft, Presence
from cases.collaboration.services import presence
from cases.collaboration.services.presence import DRAFT_KEPT, FORGOTTEN, LONGEST, DraftRefused
from cases.work.visibility import CaseNotFound
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.sharing import DraftFactory, PresenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return CaseFactory()


@pytest.fixture
def reader(case):
    return granted(queues=[case.queue], facilities=[case.facility], works=False)


def test_others_see_who_is_at_a_case_and_writes(case, reader):
    other = granted(queues=[case.queue], facilities=[case.facility])
    presence.be_at(case=case, by=other)
    presence.be_at(case=case, by=other, is_writing=True)
    presence.be_at(case=case, by=reader)

    assert [(each.user, each.is_writing) for each in others_at(case, reader=reader)] == [
        (other, True)
    ]
    assert list(attended(reader)) == [str(case.public_id)]


def test_who_left_is_not_there_and_forgotten_later(case, reader):
    now = timezone.now()
    PresenceFactory(case=case, seen_at=now - timedelta(minutes=1))
    PresenceFactory(case=case, seen_at=now - FORGOTTEN - timedelta(minutes=1))
    DraftFactory(saved_at=now - DRAFT_KEPT - timedelta(days=1))
    DraftFactory()

    assert others_at(case, reader=reader) == []
    assert presence.forget() == 2
    assert (Presence.objects.count(), Draft.objects.count()) == (1, 1)


def test_nobody_is_at_a_case_that_they_do_not_see(case):
    stranger = PersonFactory()

    with pytest.raises(CaseNotFound):
        presence.be_at(case=case, by=stranger)
    with pytest.raises(CaseNotFound):
        presence.keep_draft(case=case, by=stranger, form="comment", fields={"text": "x"})

    assert not Presence.objects.exists()
    assert not Draft.objects.exists()


def test_what_is_typed_last_is_kept_until_it_is_sent(case, reader):
    given = {"case": case, "by": reader, "form": "comment"}
    presence.keep_draft(**given, fields={"text": "Cal"})
    presence.keep_draft(**given, fields={"text": "Called", "phone": " "})

    held = draft_of(reader, case, "comment")
    assert held is not None
    assert held.fields == {"text": "Called"}
    assert draft_of(reader, case, "resolve") is None
    assert draft_of(PersonFactory(), case, "comment") is None

    presence.drop_draft(**given)

    assert not Draft.objects.exists()


def test_an_emptied_form_keeps_nothing_and_one_too_long_is_refused(case, reader):
    given = {"case": case, "by": reader, "form": "comment"}
    presence.keep_draft(**given, fields={"text": "Called"})

    with pytest.raises(DraftRefused):
        presence.keep_draft(**given, fields={"text": "x" * (LONGEST + 1)})
    assert Draft.objects.get().fields == {"text": "Called"}

    presence.keep_draft(**given, fields={"text": "  "})
    assert not Draft.objects.exists()
