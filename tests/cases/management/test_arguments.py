"""Which files paths mean, and what is said of a path that gives none."""

import os
from pathlib import Path

import pytest

from cases.management.arguments import files_at


def refusal(path):
    [file] = files_at([str(path)])
    with pytest.raises(OSError) as refused:  # noqa: PT011 -- its text is the result
        list(file.chunks())
    return refused.value.strerror


def test_a_folder_means_its_files_by_name_with_links_and_without_what_is_hidden(tmp_path):
    for name in ("b.835", "a.835", ".hidden"):
        (tmp_path / name).write_bytes(b"")
    (tmp_path / "link.835").symlink_to("a.835")
    (tmp_path / "gone.835").symlink_to("nowhere")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")

    names = [Path(file.name).name for file in files_at([str(tmp_path)])]

    assert names == ["a.835", "b.835", "link.835"]


def test_a_folder_without_files_is_said_to_be_one(tmp_path):
    (tmp_path / ".hidden").write_bytes(b"")

    assert refusal(tmp_path) == "There are no files in this folder"


def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert refusal(tmp_path / "pipe") == refusal("/dev/zero") == "It is a pipe or a device"


def test_a_path_that_is_not_there_is_kept_for_the_report(tmp_path):
    assert refusal(tmp_path / "missing") == "No such file or directory"


def test_a_folder_that_may_not_be_read_is_said_to_be_one(tmp_path, monkeypatch):
    def denied(_folder):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", denied)

    assert refusal(tmp_path) == "Permission denied"
