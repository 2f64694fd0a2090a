"""The house of many cases is as the portal itself would have made it."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from cases.actions import working
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Lease, StepMark
from tests.cluster import DATABASE
from tests.generators.house_of_cases import building
from tests.generators.house_of_cases.building import DiskTooSmall, build
from tests.generators.house_of_cases.fates import STILL_OPEN, stands

AT = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
CHECKSUM = """
SELECT md5(string_agg(concat_ws('|', c.public_id, c.queue_id, c.status, c.amount_at_risk,
                                c.resolve_due_at, p.family_name), ',' ORDER BY c.id))
FROM cases_case c JOIN integrations_claim l ON l.id = c.claim_id
JOIN integrations_patient p ON p.id = l.patient_id
"""


def checksum() -> str:
    with connection.cursor() as cursor:
        cursor.execute(CHECKSUM)
        return str(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_house_is_whole_the_same_for_the_same_seed_and_can_be_worked_in(cluster):
    made = build(cluster.cluster, DATABASE, size=300, at=AT)
    first = checksum()

    assert made.cases == 300
    assert made.events > 600
    assert set(Case.objects.values_list("status", flat=True)) >= {"new", "in_work", "closed"}
    assert 30 < Case.objects.open().count() < 90

    assert (
        Lease.objects.filter(case__status=CaseStatus.IN_WORK).count() == Lease.objects.count() > 0
    )
    assert StepMark.objects.exists()

    case = Case.objects.filter(status=CaseStatus.IN_WORK).order_by("pk").first()
    working.release(case=case, by=case.owner, reason="Away", at=AT, seen_version=case.version)

    cluster.renew()
    build(cluster.cluster, DATABASE, size=300, at=AT)
    assert checksum() == first


def test_it_says_beforehand_that_the_disk_is_too_small(cluster, monkeypatch):
    monkeypatch.setattr(building, "BYTES_PER_CASE", 10**15)

    with pytest.raises(DiskTooSmall, match="Free some"):
        build(cluster.cluster, DATABASE, size=300, at=AT)


def test_every_fate_ends_as_it_is_called():
    ends = {stand.fate: stand.status for stand in stands() if stand.ends_row}

    assert {fate: ends[fate] for fate in STILL_OPEN} == {fate: fate for fate in STILL_OPEN}
    assert ends["closed_by_feed"] == "closed"
