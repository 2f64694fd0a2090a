"""Which addresses may be called, and what is known when a call fails."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.calling import ask
from integrations.ports.commands import NotReached, OutcomeUnknown, TargetSettings, Throttled

REFUSED = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0/",
    "http://[::]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fe80::1]/",
    "https://10.0.0.5/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[fc00::1]/",
    "https://[::ffff:10.0.0.5]/",
    "https://[64:ff9b::a00:5]/",
    "https://[2002:a00:5::1]/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "http://93.184.216.34/",
    "https://user:password@93.184.216.34/",
    "ftp://93.184.216.34/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "https://",
    "//93.184.216.34/",
    "nonsense",
    "",
]


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_that_nobody_allowed_are_not_called(url):
    host = url.split("/")[2] if url.count("/") > 1 else url
    generous = TargetSettings(url=url, hosts=frozenset({host, host.strip("[]")}), read_seconds=1.0)

    with pytest.raises(NotReached):
        ask("GET", "", settings=generous)


def test_a_host_that_is_not_listed_is_not_called():
    with pytest.raises(NotReached, match="PARTNER_HOSTS"):
        ask("GET", "", settings=TargetSettings(url="https://93.184.216.34"))


def test_a_name_that_leads_to_this_machine_is_not_called(monkeypatch):
    settings = TargetSettings(url="https://localhost", hosts=frozenset({"localhost"}))

    with pytest.raises(NotReached, match="this machine"):
        ask("GET", "", settings=settings)


class Told(BaseHTTPRequestHandler):
    """Answers as its path says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        way = self.path.strip("/")
        if way == "silent":
            self.close_connection = True
            return
        if way == "slow":
            time.sleep(1.0)
        status = int(way) if way.isdecimal() else 200
        self.send_response(status)
        if way == "302":
            self.send_header("Location", "/200")
        if way == "503":
            self.send_header("Retry-After", "9")
        body = b"<html>" if way in {"words", "401"} else b'{"a": 1}'
        length = len(body) + 10 if way == "half" else len(body)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = way == "half"

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def url():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def call(url, way):
    settings = TargetSettings(url=url, allows_loopback=True, read_seconds=2.0)
    return ask("GET", way, settings=settings)


def test_a_good_answer_and_a_refusal_are_the_targets_to_read(url):
    assert call(url, "200").body == {"a": 1}
    assert (call(url, "422").status, call(url, "422").is_good) == (422, False)


def test_a_refusal_is_one_in_whatever_words(url):
    assert (call(url, "401").status, call(url, "401").body) == (401, None)


@pytest.mark.parametrize("way", ["500", "504", "302", "408", "silent", "half", "words"])
def test_what_tells_nothing_is_an_unknown_outcome(url, way):
    with pytest.raises(OutcomeUnknown):
        call(url, way)


def test_an_answer_is_not_waited_for_beyond_the_end_of_the_whole(url):
    settings = TargetSettings(url=url, allows_loopback=True, until=time.monotonic() + 0.2)

    with pytest.raises(OutcomeUnknown):
        ask("GET", "slow", settings=settings)


def test_beyond_the_end_of_the_whole_nothing_is_asked(url):
    settings = TargetSettings(url=url, allows_loopback=True, until=time.monotonic())

    with pytest.raises(NotReached, match="Its time is over"):
        ask("GET", "200", settings=settings)


@pytest.mark.parametrize(("way", "wait"), [("429", None), ("503", 9.0)])
def test_who_asks_for_time_is_throttled(url, way, wait):
    with pytest.raises(Throttled) as throttled:
        call(url, way)

    assert throttled.value.retry_after == wait
