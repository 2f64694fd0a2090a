import os
from datetime import UTC, datetime, timedelta

import pytest

from integrations.sync import folders
from integrations.sync.folders import Drop

NOW = datetime.now(tz=UTC) + timedelta(minutes=1)


def put(folder, name, *, age=60, content=b"x"):
    path = folder / name
    path.write_bytes(content)
    at = NOW.timestamp() - age
    os.utime(path, (at, at))
    return path


def names(claimed):
    return [each.name for each in claimed]


def test_whole_files_are_claimed_oldest_first(tmp_path):
    put(tmp_path, "b.835", age=100)
    put(tmp_path, "a.835", age=50)

    claimed = list(Drop(tmp_path).claim(now=NOW))

    assert names(claimed) == ["b.835", "a.835"]
    assert b"".join(claimed[0].chunks()) == b"x"
    assert list(Drop(tmp_path).claim(now=NOW)) == [], "they are somebody's now"


@pytest.mark.parametrize(
    "name", [".hidden.835", "a.835.part", "a.tmp", "A.TMP", "a.filepart", "a.partial"]
)
def test_what_its_sender_calls_unfinished_is_left(tmp_path, name):
    put(tmp_path, name)

    assert list(Drop(tmp_path).claim(now=NOW)) == []


@pytest.mark.parametrize(("age", "is_taken"), [(1.9, False), (2.1, True)])
def test_a_file_that_was_written_to_a_moment_ago_is_left(tmp_path, age, is_taken):
    put(tmp_path, "a.835", age=age)

    assert bool(list(Drop(tmp_path).claim(now=NOW))) is is_taken


def test_folders_and_links_are_left(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.835").symlink_to(put(tmp_path / "sub", "secret"))

    assert list(Drop(tmp_path).claim(now=NOW)) == []


def test_what_was_quicker_taken_by_another_worker_is_skipped(tmp_path):
    put(tmp_path, "a.835", age=100)
    put(tmp_path, "b.835", age=50).rename(tmp_path / "b.835")
    claiming = Drop(tmp_path).claim(now=NOW)
    first = next(claiming)
    (tmp_path / "b.835").unlink()

    assert (first.name, list(claiming)) == ("a.835", [])


def test_what_a_killed_worker_had_claimed_is_taken_up_later(tmp_path):
    put(tmp_path, "a.835")
    [left] = Drop(tmp_path).claim(now=NOW)

    assert list(Drop(tmp_path).claim(now=NOW)) == []
    later = datetime.fromtimestamp(left.path.stat().st_ctime, tz=UTC) + folders.STALE
    [again] = Drop(tmp_path).claim(now=later)
    assert again.name == left.name
    assert again.path.exists()


def test_nothing_is_ever_moved_over_another_file(tmp_path):
    for content in (b"one", b"two", b"three"):
        put(tmp_path, "a.835", content=content)
        [claimed] = Drop(tmp_path).claim(now=NOW)
        claimed.archive()

    archive = tmp_path / "archive"
    assert {path.name: path.read_bytes() for path in archive.iterdir()} == {
        "a.835": b"one",
        "a.835.2": b"two",
        "a.835.3": b"three",
    }


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(Drop(tmp_path / "none").claim(now=NOW))


def test_a_relative_folder_is_under_the_portals_home(settings, tmp_path):
    settings.PORTAL_HOME = tmp_path

    assert Drop.at("drop").folder == tmp_path / "drop"
    assert Drop.at("/srv/drop").folder.as_posix() == "/srv/drop"
