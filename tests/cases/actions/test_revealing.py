import pytest
from django.contrib.auth.models import Group

from billing_portal.access.actor import system_actor
from billing_portal.access.services import join, sync_roles
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.actions.revealing import Purpose, RevealRefused, record_view, reveal_patient
from cases.work.visibility import CaseNotFound
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory


@pytest.fixture
def specialist(worker):
    sync_roles()
    group = Group.objects.get(name="denial_specialist")
    join(user=worker, group=group, by=system_actor("tests"), reason="For a test")
    return User.objects.get(pk=worker.pk)


def events(case):
    return list(AuditEvent.objects.filter(chain=f"case:{case.pk}").values_list("verb", "reason"))


def test_a_name_is_shown_for_a_purpose_and_on_record(case, specialist):
    patient = reveal_patient(case=case, by=specialist, purpose=Purpose.CALL)

    assert patient == case.claim.patient
    assert events(case) == [("case.patient_revealed", "Call with the payer or patient")]
    assert patient.family_name not in AuditEvent.objects.get(chain=f"case:{case.pk}").body


def test_who_works_a_case_without_the_role_sees_it_masked(case, worker):
    with pytest.raises(RevealRefused):
        reveal_patient(case=case, by=worker, purpose=Purpose.CALL)

    assert events(case) == []


def test_a_stranger_learns_nothing_and_leaves_nothing(case):
    for look in (
        lambda: reveal_patient(case=case, by=PersonFactory(), purpose=Purpose.CALL),
        lambda: record_view(case=case, by=PersonFactory()),
    ):
        with pytest.raises(CaseNotFound):
            look()

    assert events(case) == []


def test_a_case_without_a_patient_reveals_none(specialist, case):
    bare = CaseFactory(queue=case.queue, facility=case.facility, claim=None, payer=None)

    with pytest.raises(RevealRefused):
        reveal_patient(case=bare, by=specialist, purpose=Purpose.OTHER)


def test_opening_a_case_is_on_record(case, worker):
    record_view(case=case, by=worker)

    assert events(case) == [("case.viewed", "Opened to work or read")]
