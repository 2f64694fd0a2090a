"""What a kind of long work brings: a name, one bounded step, and what its end calls for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from billing_portal.kernel.pure.registry import Registry
from cases.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Progress:
    """What one step came to.

    `done` and `failed` count what this step dealt with. `state` is where the next one goes on,
    `errors` are sentences for people, without patient data. `result` is kept when it `is_finished`:
    `{"label", "url_name", "public_id"}` becomes the link to what the job made.
    """

    done: int = 0
    failed: int = 0
    state: Mapping[str, Any] = field(default_factory=dict)
    errors: Sequence[str] = ()
    is_finished: bool = False
    result: Mapping[str, Any] = field(default_factory=dict)


class Step(Protocol):
    """One bounded piece of a job's work, within the transaction that says it was done.

    Safe to repeat: after a kill it starts where the last committed state says. Raises a
    DomainError to say in words why it cannot go on; it is tried again, and given up in the end.
    """

    def __call__(self, *, job: Job, at: datetime) -> Progress:
        """Do it."""


def nothing(_job: Job) -> None:
    """No more is to be done when such a job ends."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of long work. `ended` is called in the transaction that ends a job, however."""

    key: str
    label: str
    step: Step
    ended: Callable[[Job], None] = nothing


JOBS: Registry[JobKind] = Registry("job kind")
