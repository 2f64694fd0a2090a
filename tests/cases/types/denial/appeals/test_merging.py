from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.types.denial.appeals.merging import (
    FIELDS,
    Block,
    Table,
    TemplateRefused,
    check,
    fields_in,
    merged,
    missing,
)

VALUES = {
    "patient.name": "Jane Doe",
    "claim.number": "PCN1",
    "claim.lines": Table(("Service",), (("99285",),)),
    "appeal.amount": Decimal("1234.50"),
    "letter.date": date(2026, 3, 2),
}


def texts(text, **options):
    return [block.text for block in merged(text, VALUES, currency="USD", **options)]


def test_fields_are_filled_in_by_their_kind():
    assert texts("On {{letter.date}}\n\nfor {{ appeal.amount }}") == [
        "On March 2, 2026",
        "for $1,234.50",
    ]


def test_a_table_stands_alone():
    blocks = merged("Lines:\n\n{{claim.lines}}\n\nEnd.", VALUES, currency="USD")

    assert blocks == [Block("Lines:"), Block(table=VALUES["claim.lines"]), Block("End.")]
    with pytest.raises(TemplateRefused, match="stands alone"):
        check("These: {{claim.lines}}")


def test_an_empty_table_is_left_out():
    assert merged("{{letter.enclosures}}", {}, currency="USD") == []


def test_an_unknown_field_is_refused_where_it_stands():
    with pytest.raises(TemplateRefused, match=r"Line 3, column 7: “patient\.nmae”"):
        check("Dear\n\npayer {{patient.nmae}}")


@pytest.mark.parametrize("text", ["a {{claim.number", "a }} b", "{{claim.\nnumber}}"])
def test_a_brace_without_a_partner_is_refused(text):
    with pytest.raises(TemplateRefused, match="no partner"):
        check(text)


def test_what_is_the_patients_is_masked_on_pages():
    assert texts("{{patient.name}} {{claim.number}}", masked=True) == ["••• PCN1"]
    assert texts("{{patient.name}}") == ["Jane Doe"]


def test_what_is_not_known_says_so():
    assert texts("{{payer.name}}") == ["[Payer’s name: not known]"]
    assert missing("{{payer.name}} {{claim.number}}", VALUES) == ["Payer’s name"]


def test_an_argument_that_nobody_wrote_is_left_out_with_its_paragraph():
    text = "We ask.\n\n{{appeal.argument}}\n\nPlease pay."

    assert texts(text) == ["We ask.", "Please pay."]
    assert missing(text, VALUES) == []


def test_fields_are_named_once():
    assert fields_in("{{claim.number}} {{ claim.number }} {{payer.name}}") == [
        "claim.number",
        "payer.name",
    ]


def test_a_value_is_never_read_as_a_field():
    values = {"appeal.argument": "{{patient.name}}", **VALUES}

    assert merged("{{appeal.argument}}", values, currency="USD")[0].text == "{{patient.name}}"


@given(st.text(alphabet="{}a.\n ", max_size=40))
def test_braces_of_any_kind_are_refused_by_line(text):
    """No field is called “a”, so whatever holds a mark or a stray pair of braces is refused."""
    if "{{" in text or "}}" in text:
        with pytest.raises(TemplateRefused, match=r"^Line "):
            merged(text, {}, currency="USD")
    else:
        assert all(block.text for block in merged(text, {}, currency="USD"))


def test_every_field_has_a_label():
    assert all(field.label for field in FIELDS.values())
