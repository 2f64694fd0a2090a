"""Many cases as a file of a job: exactly those, by permission then and now, on record, a day."""

import csv
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import revoke
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.actions import exports
from cases.actions.exporting import ExportRefused
from cases.jobs import services as jobs
from cases.jobs.models import Job, JobStatus
from cases.notices.models import Notification
from cases.views.columns import chosen
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


@pytest.fixture(autouse=True)
def small(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(exports, "CHUNK", 2)
    settings.MEDIA_ROOT = tmp_path


def begin(by, kind="csv", **fields):
    return exports.begin(
        cases=Case.objects.visible_to(by),
        order=("-amount_at_risk", "pk"),
        columns=chosen([]),
        query="/queues/all/?view=open",
        by=by,
        kind=kind,
        **fields,
    )


def work_off(callbacks):
    """Let a worker do all that waits; returns the only job."""
    with callbacks(execute=True):
        while jobs.work_next(at=timezone.now()) is not None:
            pass
    return Job.objects.select_related("started_by").get()


def fetched(job, by, at=None):
    kept = exports.fetch(job=job, by=by, at=at or timezone.now())
    with default_storage.open(kept.path) as stored:
        return kept, stored.read()


def refuse_sight(house, lead):
    revoke(
        group=lead.groups.get(),
        codename="view_queue",
        on=house.auth,
        by=system_actor("tests"),
        reason="Left",
    )


def test_the_file_holds_the_view_in_its_order_and_is_on_record(
    house, lead, django_capture_on_commit_callbacks
):
    cases = [house.case(amount_at_risk=amount, title="=A1") for amount in (10, 30, 20, 5, 40)]
    house.canaries(2)
    begin(lead)
    house.case(amount_at_risk=99)

    job = work_off(django_capture_on_commit_callbacks)
    kept, content = fetched(job, lead)

    rows = list(csv.DictReader(content.decode().splitlines()))
    expected = [cases[n].reference for n in (4, 1, 2, 0, 3)]
    assert [row["Case"] for row in rows] == expected
    assert {row["Title"] for row in rows} == {"'=A1"}
    assert "Doe" not in content.decode()
    assert (job.status, job.done, job.failed) == (JobStatus.DONE, 5, 0)
    assert default_storage.listdir(job.parameters["folder"])[1] == ["cases.csv"]
    taken, downloaded = AuditEvent.objects.filter(verb__startswith="worklist.").order_by("seq")
    assert (taken.verb, downloaded.verb) == ("worklist.exported", "worklist.downloaded")
    assert json.loads(taken.body)["cases"] == json.loads(downloaded.body)["cases"] == 5
    assert kept.filename == "cases.csv"


def test_a_workbook_holds_amounts_as_numbers(house, lead, django_capture_on_commit_callbacks):
    case = house.case(amount_at_risk=7)
    begin(lead, "xlsx", with_names=True)

    _kept, _content = fetched(job := work_off(django_capture_on_commit_callbacks), lead)

    with default_storage.open(job.state["path"]) as stored:
        page = zipfile.ZipFile(stored).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>7</v>" in page
    assert "Jane Doe" in page
    assert AuditEvent.objects.get(verb="case.exported").chain == f"case:{case.pk}"


def test_what_left_the_sight_meanwhile_is_left_out(house, lead, django_capture_on_commit_callbacks):
    house.case()
    begin(lead)
    refuse_sight(house, lead)

    job = work_off(django_capture_on_commit_callbacks)

    assert (job.done, job.failed) == (1, 1)
    assert fetched(job, lead)[1].count(b"\r\n") == 1


def test_a_file_is_fetched_by_its_maker_alone_while_they_see_what_it_holds(
    house, lead, django_capture_on_commit_callbacks
):
    house.case()
    begin(lead)
    job = work_off(django_capture_on_commit_callbacks)

    for other in (house.person("team_lead"), house.person("denial_specialist")):
        with pytest.raises(ExportRefused):
            fetched(job, other)
    refuse_sight(house, lead)
    with pytest.raises(ExportRefused, match="no longer see"):
        fetched(job, User.objects.get(pk=lead.pk))
    assert not AuditEvent.objects.filter(verb="worklist.downloaded").exists()


def test_after_a_day_it_is_gone(house, lead, django_capture_on_commit_callbacks):
    house.case()
    begin(lead)
    job = work_off(django_capture_on_commit_callbacks)
    folder = job.parameters["folder"]
    later = job.ended_at + exports.KEPT

    assert exports.forget(at=later - timedelta(seconds=1)) == 0
    with pytest.raises(exports.ExportGone):
        fetched(job, lead, at=later)
    with django_capture_on_commit_callbacks(execute=True):
        assert exports.forget(at=later) == 1
    assert exports.forget(at=later) == 0
    assert not default_storage.exists(folder)
    with pytest.raises(exports.ExportGone):
        fetched(Job.objects.get(), lead)


def test_who_may_not_begins_nothing(house, lead, monkeypatch):
    house.case()

    with pytest.raises(ExportRefused):
        begin(house.person("denial_specialist"))
    monkeypatch.setattr(exports, "MOST", 0)
    with pytest.raises(ExportRefused, match="At most"):
        begin(lead)
    assert not Job.objects.exists()


def test_a_stopped_export_leaves_no_file(house, lead, django_capture_on_commit_callbacks):
    house.case()
    job = begin(lead)
    jobs.work_next(at=timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        jobs.cancel(job=job, by=lead, at=timezone.now())

    assert not default_storage.exists(job.parameters["folder"])
    assert not Notification.objects.exists()
