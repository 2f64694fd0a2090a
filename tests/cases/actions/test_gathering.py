"""What is done to all cases of a project at once: on each case's own record, and only there."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.actions import gathering
from cases.evidence.models import Attachment
from cases.projects.models import Project
from cases.projects.patterns import Pattern
from cases.projects.services import NothingGathered
from cases.work.models import Note
from tests.factories.projects import ProjectCaseFactory
from tests.house import House

pytestmark = pytest.mark.django_db
PATTERN = Pattern(code="CO-197")


@pytest.fixture
def house(db) -> House:
    return House.built()


@pytest.fixture
def worker(house):
    return house.person("denial_specialist")


def begin(worker):
    return gathering.start(name="Alike", pattern=PATTERN, owner=worker, by=worker)


def test_a_project_begins_with_what_is_alike(house, worker):
    cases = [house.case() for _ in range(3)]
    house.case(code="CO-16")
    house.canaries()

    project = begin(worker)

    assert {member.case for member in project.members.all()} == set(cases)


def test_a_project_of_nothing_is_not_begun(house, worker):
    house.canaries()

    with pytest.raises(NothingGathered):
        begin(worker)

    assert not Project.objects.exists()


def test_what_came_since_is_gathered(house, worker):
    house.case()
    project = begin(worker)
    house.case()

    assert gathering.gather(project=project, by=worker) == 1
    with pytest.raises(NothingGathered):
        gathering.gather(project=project, by=worker)


def test_the_next_case_of_a_project_is_the_one_due_first_and_no_other(house, worker):
    now = timezone.now()
    later, sooner = house.case(resolve_due_at=now), house.case()
    project = begin(worker)
    house.case()

    taken = [gathering.claim_next(project=project, by=worker, at=now) for _ in range(3)]

    assert taken == [sooner, later, None]
    assert taken[0].owner == worker


def test_one_note_stands_on_every_open_case_with_its_own_record(house, worker):
    cases = [house.case() for _ in range(3)]
    project = begin(worker)
    for case in house.canaries():
        ProjectCaseFactory(project=project, case=case)

    assert gathering.note_all(project=project, by=worker, text=" One cause. ") == 3

    assert {note.case for note in Note.objects.filter(text="One cause.")} == set(cases)
    chains = set(AuditEvent.objects.filter(verb="case.noted").values_list("chain", flat=True))
    assert chains == {f"case:{case.pk}" for case in cases}


def test_a_note_costs_the_same_queries_for_any_number_of_cases(
    house, worker, django_assert_num_queries
):
    house.case()
    project = begin(worker)
    # savepoint, cases, notes in a savepoint, audit, release
    with django_assert_num_queries(5):
        gathering.note_all(project=project, by=worker, text="One")
    for _ in range(10):
        house.case()
    gathering.gather(project=project, by=worker)

    with django_assert_num_queries(5):
        gathering.note_all(project=project, by=worker, text="Eleven")


def test_one_file_is_kept_once_and_given_to_all_and_later_to_the_rest(house, worker):
    house.case()
    house.case()
    project = begin(worker)

    kept = gathering.attach_all(
        project=project, by=worker, file=ContentFile(b"%PDF-1.7 proof", name="proof.pdf")
    )

    assert len(kept) == 2
    assert len({each.path for each in kept}) == 1
    house.case()
    gathering.gather(project=project, by=worker)
    (given,) = gathering.share(project=project, attachment=kept[0], by=worker)
    assert given.path == kept[0].path
    assert Attachment.objects.count() == 3
    assert AuditEvent.objects.filter(verb="case.attached").count() == 3
    with pytest.raises(NothingGathered):
        gathering.share(project=project, attachment=kept[0], by=worker)
