from cases.types.remittance_exception.steps import steps_for


def test_what_is_missing_and_what_is_wrong_are_worked_differently():
    incomplete = [step.key for step in steps_for({"is_complete": False})]
    unbalanced = [step.key for step in steps_for({"is_complete": True})]

    assert "find_missing" in incomplete
    assert "find_difference" in unbalanced
    assert len(set(incomplete)) == len(incomplete)
    assert len(set(unbalanced)) == len(unbalanced)
