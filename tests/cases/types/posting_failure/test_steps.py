import pytest

from cases.types.posting_failure.steps import steps_for
from cases.types.posting_failure.vocabulary import Cause


def verbs(cause):
    return [step.verb for step in steps_for({"cause": cause.value}) if step.verb]


@pytest.mark.parametrize("cause", sorted(set(Cause) - {Cause.DIFFERENCE}))
def test_what_was_not_posted_is_sent_again(cause):
    assert verbs(cause) == ["replay"]


def test_what_the_ledger_holds_wrong_is_put_right_there():
    assert verbs(Cause.DIFFERENCE) == []


def test_each_cause_has_its_own_first_step():
    firsts = {steps_for({"cause": cause.value})[1].key for cause in Cause}

    assert len(firsts) == len(Cause)
