"""A book for tests: words by key, kept nowhere but in memory."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest.mock import patch

from django.db import connection

from cases.editions.books import BOOKS
from cases.editions.entries import Entry, Problem, Remark
from cases.editions.reports import BacktestReport


@dataclass
class ToyBook:
    """Its content is {"words": {key: word}}; an empty word is a problem.

    “wrong” is an error and “odd” a warning.
    """

    key: str = "toys"
    label: str = "Toys"
    words: dict = field(default_factory=lambda: {"a": "one", "b": "two"})
    reasons: list = field(default_factory=list)
    writes: str = ""

    def current(self):
        return {"words": dict(self.words)}

    def problems(self, content):
        empty = [key for key, word in content["words"].items() if not word]
        return [Problem(f"words.{key}", "says nothing") for key in empty]

    def findings(self, content, *, at):
        said = {"wrong": True, "odd": False}
        return [
            Remark(key, f"says {word}", said[word], "Doubt")
            for key, word in content["words"].items()
            if word in said
        ]

    def entries(self, content):
        return [Entry(key, key.upper(), {"Word": word}) for key, word in content["words"].items()]

    def apply(self, *, content, by, reason, at):
        changed = sum(self.words.get(key) != word for key, word in content["words"].items())
        self.words = dict(content["words"])
        self.reasons.append((by.username, reason))
        return changed

    def simulate(self, *, content, days, at):
        if self.writes:
            with connection.cursor() as cursor:
                cursor.execute(self.writes)
        return report(since=(at - timedelta(days=days)).date(), until=at.date())


def report(**found):
    """A back-test that found nothing."""
    nothing = {
        "cases": 0,
        "changed": 0,
        "breached_before": 0,
        "breached_after": 0,
        **dict.fromkeys(("exposed", "moves", "queues", "people", "samples", "conflicts"), ()),
    }
    return BacktestReport(**{**nothing, **found})


@contextmanager
def installed(book):
    """A book that is installed for a while."""
    with patch.dict(BOOKS._held, {book.key: book}):
        yield book
