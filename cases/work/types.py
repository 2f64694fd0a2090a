"""What a case type says of itself, and the registry that holds the installed ones."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from billing_portal.kernel.pure.registry import Registry
from cases.work.lifecycle import Disposition


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do on a case, specific to why it is one.

    `verb` names the dialog that does it, if any.
    """

    key: str
    words: str
    verb: str = ""


@dataclass(frozen=True)
class CaseType:
    """One kind of exception: its words, its detail shape, its detector and its steps.

    `detect` maps a batch of feed changes to findings (see `cases.detection.findings`); `steps` maps
    a case's details to what is to be done. Both are typed loosely here because their types live
    above this package.
    """

    key: str
    label: str
    prefix: str
    details: type[Any]
    detect: Callable[[Sequence[Any]], Iterable[Any]]
    steps: Callable[[Mapping[str, Any]], list[Step]]
    follows: frozenset[str]
    dispositions: tuple[Disposition, ...] = field(default_factory=tuple)
    template: str = ""


CASE_TYPES: Registry[CaseType] = Registry("case type")
