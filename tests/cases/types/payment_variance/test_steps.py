from cases.types.payment_variance.steps import steps_for


def test_the_contract_is_read_before_the_payer_is_asked():
    keys = [step.key for step in steps_for({})]

    assert keys.index("read_contract") < keys.index("ask_payer")
