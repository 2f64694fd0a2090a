"""What every Tryton of this machine shares: only from our own folder, only what was locked."""

import os
import sys

import pytest

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.tryton import shelf


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TRYTON_CACHE", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def test_it_stands_where_it_is_told_to(folder):
    assert shelf.shelf() == folder
    assert folder.is_dir()


def test_a_folder_of_another_user_is_not_run_from(folder, monkeypatch):
    shelf.shelf()
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)

    with pytest.raises(StartRefused, match="another user"):
        shelf.shelf()


def test_a_link_to_somewhere_else_is_not_followed(folder, tmp_path):
    folder.symlink_to(tmp_path)

    with pytest.raises(StartRefused):
        shelf.shelf()


def test_a_changed_lock_is_another_place(monkeypatch, tmp_path):
    before = shelf.digest()
    lock = tmp_path / "tryton.txt"
    lock.write_text("trytond==8.2.1\n")
    monkeypatch.setattr(shelf, "LOCK", lock)

    assert shelf.digest() != before


def test_only_what_was_made_here_is_forgotten_the_oldest_first(folder):
    for age, name in enumerate(["new", "old", "older", "oldest"]):
        made = shelf.shelf() / name
        made.mkdir()
        (made / "installed").touch()
        os.utime(made, (1_000_000 - age, 1_000_000 - age))
    (folder / "somebody's").mkdir()

    shelf.forget_oldest(folder)

    assert {each.name for each in folder.iterdir()} == {"new", "old", "somebody's"}


def test_what_cannot_be_installed_is_said_in_its_last_words():
    failing = [sys.executable, "-c", "import sys; sys.exit('No matching distribution')"]

    with pytest.raises(shelf.NotInstalled, match="No matching distribution"):
        shelf.run(failing)
