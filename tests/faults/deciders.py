"""Approvers at work over HTTP, some by the API with a token, some by the pages with a session.

Each takes what waits, one after the other, and repeats a decision under its key and with what was
seen until it is answered, as a good client does. Now and then one hangs up before the answer.
"""

import json
import time
import uuid
from collections import Counter
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from random import Random
from threading import Thread
from urllib.parse import urlencode

PATIENCE = 60.0
LONGEST_PAUSE = 1.0
HANG_UPS = 0.02
AGAIN = {409, 429, 502, 503}
"""Worth asking again: the same key is being worked on, or the portal is not all there."""
CSRF = "portal_csrf"


class LineLost(Exception):
    """The line broke, or was hung up, before an answer was read."""


class Line:
    """One client's connection, made anew whenever it broke."""

    def __init__(self, port):
        self.address = f"http://127.0.0.1:{port}"
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def ask(self, method, path, *, body=None, headers=None, hangs_up=False):
        """An answer and its text. Raises LineLost."""
        try:
            self.connection.request(method, path, body, headers or {})
            if hangs_up:
                raise LineLost
            answer = self.connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException) as failure:
            raise LineLost from failure
        finally:
            self.connection.close()


class ByApi:
    """Decides by `/api/v1/`, with a token."""

    done = 200

    def __init__(self, port, token):
        self.line, self.headers = Line(port), {"Authorization": f"Bearer {token}"}

    def waiting(self):
        """What this person may decide, as the API lists it."""
        path = "/api/v1/approvals/?page_size=200"
        while path:
            answer, text = self.line.ask("GET", path, headers=self.headers)
            assert answer.status == 200, text
            page = json.loads(text)
            yield from page["results"]
            path = (page["next"] or "").removeprefix(self.line.address)

    def decide(self, seen, key, **how):
        """One call; its answer."""
        body = {"verdict": "approve", "version": seen["version"], "digest": seen["digest"]}
        headers = self.headers | {"Idempotency-Key": key, "Content-Type": "application/json"}
        path = f"/api/v1/approvals/{seen['id']}/decide/"
        return self.line.ask("POST", path, body=json.dumps(body), headers=headers, **how)


class ByPage:
    """Decides by the form of the request's page, signed in."""

    done = 302

    def __init__(self, port, username, password):
        self.line, self.cookies = Line(port), {}
        self.send("GET", "/accounts/login/")
        answer, _text = self.send(
            "POST", "/accounts/login/", {"login": username, "password": password}
        )
        assert answer.status == 302

    def send(self, method, path, fields=None, **how):
        """One call with this browser's cookies; the answer's are kept."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if fields is not None:
            body = urlencode({"csrfmiddlewaretoken": self.cookies[CSRF], **fields})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer, text = self.line.ask(method, path, body=body, headers=headers, **how)
        for said in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: each.value for name, each in SimpleCookie(said).items()}
        return answer, text

    def decide(self, seen, key, **how):
        """One form; its answer, which leads on to what waits next."""
        fields = {"key": key, "seen_version": seen["version"], "seen_digest": seen["digest"]}
        answer, text = self.send("POST", f"/approvals/{seen['id']}/approve/", fields, **how)
        assert answer.status != self.done or answer.headers["Location"].startswith("/approvals/")
        return answer, text


class Decider(Thread):
    """One approver, until nothing waits; `answered` are the requests whose decision was said done.

    `said` counts every answer by its status, and the lines that were lost.
    """

    def __init__(self, door, work, *, seed):
        super().__init__(daemon=True)
        self.door, self.work, self.chance = door, work, Random(seed)
        self.answered, self.said, self.failure = [], Counter(), ""

    def run(self):
        while self.work and not self.failure:
            self.decide(self.work.pop())

    def decide(self, seen):
        """Until it is answered. An answer that no good client repeats is a failure."""
        key, pause, deadline = str(uuid.uuid4()), 0.05, time.monotonic() + 4 * PATIENCE
        while not self.is_answered(seen, key):
            if self.failure or time.monotonic() > deadline:
                self.failure = self.failure or f"{seen['reference']} was never answered"
                return
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        self.answered.append(seen["id"])

    def is_answered(self, seen, key):
        """One try."""
        try:
            hangs_up = self.chance.random() < HANG_UPS
            answer, text = self.door.decide(seen, key, hangs_up=hangs_up)
        except LineLost:
            self.said["lost"] += 1
            return False
        self.said[answer.status] += 1
        if answer.status not in AGAIN | {self.door.done}:
            self.failure = f"{seen['reference']} was answered {answer.status}: {text[:2000]}"
        return answer.status == self.door.done
