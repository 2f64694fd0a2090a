from cases.types.refund.steps import steps_for


def keys(*, is_federal):
    return [step.key for step in steps_for({"is_federal": is_federal})]


def test_research_comes_before_the_way():
    found = keys(is_federal=False)

    assert found.index("research") < found.index("request")


def test_federal_money_is_identified_by_a_signed_act():
    assert "identify" in keys(is_federal=True)
    assert "identify" not in keys(is_federal=False)
