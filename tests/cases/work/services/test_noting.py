import pytest

from billing_portal.audit.models import AuditEvent
from cases.work.models import Case, Note, NoteKind, StepMark
from cases.work.references import Reference
from cases.work.services import (
    StepUnknown,
    TextMissing,
    mark_step,
    note,
)
from cases.work.visibility import CaseNotFound, MayNotWork
from tests.factories.people import PersonFactory, granted


@pytest.fixture
def reader(case):
    return granted(queues=[case.queue], facilities=[case.facility], works=False)


def test_who_sees_a_case_may_say_something_about_it(case, reader):
    written = note(
        case=case,
        by=reader,
        text=" Called. ",
        kind=NoteKind.CALL,
        reference=Reference(payer_reference="R-1"),
    )

    assert (written.text, written.author, written.payer_reference) == ("Called.", reader, "R-1")
    assert AuditEvent.objects.get(chain=f"case:{case.pk}").verb == "case.noted"
    assert Case.objects.get(pk=case.pk).version == 1


def test_what_was_said_is_not_on_the_audit_chain(case, reader):
    note(case=case, by=reader, text="Jane Doe owes nothing")

    assert "Doe" not in AuditEvent.objects.get(chain=f"case:{case.pk}").body


def test_a_note_says_something(case, reader):
    with pytest.raises(TextMissing):
        note(case=case, by=reader, text=" \n")

    assert not Note.objects.exists()


def test_a_stranger_says_nothing(case):
    with pytest.raises(CaseNotFound):
        note(case=case, by=PersonFactory(), text="Hello")

    assert not Note.objects.exists()


def test_steps_are_ticked_and_unticked_by_who_works_the_case(case, worker, reader):
    mark_step(case=case, by=worker, step="first_action", is_done=True)
    mark_step(case=case, by=worker, step="first_action", is_done=False)
    with pytest.raises(MayNotWork):
        mark_step(case=case, by=reader, step="first_action", is_done=True)

    marks = StepMark.objects.order_by("pk").values_list("step", "is_done", "cycle", "marked_by")
    assert list(marks) == [
        ("first_action", True, 1, worker.pk),
        ("first_action", False, 1, worker.pk),
    ]


def test_a_step_that_the_case_does_not_have_is_refused(case, worker):
    with pytest.raises(StepUnknown):
        mark_step(case=case, by=worker, step="no_such_step", is_done=True)

    assert not StepMark.objects.exists()
