"""The supervisor with real processes: restarting, stopping in order, leaving nothing behind."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from hydrodiag.config import PROJECT_ROOT

RUNNER = """
import asyncio, json, sys
from pathlib import Path
from hydrodiag.console import Console
from hydrodiag.supervisor import Service, Supervisor

services = [
    Service(one["name"], [sys.executable, "-u", "-c", one["code"]], Path.cwd(),
            one.get("environment", {}), one.get("stop_timeout_s", 10))
    for one in json.loads(sys.argv[1])
]

async def main():
    await Supervisor(services, Console(sys.stdout), first_pause_s=0.05).run()

asyncio.run(main())
print("supervisor ended", flush=True)
"""
WELL_BEHAVED = """
import os, signal, sys, time
def end(*_):
    print("ending", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("up", os.getpid(), flush=True)
while True:
    time.sleep(0.05)
"""
DEAF = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", os.getpid(), flush=True)
time.sleep(300)
"""
WITH_A_CHILD = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
print("up", child.pid, flush=True)
time.sleep(300)
"""


class Run:
    """A supervisor in a process of its own, and what it has written so far."""

    def __init__(self, services: list[dict[str, Any]]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, json.dumps(services)],
            cwd=PROJECT_ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def wait_for(self, words: str, times: int = 1) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if sum(words in seen for seen in self.lines) >= times:
                return self.lines[-1]
        raise AssertionError(f"{words!r} never came: {self.lines}")

    def finish(self) -> list[str]:
        rest, _ = self.process.communicate(timeout=30)
        return self.lines + rest.splitlines()


@pytest.fixture
def supervise() -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def start(*services: dict[str, Any]) -> Run:
        runs.append(Run(list(services)))
        return runs[-1]

    yield start
    for run in runs:
        with suppress(ProcessLookupError):
            run.process.kill()
        run.process.wait()
        assert run.process.stdout is not None
        run.process.stdout.close()


@contextmanager
def inheriting(number: signal.Signals, disposition: signal.Handlers) -> Iterator[None]:
    """What is started in the block is, however the tests were: `nohup` hands on SIG_IGN."""
    before = signal.signal(number, disposition)
    try:
        yield
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_stops_the_services_in_reverse_order(
    supervise: Callable[..., Run], number: signal.Signals
) -> None:
    with inheriting(number, signal.SIG_DFL):
        run = supervise(
            {"name": "scheduler", "code": WELL_BEHAVED}, {"name": "app", "code": WELL_BEHAVED}
        )
    run.wait_for("up", times=2)
    run.process.send_signal(number)
    lines = run.finish()
    assert [line for line in lines if "ending" in line] == [
        "app       | ending",
        "scheduler | ending",
    ]
    assert lines[-1] == "supervisor ended"
    assert run.process.returncode == 0


def test_under_nohup_a_closed_terminal_stops_nothing(supervise: Callable[..., Run]) -> None:
    with inheriting(signal.SIGHUP, signal.SIG_IGN):
        run = supervise({"name": "app", "code": WELL_BEHAVED})
    run.wait_for("up")
    run.process.send_signal(signal.SIGHUP)
    run.process.send_signal(signal.SIGTERM)
    lines = run.finish()
    assert "hydrodiag | SIGTERM: stopping, once more to hurry" in lines


def test_output_that_nobody_reads_any_more_stops_everything(
    supervise: Callable[..., Run],
) -> None:
    code = "import time\nwhile True: print('up', flush=True); time.sleep(0.01)"
    with inheriting(signal.SIGHUP, signal.SIG_DFL):
        run = supervise({"name": "app", "code": code})
    run.wait_for("up")
    assert run.process.stdout is not None
    run.process.stdout.close()
    run.process.wait(20)


def test_a_service_that_ends_is_started_again(supervise: Callable[..., Run]) -> None:
    run = supervise({"name": "app", "code": "print('up', flush=True); raise SystemExit(3)"})
    run.wait_for("up", times=3)
    run.process.terminate()
    ends = [line for line in run.finish() if "ended with code 3" in line]
    assert ends[:2] == [
        "app       | ended with code 3, again in 0.05 s",
        "app       | ended with code 3, again in 0.1 s",
    ]


def test_a_killed_service_is_started_again(supervise: Callable[..., Run]) -> None:
    run = supervise({"name": "app", "code": WELL_BEHAVED})
    os.kill(_pid_in(run.wait_for("up")), signal.SIGKILL)
    run.wait_for("killed by SIGKILL, again in")
    run.wait_for("up", times=2)


def test_a_service_that_does_not_listen_is_killed(supervise: Callable[..., Run]) -> None:
    run = supervise({"name": "app", "code": DEAF, "stop_timeout_s": 0.2})
    pid = _pid_in(run.wait_for("up"))
    run.process.terminate()
    assert "app       | did not stop within 0.2 s, killed" in run.finish()
    assert not _is_alive(pid)


def test_a_second_signal_kills_at_once_and_restarts_nothing(
    supervise: Callable[..., Run],
) -> None:
    run = supervise({"name": "scheduler", "code": DEAF}, {"name": "app", "code": DEAF})
    run.wait_for("up", times=2)
    run.process.send_signal(signal.SIGINT)
    run.wait_for("stopping")
    run.process.send_signal(signal.SIGINT)
    lines = run.finish()
    assert lines[-1] == "supervisor ended"
    assert len([line for line in lines if "up" in line.split()]) == 2


def test_what_a_service_started_does_not_outlive_it(supervise: Callable[..., Run]) -> None:
    run = supervise({"name": "app", "code": WITH_A_CHILD})
    grandchild = _pid_in(run.wait_for("up"))
    run.process.terminate()
    run.finish()
    assert _ends_soon(grandchild)


def test_services_end_with_a_supervisor_that_was_killed(supervise: Callable[..., Run]) -> None:
    run = supervise({"name": "app", "code": WELL_BEHAVED})
    pid = _pid_in(run.wait_for("up"))
    run.process.kill()
    assert _ends_soon(pid)


def test_a_program_that_is_not_there_is_said_and_tried_again(
    supervise: Callable[..., Run],
) -> None:
    run = supervise(
        {"name": "app", "code": "raise SystemExit(127)"}, {"name": "scheduler", "code": DEAF}
    )
    run.wait_for("app       | ended with code 127", times=2)


def test_long_and_broken_lines_arrive(supervise: Callable[..., Run]) -> None:
    code = "import os, time; os.write(1, b'x' * 200_000 + b'\\n\\xff\\nlast'); time.sleep(0.1)"
    run = supervise({"name": "app", "code": code})
    run.wait_for("ended with code 0")
    assert run.lines[:3] == ["app       | " + "x" * 200_000, "app       | �", "app       | last"]


def test_services_get_their_environment(supervise: Callable[..., Run]) -> None:
    code = "import os, time; print(os.environ['DATABASE_URL']); time.sleep(30)"
    environment = {"DATABASE_URL": "postgresql://somewhere"}
    run = supervise({"name": "app", "code": code, "environment": environment})
    assert run.wait_for("postgresql:") == "app       | postgresql://somewhere"


def _pid_in(line: str) -> int:
    return int(line.rsplit(maxsplit=1)[-1])


def _is_alive(pid: int) -> bool:
    """A process that nobody has buried yet is dead."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def _ends_soon(pid: int) -> bool:
    give_up_at = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < give_up_at:
        time.sleep(0.02)
    return not _is_alive(pid)
