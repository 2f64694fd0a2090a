import pytest

from cases.views.columns import COLUMNS, chosen


def keys(columns):
    return [column.key for column in columns]


def test_without_a_choice_the_usual_columns_are_shown():
    assert keys(chosen([])) == ["due", "case", "payer", "amount", "age", "next", "owner"]


def test_a_choice_keeps_the_registrys_order_and_the_case():
    assert keys(chosen(["owner", "queue"])) == ["case", "queue", "owner"]


@pytest.mark.parametrize("unknown", [["colour"], ["colour", "size"]])
def test_a_column_that_is_gone_is_left_out(unknown):
    assert keys(chosen(unknown)) == keys(chosen([]))
    assert keys(chosen([*unknown, "due"])) == ["due", "case"]


def test_every_column_has_a_key_of_its_own():
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
