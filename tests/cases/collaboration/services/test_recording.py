import json

import pytest

from billing_portal.audit.models import AuditEvent
from cases.collaboration.services.recording import record
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory


@pytest.mark.django_db
def test_an_event_stands_on_the_chain_of_its_case():
    case, person = CaseFactory(), PersonFactory()

    record(case, "tested", by=person, reason="For a test", number=7)

    event = AuditEvent.objects.get(verb="case.tested")
    assert (event.chain, event.subject) == (f"case:{case.pk}", f"case:{case.public_id}")
    assert (event.actor, json.loads(event.body)) == (person, {"number": 7})
