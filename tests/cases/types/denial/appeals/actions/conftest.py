"""A file store of one's own, the queue of appeals in flight, and an appeal on its way."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from cases.evidence import services as evidence
from cases.types.denial.appeals.actions import preparing, sending
from cases.types.denial.appeals.models import ExhibitKind, Ground, Method
from cases.types.denial.appeals.terms import Due, Grounds
from cases.types.denial.appeals.typesetting import Part, sheet
from cases.work.models import Queue
from tests.cases.types.denial.appeals.conftest import NOW
from tests.factories.people import granted


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def in_flight(db):
    return Queue.objects.get(key="appeals-in-flight")


@pytest.fixture
def worker(case, in_flight):
    return granted(queues=[case.queue, in_flight], facilities=[case.facility])


@pytest.fixture
def appeal(case, worker):
    grounds = Grounds(Ground.AUTHORIZATION, Decimal("60.00"), "It was authorized by phone.")
    due = Due(on=date(2026, 8, 1), source="Denial letter")
    return preparing.begin(case=case, by=worker, grounds=grounds, due=due)


@pytest.fixture
def attach(worker):
    """Attaches a file to a case."""

    def attached(case, *, name="authorization.pdf", content=b""):
        part = Part("Authorization", (("Number", "A-1"),))
        made = sheet(title="Authorization", sender="Payer", footer="1", parts=[part])
        return evidence.attach(case=case, by=worker, file=ContentFile(content or made, name=name))

    return attached


@pytest.fixture
def proven(appeal, worker, attach):
    return preparing.add_exhibit(
        appeal=appeal,
        by=worker,
        attachment=attach(appeal.case),
        kind=ExhibitKind.AUTHORIZATION,
        seen_version=appeal.version,
    )


@pytest.fixture
def ready(proven, worker):
    read = preparing.preview(appeal=proven, by=worker, at=NOW)
    return preparing.attest(
        appeal=proven, by=worker, at=NOW, sha256=read.sha256, seen_version=proven.version
    )


@pytest.fixture
def submitted(ready, worker):
    return sending.submit(
        appeal=ready,
        by=worker,
        at=NOW,
        method=Method.PORTAL,
        sent_on=NOW.date(),
        confirmation="CONF-1",
        seen_version=ready.version,
    )
