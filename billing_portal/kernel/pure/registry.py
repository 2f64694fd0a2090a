"""A typed registry: what is installed, by key, in the order of installation."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from billing_portal.kernel.pure.errors import DomainError


class Keyed(Protocol):
    """Anything with a key."""

    @property
    def key(self) -> str:
        """The unique name of it."""


T = TypeVar("T", bound=Keyed)


class NotInstalled(DomainError):
    """Nothing of that key is installed."""

    code = "not_installed"


class Registry(Generic[T]):
    """Holds the installed things of one kind. Filled once, when the applications are ready."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._held: dict[str, T] = {}

    def register(self, thing: T) -> T:
        """Install one; two of the same key are a mistake in an INSTALLED list (ValueError)."""
        held = self._held.setdefault(thing.key, thing)
        if held is not thing:
            raise ValueError(f"Two {self.kind}s are called “{thing.key}”.")
        return thing

    def get(self, key: str) -> T:
        """The one of this key. Raises NotInstalled."""
        try:
            return self._held[key]
        except KeyError:
            known = ", ".join(self._held) or "none"
            message = f"No {self.kind} “{key}” is installed (there are: {known})."
            raise NotInstalled(message) from None

    def __iter__(self) -> Iterator[T]:
        return iter(self._held.values())

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        return key in self._held
