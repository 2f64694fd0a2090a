import pytest

from billing_portal.embedded import discovery
from billing_portal.embedded.home import PortalHome

OFFERED = {"DATABASE_URL": "a", "DATABASE_OWNER_URL": "b", "BROKER_URL": "c"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL")
    made = PortalHome(tmp_path)
    made.make()
    return made


def test_a_command_finds_what_the_supervisor_offers(home):
    with home.claimed():
        discovery.publish(home, OFFERED)

        assert discovery.environment() == OFFERED


def test_nothing_is_offered_once_the_supervisor_is_gone(home):
    with home.claimed():
        discovery.publish(home, OFFERED)

    assert discovery.environment() == {}


def test_a_database_of_ones_own_is_never_mixed_with_the_embedded_owner(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/portal")
    with home.claimed():
        discovery.publish(home, OFFERED)

        assert discovery.environment() == {"BROKER_URL": "c"}
