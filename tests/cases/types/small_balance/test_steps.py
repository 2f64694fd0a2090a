from cases.types.small_balance.steps import steps_for
from cases.web.verbmenu import FACES


def test_the_look_comes_before_the_request_and_both_have_a_dialog():
    verbs = [step.verb for step in steps_for({}) if step.verb]

    assert verbs == ["small_balance_look", "small_balance_request"]
    assert set(verbs) <= set(FACES)
