"""Tryton's REST interface: its addresses, its spelling of values, what its refusals mean.

Source: Tryton 8.2, `trytond/protocols/rest.py`; recordings in `tests/contracts/targets/tryton/`.
A domain is a list of conditions that records meet. Decimals and days never travel as numbers.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from integrations.calling import Answer, ask
from integrations.ports.commands import (
    NotReached,
    OutcomeUnknown,
    Refused,
    TargetSettings,
)

PAGE = 100
BUSINESS = frozenset({400, 409})  # a rule of the books, a warning that a person would confirm
CODES = {"balance": "unbalanced", "closed": "period_closed"}
"""Words of Tryton's English refusals, and what others call that."""

DAY = ("year", "month", "day")
MOMENT = (*DAY, "hour", "minute", "second", "microsecond")

Record = dict[str, Any]
Domain = list[Any]


@dataclass(frozen=True, slots=True)
class Books:
    """One company's books, reached with one user's key.

    Options of the settings: `company` (Tryton's number of it), `journal` and `payment_journal`
    (code of the one, name of the other), `one_time` (by kind of payee, the code of the party that
    stands for those whom Tryton does not know).
    """

    settings: TargetSettings

    @property
    def company(self) -> int:
        """Whose books. Raises NotReached when the settings do not say."""
        return int(self.option("company"))

    def option(self, name: str) -> Any:
        """One of the settings' options. Raises NotReached when it is not set."""
        try:
            return self.settings.options[name]
        except KeyError:
            raise NotReached(f"The setting “{name}” is missing.") from None

    def search(self, model: str, domain: Domain, fields: Sequence[str]) -> list[Record]:
        """Records in the order of entry, a page at a time. Raises NotReached, Throttled."""
        return list(self.pages(model, domain, fields))

    def pages(self, model: str, domain: Domain, fields: Sequence[str]) -> Iterator[Record]:
        """The same, as they come. Whatever fails here has changed nothing."""
        after = 0
        while True:
            asked = [*domain, ["id", ">", after]]
            words = [("d", packed(asked)), ("o", packed([["id", "ASC"]])), ("s", PAGE)]
            page = self.read(f"{model}?{urlencode([*words, *wanted(fields)])}")
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]["id"]

    def read(self, path: str) -> list[Record]:
        """One look: only a list tells that nothing is there. Raises NotReached, Throttled."""
        try:
            found = meant(done(self.call("GET", path)))
        except (OutcomeUnknown, Refused) as failure:
            raise NotReached(str(failure)) from None
        if not isinstance(found, list):
            raise NotReached("Its answer is no list of records.")
        return found

    def create(self, model: str, values: Record, fields: Sequence[str]) -> Record:
        """Enter a record and read it. Raises Refused, NotReached, Throttled, OutcomeUnknown."""
        path = f"{model}?{urlencode(wanted(fields))}"
        return record(done(self.call("POST", path, body=spelt(values))))

    def act(self, model: str, pk: int, action: str, fields: Sequence[str]) -> Record:
        """Press a record's button and read it. Raises as `create` does."""
        path = f"{model}/{pk}/{action}?{urlencode(wanted(fields))}"
        return record(done(self.call("POST", path, body={})))

    def delete(self, model: str, pk: int) -> None:
        """Take a record away. Raises as `create` does."""
        done(self.call("DELETE", f"{model}/{pk}"))

    def call(self, method: str, path: str, *, body: Record | None = None) -> Answer:
        """One call. It says that it takes gzip: Tryton sends that whether one does or not."""
        headers = {
            "Authorization": f"Bearer {self.settings.secret}",
            "X-Tryton-Context": packed({"company": self.company, "language": "en"}),
            "Accept-Encoding": "gzip",
            "Content-Type": "application/json",
        }
        return ask(method, f"rest/model/{path}", settings=self.settings, body=body, headers=headers)


def wanted(fields: Sequence[str]) -> list[tuple[str, str]]:
    """The fields that an answer is to hold; those of a related record behind a dot."""
    return [("f", name) for name in fields]


def packed(value: Any) -> str:
    """JSON as it stands in addresses and headers."""
    return urlsafe_b64encode(json.dumps(spelt(value)).encode()).decode()


def done(answer: Answer) -> Any:
    """The body of an answer that is none of an error. Raises Refused, NotReached."""
    if answer.is_good:
        return answer.body
    words = said(answer)
    if answer.status in BUSINESS:
        codes = (code for word, code in CODES.items() if word in words.lower())
        raise Refused(next(codes, "refused"), words)
    raise NotReached(f"It refused the call with status {answer.status}. {words}".strip())


def said(answer: Answer) -> str:
    """What Tryton says of an error, in its words."""
    body = answer.body if isinstance(answer.body, dict) else {}
    parts = (str(body.get(name) or "") for name in ("message", "description"))
    return " ".join(part.strip(" -") for part in parts if part)


def record(body: Any) -> Record:
    """The record of an answer. Raises OutcomeUnknown when it holds none."""
    found = meant(body)
    if not isinstance(found, dict) or "id" not in found:
        raise OutcomeUnknown("Its answer is no record.")
    return found


def spelt(value: Any) -> Any:
    """Values as Tryton reads them."""
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case date():
            return spelt_time(value)
        case dict():
            return {name: spelt(each) for name, each in value.items()}
        case list() | tuple():
            return [spelt(each) for each in value]
    return value


def spelt_time(value: date) -> Record:
    """A day, or a moment in UTC, in its parts."""
    if not isinstance(value, datetime):
        return {"__class__": "date", **{name: getattr(value, name) for name in DAY}}
    at = value.astimezone(UTC)
    return {"__class__": "datetime", **{name: getattr(at, name) for name in MOMENT}}


def meant(body: Any) -> Any:
    """The reverse; times are UTC. Raises OutcomeUnknown for a value that is none."""
    if isinstance(body, list):
        return [meant(each) for each in body]
    if not isinstance(body, dict):
        return body
    try:
        return value_of(body)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        raise OutcomeUnknown("Its answer holds a value that cannot be read.") from None


def value_of(body: Record) -> Any:
    """What one object of an answer means."""
    parts = {name: each for name, each in body.items() if name != "__class__"}
    match body.get("__class__"):
        case "Decimal":
            return Decimal(parts["decimal"])
        case "date":
            return date(**parts)
        case "datetime":
            return datetime(**parts, tzinfo=UTC)
    return {name: meant(each) for name, each in body.items()}
