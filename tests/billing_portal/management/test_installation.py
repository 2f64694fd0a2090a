"""What can be wrong before anything is started."""

import socket

import pytest
from django.core.management import CommandError, call_command

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome
from billing_portal.management.installation import (
    Installation,
    SandboxLedger,
    is_free,
    static_digest,
)


@pytest.fixture
def taken():
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        line.listen()
        yield line.getsockname()[1]


def test_a_port_is_free_until_somebody_listens(taken):
    assert not is_free("127.0.0.1", taken)
    assert is_free("127.0.0.1", 0)


def test_a_port_in_use_is_refused_with_another_one(tmp_path, taken):
    installation = Installation(home=PortalHome(tmp_path), port=taken, demo=False, say=print)

    with pytest.raises(StartRefused, match=rf"Port {taken} is in use.*PORT={taken + 1}"):
        installation.check_port()


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 8000), ("127.0.0.1", 70_000)])
def test_an_address_that_cannot_be_listened_on_is_refused_as_that(host, port):
    with pytest.raises(StartRefused, match=r"Cannot listen on .* Choose another PORT"):
        is_free(host, port)


def test_a_port_that_is_no_number_is_refused(monkeypatch):
    monkeypatch.setenv("PORT", "eight thousand")

    with pytest.raises(CommandError, match="invalid int value"):
        call_command("up")


def test_static_files_have_the_same_digest_until_they_change():
    assert static_digest() == static_digest()


def test_the_demos_ledger_keeps_its_port_until_somebody_takes_it(tmp_path):
    home = PortalHome(tmp_path)
    home.make()
    ledger = SandboxLedger(home)

    assert ledger.url == ledger.url
    assert str(ledger.port) in ledger.command
    with socket.socket() as line:
        line.bind(("127.0.0.1", before := ledger.port))
        line.listen()
        assert ledger.port != before
