from datetime import date
from decimal import Decimal

import pytest

from cases.types.posting_failure.details import PostingFailureDetails

DETAILS = PostingFailureDetails(
    decision="rejected:period_closed:7",
    event_key="a" * 32,
    cause="closed_period",
    words="The period is closed through 2026-03-31.",
    destination="Sandbox ERP",
    document="JE-000001",
    posting_on=date(2026, 3, 2),
    currency="USD",
    ours=Decimal("100.00"),
    theirs=None,
    reference="",
)


@pytest.mark.parametrize("theirs", [None, Decimal("200.00")])
def test_what_was_written_is_what_is_read(theirs):
    written = PostingFailureDetails(**{**_fields(), "theirs": theirs})

    assert PostingFailureDetails.from_json(written.as_json()) == written


def _fields():
    return {name: getattr(DETAILS, name) for name in DETAILS.__dataclass_fields__}
