"""The worklist as a file."""

import csv
import zipfile
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.actions import exporting, exports
from cases.jobs import services as jobs
from cases.jobs.models import Job
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

EXPORT = reverse("cases:export")
QUERY = "/queues/all/?view=open&sort=amount"


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue")
    house.grant("team_lead", house.north, "view_facility")
    return Reader.of(house.person("team_lead"))


def test_the_file_holds_what_the_page_shows_in_its_order(house, lead):
    for amount in (10, 30, 20):
        house.case(amount_at_risk=amount)
    house.canaries(2)

    answer = lead.post(EXPORT, {"query": QUERY, "format": "csv"})
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(text.splitlines()))

    assert [row["Case"] for row in rows] == lead.listed(QUERY)
    assert [row["At stake"] for row in rows] == ["30.00", "20.00", "10.00"]
    assert CANARY not in text


def test_a_workbook_holds_the_same(house, lead):
    case = house.case()

    answer = lead.post(EXPORT, {"query": QUERY, "format": "xlsx"})

    sheet = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))
    page = sheet.read("xl/worksheets/sheet1.xml").decode()
    assert case.reference in page
    assert "<v>400</v>" in page
    assert "<f>" not in page


def test_only_who_may_is_offered_and_given_it(house, reader, lead):
    house.case()

    assert EXPORT in lead.get(QUERY).content.decode()
    assert EXPORT not in reader.get(QUERY).content.decode()
    answer = reader.post(EXPORT, {"query": QUERY})
    assert answer.status_code == 403
    assert "Team lead" in text_of(answer)
    assert not AuditEvent.objects.filter(verb="worklist.exported").exists()


@pytest.mark.parametrize("query", ["", "/nowhere/", "https://elsewhere.example/"])
def test_an_address_that_is_no_list_gives_no_file(lead, query):
    assert lead.post(EXPORT, {"query": query}).url == "/queues/all/"


def test_more_than_one_answer_holds_come_as_a_file_of_a_job(
    house, lead, monkeypatch, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(exporting, "MOST", 1)
    cases = [house.case() for _ in range(3)]
    started = lead.post(EXPORT, {"query": QUERY, "format": "csv"})
    with django_capture_on_commit_callbacks(execute=True):
        while jobs.work_next(at=timezone.now()):
            pass
    page = lead.get(started.url)
    address = reverse("cases:export_file", args=[Job.objects.get().public_id])

    answer = lead.get(address)

    assert f'href="{address}"' in page.content.decode()
    text = b"".join(answer.streaming_content).decode()
    assert all(case.reference in text for case in cases)
    assert "attachment" in answer["Content-Disposition"]
    other = Reader.of(house.person("team_lead"))
    assert other.get(address).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        exports.forget(at=timezone.now() + exports.KEPT)
    assert "no longer kept" in text_of(lead.get(address, follow=True))
