"""One id for all that one thing leads to."""

import pytest

from billing_portal.kernel.pure.correlation import correlated, current_id


def test_inside_it_is_the_given_one_and_outside_none():
    with correlated("message-12345") as chosen:
        assert current_id() == chosen == "message-12345"
        with correlated() as inner:
            assert inner not in {"", chosen}
        assert current_id() == chosen
    assert current_id() == ""


@pytest.mark.parametrize(
    "odd", ["short", "x" * 65, "line\nbreak-line", "<script>12345", "ünicode-123"]
)
def test_an_odd_one_is_replaced(odd):
    with correlated(odd) as chosen:
        assert chosen != odd
        assert len(chosen) == 32
