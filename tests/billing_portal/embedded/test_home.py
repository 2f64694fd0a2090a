import stat
from pathlib import Path

import pytest

from billing_portal.embedded import home as home_module
from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome, private


@pytest.fixture
def home(tmp_path):
    made = PortalHome(tmp_path / "home")
    made.make()
    return made


def test_secrets_are_made_once_and_read_by_the_owner_alone(home):
    first = home.secrets()

    assert home.secrets() == first
    assert stat.S_IMODE((home.run / "secrets.json").stat().st_mode) == 0o600
    assert len(set(first.values())) == len(first)


def test_the_socket_path_stays_short_whatever_the_checkout(tmp_path):
    deep = PortalHome(tmp_path / ("x" * 150) / ".portal")

    assert len(str(deep.sockets / ".s.PGSQL.5432.lock")) < 107 - len("-pg")


def test_two_homes_have_two_socket_folders(tmp_path):
    assert PortalHome(tmp_path / "a").sockets != PortalHome(tmp_path / "b").sockets


def test_a_home_is_claimed_by_one_supervisor(home):
    with home.claimed():
        assert home.is_claimed
        with pytest.raises(StartRefused, match="already runs"), home.claimed():
            pass

    assert not home.is_claimed


def test_a_home_that_cannot_be_written_is_refused_with_what_to_do(tmp_path):
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(StartRefused, match="Set PORTAL_HOME"):
        PortalHome(file / "home").make()


def test_a_full_disk_is_refused_with_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(home_module, "NEEDED_MEGABYTES", 10**9)

    with pytest.raises(StartRefused, match=r"full.*Free some"):
        PortalHome(tmp_path / "home").make()


def test_nothing_is_said_of_the_disk_while_there_is_room_or_no_folder(home):
    assert home.shortage() == ""
    assert PortalHome(home.root / "not" / "there").shortage() == ""


def test_a_folder_that_is_a_strangers_link_is_refused(tmp_path):
    (tmp_path / "theirs").mkdir()
    trap = tmp_path / "trap"
    trap.symlink_to(tmp_path / "theirs")

    with pytest.raises(StartRefused, match="another user"):
        private(trap)


def test_a_log_that_grew_long_starts_anew(home):
    log = home.logs / "x.log"
    log.write_bytes(b"a" * 10_000_001)

    with Path(f"/proc/self/fd/{home.log('x')}").open("a"):
        assert log.stat().st_size == 0
    assert (home.logs / "x.log.1").stat().st_size == 10_000_001
