from cases.types.emergency_access.steps import steps_for
from cases.web.verbmenu import FACES


def test_the_review_is_the_last_step_and_has_a_dialog():
    last = steps_for({})[-1]

    assert last.verb == "emergency_review"
    assert last.verb in FACES
