"""Starts services in order, relays what they say, restarts what falls, ends all in reverse."""

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.processes import end_session, spawn, stop

FALLS_ALLOWED = 5
WINDOW = 60.0
"""A service that falls more often than this, in so many seconds, will not be mended by restarts."""
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
UNHEARD_SECONDS = 0.5


class Service(Protocol):
    """What a supervisor starts, watches and stops."""

    name: str
    child: subprocess.Popen[bytes] | None

    def start(self) -> object:
        """Start; started twice is started once."""

    def stop(self) -> None:
        """End in an orderly way, within seconds."""


@dataclass
class Program:
    """A service that is one command; its output is relayed under its name."""

    name: str
    command: Sequence[str]
    environ: Mapping[str, str]
    ends_on: signal.Signals = signal.SIGTERM
    patience: float = 8.0
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; when we die, however we die, the kernel ends it."""
        if self.child is None or self.child.poll() is not None:
            self.child = spawn(self.command, output=subprocess.PIPE, environ=self.environ)

    def stop(self) -> None:
        """Ask it to end; after its patience it is ended."""
        if self.child is not None:
            stop(self.child, self.ends_on, patience=self.patience)


@dataclass
class Supervisor:
    """Services in their order, as long as this process lives and they can be kept up."""

    say: Callable[[str], None]
    services: list[Service] = field(default_factory=list)
    falls: dict[str, deque[float]] = field(default_factory=dict)
    listening: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def start(self, service: Service) -> None:
        """Start a service; it is kept up from now on."""
        if service not in self.services:
            self.services.append(service)
        service.start()
        if service.child is not None and service.child.stdout is not None:
            os.set_blocking(service.child.stdout.fileno(), False)
            self.listening.register(service.child.stdout, selectors.EVENT_READ, service.name)

    def watch(self) -> None:
        """Relay and mend until a signal raises, or a service cannot be kept: StartRefused."""
        while True:
            self.relay(patience=0.25)
            for service in self.services:
                self.mend(service)

    def relay(self, patience: float) -> None:
        """Say what services say, each line under its name."""
        if not self.listening.get_map():
            time.sleep(patience)
        for key, _events in self.listening.select(patience):
            chunk = os.read(key.fd, 65536)
            if not chunk:
                self.listening.unregister(key.fileobj)  # it closed its end; `part` closes ours
            for line in chunk.decode(errors="replace").splitlines():
                self.say(f"{key.data:>8} | {line}")

    def mend(self, service: Service) -> None:
        """Start a fallen service again, soon, then later and later; too often ends all."""
        if service.child is None or service.child.poll() is None:
            return
        code, leader = service.child.returncode, service.child.pid
        end_session(leader)
        self.part(service)
        falls = self.falls.setdefault(service.name, deque(maxlen=FALLS_ALLOWED))
        now = time.monotonic()
        if len(falls) == FALLS_ALLOWED and now - falls[0] < WINDOW:
            raise StartRefused(
                f"{service.name} ended {FALLS_ALLOWED + 1} times within a minute"
                f" ({how_it_ended(code)}). Everything is stopped; its last lines say why."
            )
        falls.append(now)
        recent = sum(now - fall < WINDOW for fall in falls)
        pause = 0.25 * 2 ** (recent - 1)
        self.say(f"{service.name} ended ({how_it_ended(code)}); starting it again in {pause:g} s.")
        time.sleep(pause)
        self.start_again(service)

    def start_again(self, service: Service) -> None:
        """Start a fallen service. If it falls before it answers, that is one more fall to mend.

        Raises StartRefused when it lives and does not answer.
        """
        try:
            self.start(service)
        except StartRefused as refusal:
            if service.child is None or service.child.poll() is None:
                raise
            self.say(f"{service.name}: {refusal}")

    def stop(self) -> None:
        """End all, the last started first; what they still say is heard."""
        for service in reversed(self.services):
            with suppress(ProcessLookupError):
                service.stop()
            self.part(service)
        self.services.clear()
        self.listening.close()

    def part(self, service: Service) -> None:
        """Hear the last words of a service that ended."""
        self.relay(patience=0)
        output = service.child.stdout if service.child is not None else None
        if output is not None and not output.closed:
            with suppress(KeyError):
                self.listening.unregister(output)
            output.close()


def how_it_ended(code: int) -> str:
    """An exit code in words."""
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


class Told(BaseException):
    """Someone asked us to stop: Ctrl-C, or a signal to terminate."""


def listen_to_signals() -> None:
    """From now on Ctrl-C, SIGTERM and a closed terminal raise Told, until an end begins.

    Python swallows what is raised while it forks a child: so it is raised again a moment later.
    """

    def told(_number: int, _frame: object) -> None:
        _ignore(STOPPING)
        signal.setitimer(signal.ITIMER_REAL, UNHEARD_SECONDS)
        raise Told

    signal.signal(signal.SIGALRM, told)
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            signal.signal(number, told)


def ignore_signals() -> None:
    """Nothing interrupts an orderly end, which takes seconds."""
    signal.setitimer(signal.ITIMER_REAL, 0)
    _ignore((*STOPPING, signal.SIGALRM))


def _ignore(numbers: Iterable[signal.Signals]) -> None:
    for number in numbers:
        signal.signal(number, signal.SIG_IGN)
