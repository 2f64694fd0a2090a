"""The credit balance report: Medicare's open credits, and their file on record."""

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions.exporting import ExportRefused
from cases.types.refund import reporting
from cases.types.refund.reporting import HEADINGS
from cases.work.models import Case
from tests.factories.integrations import PayerFactory
from tests.factories.refunds import ResearchFactory, ReturnFactory, credit
from tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def medicare(db):
    return PayerFactory(payer_class="medicare")


def test_it_lists_medicares_open_credits_with_their_way(medicare):
    case = credit("300.00", payer=medicare)
    ReturnFactory(research=ResearchFactory(case=case, outcome="of_payer", payer=medicare))
    credit("50.00", payer=PayerFactory(payer_class="commercial"), claim="C2")
    credit("50.00", claim="C3")

    rows = reporting.rows_of(Case.objects.all())

    assert [(row.case, row.amount, row.reason, row.method) for row in rows] == [
        (case, 300, "Duplicate payment", "Recoupment")
    ]
    assert reporting.total_words(rows) == "$300.00"


def test_the_file_is_for_those_who_may_take_cases_out_and_on_record(medicare):
    credit("300.00", payer=medicare, claim="=C1+1")
    house = House.built()
    lead = house.person("team_lead")

    sheet = reporting.export(cases=Case.objects.all(), by=lead)

    [row] = sheet.rows
    assert sheet.headings == HEADINGS
    assert row[HEADINGS.index("Credit balance")] == "300.00"
    assert AuditEvent.objects.filter(verb="worklist.exported", chain=f"user:{lead.pk}").exists()
    with pytest.raises(ExportRefused):
        reporting.export(cases=Case.objects.all(), by=house.person("denial_specialist"))
