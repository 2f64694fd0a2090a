"""The sandbox ERP as a process of its own: HTTP on loopback in front of its books.

    python -m integrations.connectors.sandbox.server --port 8099 --db sandbox.sqlite3

| call | does |
|---|---|
| `POST /commands` with `Idempotency-Key` | enters a command; 201, or 422 with `code` and `words` |
| `GET /documents/<key>` | `document`: the one of a key, or null |
| `GET /entries?since=…&after=…` | all documents, a page at a time |
| `POST /tell` `{"fault", "times", "seconds"}` | the next so many commands go wrong |
| `POST /close` `{"through": "2026-02-28"}` | closes the periods up to a day; null opens all |
| `POST /forget` | forgets all keys |

The faults: `fail` (500, nothing applied), `throttle` (429), `stall` (applied after so many
seconds), `drop_answer` (applied, the line is cut), `apply_then_fail` (applied, 500). With
SANDBOX_SECRET in its environment it wants that as a bearer token. Only the standard library.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import date
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, urlsplit

from integrations.connectors.sandbox.ledger import Ledger, NotPosted
from integrations.ports.commands import CommandUnreadable, decode

HOST = "127.0.0.1"
FAULTS = ("fail", "throttle", "stall", "drop_answer", "apply_then_fail")
LONGEST = 1024 * 1024  # bytes of a request


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one command."""

    kind: str
    seconds: float = 0.0


NONE = Fault("")


@dataclass(slots=True)
class Sandbox:
    """The books, and what is to go wrong next."""

    ledger: Ledger
    secret: str = ""
    faults: deque[Fault] = field(default_factory=deque)
    lock: Lock = field(default_factory=Lock)

    def tell(self, kind: str, *, times: int, seconds: float) -> None:
        """Let the next so many commands go wrong; 0 times: none any more."""
        with self.lock:
            if not times:
                self.faults.clear()
            self.faults.extend([Fault(kind, seconds)] * times)

    def next_fault(self) -> Fault:
        """What goes wrong with the command in hand."""
        with self.lock:
            return self.faults.popleft() if self.faults else NONE


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        """Reading."""
        url = urlsplit(self.path)
        if not self.is_let_in():
            return
        if url.path == "/livez":
            self.answer(200, {"alive": True})
        elif url.path == "/entries":
            self.list_entries({name: found[0] for name, found in parse_qs(url.query).items()})
        elif url.path.startswith("/documents/"):
            key = url.path.removeprefix("/documents/")
            self.answer(200, {"document": self.books.find(key)})
        else:
            self.answer(404, None)

    def do_POST(self) -> None:
        """Writing, and being told."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST:
            self.answer(413, None)
            return
        text = self.rfile.read(length).decode()
        if not self.is_let_in():
            return
        act = {
            "/commands": self.enter,
            "/tell": self.be_told,
            "/close": self.close,
            "/forget": self.forget,
        }.get(self.path)
        if act is None:
            self.answer(404, None)
        else:
            act(text)

    @property
    def books(self) -> Ledger:
        """The ledger."""
        return self.server.sandbox.ledger

    def is_let_in(self) -> bool:
        """Whether the caller holds the secret; who does not is told so."""
        secret = self.server.sandbox.secret
        said = self.headers.get("Authorization", "")
        if secret and not compare_digest(said.encode(), f"Bearer {secret}".encode()):
            self.answer(401, {"code": "not_let_in", "words": "The bearer token is wrong."})
            return False
        return True

    def enter(self, text: str) -> None:
        """A command, as well as it may go."""
        fault = self.server.sandbox.next_fault()
        if fault.kind == "fail":
            self.answer(500, None)
            return
        if fault.kind == "throttle":
            self.answer(429, None, {"Retry-After": f"{fault.seconds:.0f}"})
            return
        time.sleep(fault.seconds)
        status, body = self.entered(text)
        if fault.kind == "drop_answer":
            self.close_connection = True
        else:
            self.answer(500 if fault.kind == "apply_then_fail" else status, body)

    def entered(self, text: str) -> tuple[int, dict[str, Any]]:
        """What the ledger says to a command."""
        key = self.headers.get("Idempotency-Key", "")
        if not key:
            return 422, {"code": "no_key", "words": "A command needs an Idempotency-Key."}
        try:
            return 201, self.books.post(decode(text), key)
        except (NotPosted, CommandUnreadable) as refusal:
            return 422, {"code": refusal.code, "words": str(refusal)}

    def list_entries(self, asked: dict[str, str]) -> None:
        """A page of documents."""
        found = self.books.entries(since=asked.get("since", ""), after=int(asked.get("after", "0")))
        self.answer(200, {"entries": found})

    def be_told(self, text: str) -> None:
        """What is to go wrong."""
        said = json.loads(text)
        if said["fault"] not in FAULTS:
            self.answer(422, {"code": "no_fault", "words": f"The faults are {FAULTS}."})
            return
        self.server.sandbox.tell(
            said["fault"], times=int(said.get("times", 1)), seconds=float(said.get("seconds", 0))
        )
        self.answer(200, None)

    def close(self, text: str) -> None:
        """Close the periods up to a day, or open all."""
        day = json.loads(text)["through"]
        self.books.close_through(date.fromisoformat(day) if day else None)
        self.answer(200, None)

    def forget(self, _text: str) -> None:
        """Forget all keys."""
        self.books.forget_keys()
        self.answer(200, None)

    def answer(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """An answer with its length, so that half of one shows."""
        text = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words: object) -> None:
        """Nothing: what is asked is nobody's to read in a log."""


class Server(ThreadingHTTPServer):
    """Answers each connection in a thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        super().__init__((HOST, port), Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that hangs up is no news."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(description="The sandbox ERP.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--db", type=Path, required=True)
    asked = parser.parse_args()
    ledger = Ledger(asked.db)
    ledger.make()
    server = Server(asked.port, Sandbox(ledger, secret=os.environ.get("SANDBOX_SECRET", "")))
    signal.signal(signal.SIGTERM, lambda *_how: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
