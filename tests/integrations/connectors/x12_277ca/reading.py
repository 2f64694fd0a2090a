"""Short words for reading reports in tests."""

from collections.abc import Iterable
from dataclasses import dataclass

from integrations.connectors.x12_277ca import CONNECTOR
from integrations.ports.acknowledgements import AcknowledgementFact
from integrations.ports.protocols import (
    AcknowledgementRead,
    ClaimQuarantined,
    Event,
    MessageProblem,
    ReportClosed,
    ReportOpened,
)


@dataclass(frozen=True, slots=True)
class Read:
    """All that was read."""

    events: list[Event]

    @property
    def opened(self) -> list[ReportOpened]:
        return [e for e in self.events if isinstance(e, ReportOpened)]

    @property
    def claims(self) -> list[AcknowledgementFact]:
        return [e.acknowledgement for e in self.events if isinstance(e, AcknowledgementRead)]

    @property
    def set_aside(self) -> list[ClaimQuarantined]:
        return [e for e in self.events if isinstance(e, ClaimQuarantined)]

    @property
    def closed(self) -> list[ReportClosed]:
        return [e for e in self.events if isinstance(e, ReportClosed)]

    @property
    def problems(self) -> list[MessageProblem]:
        return [e for e in self.events if isinstance(e, MessageProblem)]

    @property
    def numbers(self) -> list[str]:
        return [claim.patient_control_number for claim in self.claims]

    def codes(self) -> set[str]:
        """Every reason that something was set aside or spoken of."""
        return {e.reason_code for e in [*self.set_aside, *self.problems]}

    def reasons(self) -> list[str]:
        """All that is said to be wrong, in its order."""
        said = [e.reason for e in [*self.set_aside, *self.problems]]
        for closed in self.closed:
            said += closed.warnings if closed.is_balanced else [*closed.warnings, "unbalanced"]
        return said


def read(content: str | bytes | Iterable[bytes]) -> Read:
    """Read a file given as text, bytes or chunks."""
    if isinstance(content, str):
        content = content.encode()
    chunks = [content] if isinstance(content, bytes) else content
    return Read(list(CONNECTOR.read(chunks)))
