"""What is to be done on an invoice that is held."""

import pytest

from cases.types.invoice_exception.steps import steps_for
from cases.types.invoice_exception.vocabulary import DESKS, HoldKind


def details(*kinds: HoldKind) -> dict[str, object]:
    """Details of an invoice held for these."""
    return {"holds": [{"kind": kind.value} for kind in kinds]}


@pytest.mark.parametrize("kind", HoldKind)
def test_every_kind_has_a_desk_and_something_to_do(kind):
    steps = steps_for(details(kind))

    assert len(steps) >= 2
    assert steps[0].key.startswith(DESKS[kind].lower())


def test_several_holds_have_the_steps_of_each_desk_once():
    steps = steps_for(details(HoldKind.PRICE, HoldKind.QUANTITY_RECEIVED, HoldKind.CHARGES))

    keys = [step.key for step in steps]
    assert len(keys) == len(set(keys))
    assert keys[0].startswith("quantity")
    assert keys[-1] == "release"
