import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from billing_portal.access.actor import system_actor
from integrations import tasks
from integrations.health.models import Heartbeat
from integrations.inbox import services as inbox
from integrations.inbox.models import Message, MessageStatus
from integrations.sync import services
from integrations.sync.models import ScheduleSlot, SlotStatus
from tests.factories.integrations import SourceFactory
from tests.generators.remit import Remit, interchange, paid

pytestmark = pytest.mark.django_db

NOW = datetime.now(tz=UTC) + timedelta(minutes=1)


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def source(folder):
    return SourceFactory(name="drop", folder=str(folder), poll_seconds=60)


def put(folder, name="a.835", content=None):
    path = folder / name
    path.write_bytes(content or interchange(Remit(name, [paid("A1")])))
    os.utime(path, (0, 0))


def pull(source, now=NOW):
    return services.pull(source=source, by=system_actor("ingest"), now=now)


def ring(now=NOW):
    return services.ring(by=system_actor("ingest"), now=now)


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_what_waits_is_stored_and_put_by(source, folder):
    put(folder, "a.835")
    put(folder, "b.835")

    pulled = pull(source)

    assert [receipt.is_new for receipt in pulled.receipts] == [True, True]
    assert files(folder) == ["archive/a.835", "archive/b.835"]
    assert set(Message.objects.values_list("filename", flat=True)) == {"a.835", "b.835"}
    beat = Heartbeat.objects.get(source=source)
    assert (beat.last_success_at, beat.failures_in_a_row) == (NOW, 0)


def test_the_same_file_dropped_again_is_put_by_and_held(source, folder):
    put(folder)
    pull(source)
    put(folder)

    [receipt] = pull(source).receipts
    assert not receipt.is_new
    assert files(folder) == ["archive/a.835", "archive/a.835.2"]


def test_an_empty_folder_is_a_heartbeat_too(source):
    assert pull(source).receipts == []
    assert Heartbeat.objects.get(source=source).last_success_at == NOW


def test_a_folder_that_cannot_be_read_is_a_failure_everybody_can_see(source, folder):
    source.folder = str(folder / "none")

    pulled = pull(source)

    assert pulled.failures == ["The folder cannot be read: No such file or directory."]
    beat = Heartbeat.objects.get(source=source)
    assert (beat.failures_in_a_row, beat.last_error) == (1, pulled.failures[0])


def test_a_file_that_cannot_be_read_stays_and_costs_the_others_nothing(source, folder, monkeypatch):
    put(folder, "a.835")
    put(folder, "b.835")
    original = Path.open

    def denied(self, *args, **kwargs):
        if self.name == "a.835":
            raise PermissionError(13, "Permission denied")
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", denied)
    pulled = pull(source)

    assert [receipt.message.filename for receipt in pulled.receipts] == ["b.835"]
    assert pulled.failures == ["a.835: Permission denied"]
    assert files(folder) == ["a.835", "archive/b.835"]


def test_a_file_that_is_too_large_is_put_aside(source, folder, settings):
    settings.MESSAGE_MAX_BYTES = 100
    put(folder)

    pulled = pull(source)

    assert "at most 100 bytes" in pulled.failures[0]
    assert files(folder) == ["refused/a.835"]
    assert not Message.objects.exists()


def test_a_file_that_the_database_cannot_store_waits_for_the_next_pull(source, folder, monkeypatch):
    def full(_chunks):
        raise OperationalError("could not extend file: No space left on device")

    put(folder)
    monkeypatch.setattr(inbox, "store", full)
    assert "disk full" in pull(source).failures[0]
    assert files(folder) == ["a.835"]
    assert Heartbeat.objects.get(source=source).failures_in_a_row == 1

    monkeypatch.undo()
    assert pull(source).receipts[0].is_new
    assert Heartbeat.objects.get(source=source).failures_in_a_row == 0


def test_a_source_without_a_folder_is_not_polled():
    with pytest.raises(services.NotPolled):
        pull(SourceFactory(name="pushed"))


def test_each_source_is_pulled_once_a_slot(source, folder):
    SourceFactory(name="inactive", folder=str(folder), is_active=False)
    put(folder)

    assert len(ring()) == 1
    assert ring() == []
    assert len(ring(NOW + timedelta(minutes=1))) == 1
    slots = ScheduleSlot.objects.order_by("slot").values_list("job", "status", "outcome")
    assert list(slots) == [
        ("pull:drop", SlotStatus.DONE, "1 new of 1; 0 failures"),
        ("pull:drop", SlotStatus.DONE, "0 new of 0; 0 failures"),
    ]


def test_a_source_that_fails_costs_the_others_nothing(source, folder, monkeypatch):
    other = SourceFactory(name="other", folder=str(folder))
    original = services.pull

    def failing(**arguments):
        if arguments["source"] == source:
            raise RuntimeError("broken")
        return original(**arguments)

    monkeypatch.setattr(services, "pull", failing)
    ring()

    statuses = dict(ScheduleSlot.objects.values_list("job", "status"))
    assert statuses == {"pull:drop": SlotStatus.FAILED, "pull:other": SlotStatus.DONE}
    assert Heartbeat.objects.get(source=other).last_success_at == NOW


def test_the_tasks_do_it_all_and_running_them_again_does_nothing(source, folder):
    put(folder)
    for _ in range(3):
        tasks.ring_schedules(from_a_newer_caller=1)
        tasks.apply_waiting(from_a_newer_caller=1)

    assert Message.objects.get().status == MessageStatus.APPLIED
    assert Message.objects.get().attempts == 1
