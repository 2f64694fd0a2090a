import pytest

from cases.work.models import Case
from cases.work.services import StepUnknown, mark_step
from cases.work.steps import done_steps, step_columns, steps_of
from tests.factories.cases import StepMarkFactory
from tests.factories.people import granted
from tests.factories.sharing import ChecklistItemFactory

pytestmark = pytest.mark.django_db


def test_the_newest_mark_of_a_step_in_this_cycle_counts(case):
    StepMarkFactory(case=case, step="call", cycle=1, is_done=False)
    StepMarkFactory(case=case, step="call", cycle=1, is_done=True)
    StepMarkFactory(case=case, step="letter", cycle=1, is_done=True)
    StepMarkFactory(case=case, step="letter", cycle=1, is_done=False)
    StepMarkFactory(case=case, step="of another cycle", cycle=2, is_done=True)

    [read] = Case.objects.annotate(**step_columns())

    assert done_steps(read) == frozenset({"call"})


def test_a_case_read_without_marks_has_none(case):
    assert done_steps(case) == frozenset()


def test_the_site_adds_steps_after_those_of_the_type(case, django_assert_num_queries):
    ChecklistItemFactory(key="second", position=2, words="Then this")
    ChecklistItemFactory(key="first", position=1, words="This first")
    ChecklistItemFactory(category="CODING")
    ChecklistItemFactory(is_active=False)
    [read] = Case.objects.annotate(**step_columns())

    with django_assert_num_queries(0):
        steps = steps_of(read)

    assert [step.key for step in steps][-2:] == ["site:first", "site:second"]
    assert [step.words for step in steps][-2:] == ["This first", "Then this"]
    assert steps_of(case) == steps
    assert steps[0].key == "first_action"


def test_an_added_step_is_ticked_like_any_other_and_only_while_it_is_there(case):
    worker = granted(queues=[case.queue], facilities=[case.facility])
    ChecklistItemFactory(key="fax")

    mark_step(case=case, by=worker, step="site:fax", is_done=True)
    with pytest.raises(StepUnknown):
        mark_step(case=case, by=worker, step="site:telex", is_done=True)

    [read] = Case.objects.annotate(**step_columns())
    assert done_steps(read) == {"site:fax"}
