import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from billing_portal.embedded import supervisor as module
from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.supervisor import Program, Supervisor

SLEEPS = "import time; print('up', flush=True); time.sleep(600)"
HOLDS_ON = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPS}"
WITH_A_CHILD = f"""
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "{SLEEPS}"])
print(child.pid, flush=True)
child.wait()
"""
SUPERVISES = """
import os, sys
from billing_portal.embedded.supervisor import Program, Supervisor
supervisor = Supervisor(say=print)
sleeper = Program("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], os.environ)
supervisor.start(sleeper)
print(sleeper.child.pid, flush=True)
supervisor.watch()
"""


def program(name, code, **options):
    return Program(name, [sys.executable, "-c", code], os.environ, **options)


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervisor(said):
    made = Supervisor(say=said.append)
    yield made
    made.stop()


def until(claim, *, seconds=10):
    deadline = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_what_a_service_says_is_relayed_under_its_name(supervisor, said):
    supervisor.start(program("web", SLEEPS))

    until(lambda: supervisor.relay(patience=0.1) or said)

    assert said == ["     web | up"]


def test_a_fallen_service_is_started_again(supervisor, said):
    service = program("web", SLEEPS)
    supervisor.start(service)
    first = service.child
    first.kill()
    first.wait()

    supervisor.mend(service)

    assert service.child.pid != first.pid
    assert service.child.poll() is None
    assert any("SIGKILL" in line for line in said)


def test_a_service_that_keeps_falling_ends_all_with_a_reason(supervisor, monkeypatch):
    monkeypatch.setattr(module.time, "sleep", lambda _seconds: None)
    service = program("web", "raise SystemExit(3)")
    supervisor.start(service)

    for _ in range(5):
        service.child.wait()
        supervisor.mend(service)
    service.child.wait()

    with pytest.raises(StartRefused, match=r"web ended 6 times within a minute \(exit code 3\)"):
        supervisor.mend(service)


class KilledWhileItStarts(Program):
    """Killed the second time it is started, before it answers."""

    starts = 0

    def start(self):
        super().start()
        self.starts += 1
        if self.starts == 2:
            self.child.kill()
            self.child.wait()
            raise StartRefused("PostgreSQL did not start.")


def test_a_service_that_falls_while_it_is_started_again_is_one_more_fall(supervisor, said):
    service = KilledWhileItStarts("database", [sys.executable, "-c", SLEEPS], os.environ)
    supervisor.start(service)
    service.child.kill()
    service.child.wait()

    supervisor.mend(service)
    supervisor.mend(service)

    assert service.child.poll() is None
    assert service.starts == 3
    assert "database: PostgreSQL did not start." in said


def test_a_service_that_lives_and_does_not_answer_ends_all(supervisor):
    service = program("database", SLEEPS)
    supervisor.start(service)
    service.child.kill()
    service.child.wait()
    start = service.start

    def silent():
        start()
        raise StartRefused("It does not answer.")

    service.start = silent

    with pytest.raises(StartRefused, match="does not answer"):
        supervisor.mend(service)


def test_the_last_started_is_the_first_to_end(supervisor):
    ended = []
    for name in ("first", "second", "third"):
        service = program(name, SLEEPS)
        service.stop = lambda name=name, stop=service.stop: (ended.append(name), stop())
        supervisor.start(service)

    supervisor.stop()

    assert ended == ["third", "second", "first"]


def test_a_service_that_will_not_end_is_ended(supervisor, said):
    service = program("stubborn", HOLDS_ON, patience=0.2)
    supervisor.start(service)
    until(lambda: supervisor.relay(patience=0.1) or said)

    service.stop()

    assert service.child.returncode == -signal.SIGKILL


def test_stopping_leaves_nothing_of_the_session(supervisor, said):
    service = program("parent", WITH_A_CHILD)
    supervisor.start(service)
    until(lambda: supervisor.relay(patience=0.1) or said)
    grandchild = psutil.Process(int(said[0].split()[-1]))

    service.stop()

    grandchild.wait(5)


def test_a_killed_supervisor_leaves_no_child():
    killed = subprocess.Popen([sys.executable, "-c", SUPERVISES], stdout=subprocess.PIPE, text=True)
    child = psutil.Process(int(killed.stdout.readline()))

    killed.kill()
    killed.communicate()

    child.wait(5)


TOLD_WHILE_IT_FORKS = """
import os, signal, time
from billing_portal.embedded.supervisor import Told, listen_to_signals
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
listen_to_signals()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    if os.fork() == 0:
        os._exit(0)
    time.sleep(20)
except Told:
    print("heard")
"""


def test_being_told_to_stop_while_a_child_is_forked_is_heard_a_moment_later():
    began = time.monotonic()

    said = subprocess.run(
        [sys.executable, "-c", TOLD_WHILE_IT_FORKS], capture_output=True, text=True, check=True
    )

    assert said.stdout == "heard\n"
    assert time.monotonic() - began < 20
