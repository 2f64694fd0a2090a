"""The details of a case: a frozen dataclass per case type, stored as JSON and checked on write.

Amounts are stored as text, dates as ISO text, lists as lists. Reading is strict: an unknown or
missing name, or a value of another kind, is refused, so that what one release wrote another can
trust.
"""

import types
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Self, Union, get_args, get_origin, get_type_hints

from billing_portal.kernel.pure.errors import DomainError


class DetailsRefused(DomainError):
    """The JSON does not fit the case type's details; the message names the place."""

    code = "details_refused"


@dataclass(frozen=True, slots=True)
class Details:
    """Base of a case type's details.

    Fields may be text, numbers, yes/no, Decimal, date, another dataclass, a tuple of one of these,
    or None.
    """

    def as_json(self) -> dict[str, Any]:
        """As the case stores it."""
        return _plain_dataclass(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Read what a case stores. Raises DetailsRefused."""
        read: Self = _read_dataclass(cls, data, cls.__name__)
        return read


_HINTS: dict[type[Any], dict[str, Any]] = {}


def _hints(kind: type[Any]) -> dict[str, Any]:
    """The fields of a dataclass and their types, read once."""
    if kind not in _HINTS:
        _HINTS[kind] = get_type_hints(kind)
    return _HINTS[kind]


def _plain_dataclass(value: Any) -> dict[str, Any]:
    return {name: _plain(getattr(value, name)) for name in _hints(type(value))}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else _plain_dataclass(value)


def _read_dataclass(kind: type[Any], data: Any, place: str) -> Any:
    hints = _hints(kind)
    if not isinstance(data, Mapping) or set(data) != set(hints):
        message = f"{place} does not have exactly the names {', '.join(sorted(hints))}."
        raise DetailsRefused(message)
    return kind(
        **{name: _read(hint, data[name], f"{place}.{name}") for name, hint in hints.items()}
    )


def _read(kind: Any, value: Any, place: str) -> Any:
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        inner = next(each for each in get_args(kind) if each is not types.NoneType)
        return None if value is None else _read(inner, value, place)
    if origin is tuple:
        if not isinstance(value, list):
            raise _unfit(place, "a list")
        return tuple(_read(get_args(kind)[0], each, place) for each in value)
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_dataclass(kind, value, place)
    return _read_plain(kind, value, place)


def _read_plain(kind: Any, value: Any, place: str) -> Any:
    if kind in {Decimal, date} and isinstance(value, str):
        try:
            return Decimal(value) if kind is Decimal else date.fromisoformat(value)
        except (InvalidOperation, ValueError):
            raise _unfit(place, kind.__name__) from None
    if type(value) is not kind:
        raise _unfit(place, kind.__name__)
    return value


def _unfit(place: str, wanted: str) -> DetailsRefused:
    return DetailsRefused(f"{place} is not {wanted}.")
