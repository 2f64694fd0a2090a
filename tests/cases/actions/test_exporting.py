import json

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions import exporting
from cases.actions.exporting import ExportRefused
from cases.views.columns import COLUMNS, chosen
from cases.work.models import Case
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return House.built()


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue")
    house.grant("team_lead", house.north, "view_facility")
    return house.person("team_lead")


def export(by, **fields):
    given = {"order": ("pk",), "columns": chosen([]), "query": "/queues/all/?view=open", "by": by}
    return exporting.export(cases=Case.objects.visible_to(by), **given | fields)


def test_the_cases_come_with_their_columns_and_on_record(house, lead):
    case = house.case(title="=HYPERLINK(1)")
    house.canaries(2)

    sheet = export(lead)
    rows = [dict(zip(sheet.headings, row, strict=True)) for row in sheet.rows]

    assert [row["Case"] for row in rows] == [case.reference]
    assert rows[0]["Title"] == "'=HYPERLINK(1)"
    assert "Doe" not in rows[0]["Patient"]
    assert (rows[0]["At stake"], "Queue" in sheet.headings) == (case.amount_at_risk, False)
    event = AuditEvent.objects.get(verb="worklist.exported")
    told = json.loads(event.body)
    assert (event.actor, told["cases"], len(told["query"])) == (lead, 1, 64)
    assert not AuditEvent.objects.filter(verb="case.exported").exists()


def test_names_are_taken_out_by_who_may_reveal_and_each_case_keeps_it(house, lead):
    case = house.case()

    sheet = export(lead, with_names=True)

    assert "Jane Doe" in next(sheet.rows)
    assert AuditEvent.objects.get(verb="case.exported").chain == f"case:{case.pk}"


def test_who_may_not_takes_nothing_out(house, lead, monkeypatch):
    house.case()

    with pytest.raises(ExportRefused):
        export(house.person("denial_specialist"))
    with pytest.raises(ExportRefused, match="masked"):
        export(house.person("controller"), with_names=True)
    monkeypatch.setattr(exporting, "MOST", 0)
    with pytest.raises(ExportRefused, match="At most"):
        export(lead)
    assert not AuditEvent.objects.filter(verb__endswith=".exported").exists()


def test_every_column_says_what_a_file_holds_of_it():
    assert set(exporting.HEADINGS) == {column.key for column in COLUMNS}
