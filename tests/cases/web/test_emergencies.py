"""Emergency access on its pages: asked for, ended, listed, reviewed; and a case to be void."""

import pytest
from django.urls import reverse

from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalRequest
from cases.collaboration.models import Draft
from cases.types.emergency_access.models import EmergencyReview
from cases.types.emergency_access.queries import emergency_of
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from tests.cases.web.test_undo import offered
from tests.factories.approvers import approvers
from tests.factories.cases import QueueFactory
from tests.factories.emergencies import LONG_AGO, opened, refused
from tests.factories.integrations import FacilityFactory
from tests.pages import Reader, hidden_fields, text_of

pytestmark = pytest.mark.django_db
ADDRESS = reverse("cases:emergencies")


def asks(reader, **fields):
    """Sends the form of the page."""
    given = hidden_fields(reader.get(ADDRESS).content.decode())
    return reader.post(ADDRESS, {**given, "hours": 2, "reason": "The desk is ill", **fields})


def test_somebody_asks_and_sees_what_comes_of_it(house):
    reader = Reader.of(house.person("coder"))
    places = {"queue": QueueFactory().pk, "facility": FacilityFactory().pk}

    assert asks(reader, **places).status_code == 302
    again = asks(reader, **places)

    assert again.status_code == 409
    assert ApprovalRequest.objects.get().reference in text_of(reader.get(ADDRESS))


def test_what_is_missing_is_said(house):
    reader = Reader.of(house.person("coder"))

    assert asks(reader, hours=9).status_code == 422
    assert not Case.objects.exists()


def test_its_asker_ends_it_and_nobody_elses_is_there(house):
    person = house.person("coder")
    case = opened(person)
    address = reverse("cases:emergency_end", args=[emergency_of(case).request.public_id])

    assert Reader.of(house.person("coder")).post(address).status_code == 404
    assert Reader.of(person).post(address).status_code == 302
    assert not EmergencyGrant.objects.in_force().exists()


def test_what_was_opened_is_open_on_the_pages_too(house):
    person, shut = house.person("auth_specialist"), house.case()
    address = reverse("cases:case", args=[shut.public_id])
    assert Reader.of(person).get(address).status_code == 404

    opened(person, queue=shut.queue, facility=shut.facility)

    assert Reader.of(User.objects.get(pk=person.pk)).get(address).status_code == 200


def test_a_third_person_reads_all_that_was_done_and_says_what_they_think(house):
    case = opened(ago=LONG_AGO)
    reader = Reader.of(approvers(case)("rc_manager"))
    page = reverse("cases:case", args=[case.public_id])
    shown = text_of(reader.get(page))
    assert "Emergency access over" in shown
    assert case.details["queue"] in shown

    assert (
        reader.does("emergency_review", case, verdict="misused", reason="Read 40").status_code
        == 302
    )

    assert EmergencyReview.objects.get().verdict == "misused"
    assert "Read 40" in text_of(reader.get(page))


def test_a_review_leaves_nothing_to_undo_and_nothing_typed(house):
    case = opened(ago=LONG_AGO)
    reader = Reader.of(approvers(case)("rc_manager"))
    reader.does("claim", case)
    case.refresh_from_db()
    draft = reverse("cases:draft", args=[case.public_id, "emergency_review"])
    reader.post(draft, {"reason": "Read 40"})

    reader.does("emergency_review", case, verdict="justified", reason="Read 40")

    assert EmergencyReview.objects.exists()
    assert offered(reader.get(reverse("cases:mine"))) is None
    assert not Draft.objects.exists()


def test_one_that_was_opened_offers_its_review_and_no_plain_end(house):
    case, other = opened(ago=LONG_AGO), refused()
    reader = Reader.of(approvers(case)("rc_manager"))
    shown = {
        name: [
            reverse(f"cases:{name}", args=[each.public_id])
            in reader.get(reverse("cases:case", args=[each.public_id])).text
            for each in (case, other)
        ]
        for name in ("emergency_review", "resolve", "void")
    }

    assert shown["emergency_review"] == [True, False]
    assert shown["resolve"] == shown["void"] == [False, True]


def test_other_cases_are_no_emergencies(house, reader):
    address = reverse("cases:emergency_review", args=[house.case().public_id])

    assert reader.get(address).status_code == 404


def test_a_case_is_asked_to_be_void(house, reader):
    case = house.case()

    assert reader.does("void", case, reason="A test file").status_code == 302

    case.refresh_from_db()
    assert case.status == CaseStatus.PENDING_APPROVAL
    assert ApprovalRequest.objects.get().matter == "void_case"
