import os

import pytest
from django.core.management import CommandError

from integrations.inbox.models import Message
from tests.factories.integrations import SourceFactory
from tests.generators.remit import Remit, denied, interchange, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(tmp_path):
    SourceFactory(name="drop", folder=str(tmp_path))
    return tmp_path


def put(folder, name="a.835", content=None):
    path = folder / name
    path.write_bytes(content or interchange(Remit(name, [paid("A1"), denied("A2")])))
    os.utime(path, (0, 0))


def test_one_pull_now_goes_through_to_cases(run, folder):
    put(folder)
    answer = run("sync", "drop", "--json")

    assert answer.code == 0
    report = answer.json["drop"]
    assert (report["files"], report["claims"], report["cases_opened"]) == (1, 2, 1)
    assert (folder / "archive" / "a.835").exists()


def test_nothing_to_pull_is_nothing_wrong(run, folder):
    assert run("sync", "drop").code == 0


def test_all_means_every_active_source_with_a_folder(run, folder, tmp_path_factory):
    SourceFactory(name="other", folder=str(tmp_path_factory.mktemp("other")))
    SourceFactory(name="pushed")
    SourceFactory(name="inactive", folder=str(folder), is_active=False)
    put(folder)

    assert list(run("sync", "--all", "--json").json) == ["drop", "other"]
    assert Message.objects.count() == 1


def test_the_worst_code_is_the_commands(run, folder):
    put(folder, "a.835")
    put(folder, "b.835", b"hello")
    answer = run("sync", "--all")

    assert answer.code == 3
    assert "waits: b.835" in answer.out


def test_a_folder_that_cannot_be_read_is_said(run):
    SourceFactory(name="gone", folder="/nowhere/at/all")
    answer = run("sync", "gone")

    assert answer.code == 2
    assert "waits: folder, as a whole: The folder cannot be read" in answer.out


@pytest.mark.parametrize("name", ["pushed", "nobody"])
def test_a_source_that_is_not_polled_or_not_there_is_refused(run, name):
    SourceFactory(name="pushed")

    with pytest.raises(CommandError, match=name):
        run("sync", name)
