"""Recorded exchanges with a Tryton 8.2.1, answered again over HTTP to whoever asks the same."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from integrations.ports.commands import TargetSettings

RECORDED = Path(__file__).parents[3] / "contracts" / "tryton"
OPTIONS = {
    "company": 1,
    "journal": "MISC",
    "payment_journal": "Refunds",
    "one_time": {"patient": "ONE-TIME"},
}


def recorded(name):
    """The exchanges of one recording, in their order."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class Replay(ThreadingHTTPServer):
    """Answers each request with the next of a recording, if it is the one that was recorded."""

    def __init__(self, exchanges):
        super().__init__(("127.0.0.1", 0), Answering)
        self.left, self.strange = list(exchanges), []

    def answer(self, method, path, body):
        asked = {"method": method, "path": path, "body": body}
        if not self.left or self.left[0]["request"] != asked:
            self.strange.append(asked)
            return {"status": 500, "body": {}}
        return self.left.pop(0)["response"]


class Answering(BaseHTTPRequestHandler):
    """One request."""

    def reply(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        answer = self.server.answer(self.command, self.path, body)
        said = answer["body"]
        text = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(answer["status"])
        if answer["status"] != 204:
            self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if answer["status"] != 204:
            self.wfile.write(text)

    do_GET = do_POST = do_DELETE = reply  # noqa: N815 -- the standard library's names

    def log_message(self, *words):
        pass


@contextmanager
def replayed(name):
    """The settings of a Tryton that answers as recorded; all of it must be asked, nothing else."""
    with serving(recorded(name)) as settings:
        yield settings


@contextmanager
def serving(exchanges, *, is_whole=True):
    """The same with exchanges of one's own; unless they are the whole, more may be asked."""
    server = Replay(exchanges)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/tryton"
    try:
        yield TargetSettings(url=url, secret="key", options=OPTIONS, allows_loopback=True)
    finally:
        server.shutdown()
        server.server_close()
    assert server.left == []
    assert server.strange == [] or not is_whole
