"""Keeps programs running under one roof and stops them in order.

Each service runs in a session of its own, so that Ctrl-C reaches the supervisor alone and
the order of stopping is ours. A service that ends is started again, after a pause that
grows while it keeps failing.
"""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hydrodiag.console import Console, LineSplitter

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
STEADY_AFTER_S = 60.0
DRAIN_TIMEOUT_S = 1.0
END_POLL_S = 0.05
CHUNK_BYTES = 1 << 16

Watch = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_timeout_s: float = 15


def list_stop_signals() -> list[signal.Signals]:
    """Under `nohup` a closed terminal is no reason to stop."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return [signal.SIGINT, signal.SIGTERM]
    return [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


class Supervisor:
    """Runs `services`, started in the given order and stopped in the reverse one."""

    def __init__(
        self,
        services: Sequence[Service],
        console: Console,
        *,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._console = console
        self._keepers = [_Keeper(service, console, first_pause_s) for service in services]
        self._signals = 0
        self._asked_to_stop = asyncio.Event()

    async def run(self, *watches: Watch) -> None:
        """Return after SIGINT, SIGTERM or SIGHUP, when every service has ended."""
        self._listen()
        tasks = [asyncio.create_task(keeper.run()) for keeper in self._keepers]
        others = [asyncio.ensure_future(watch()) for watch in watches]
        await self._asked_to_stop.wait()
        for task in others:
            task.cancel()
        for keeper in reversed(self._keepers):
            await keeper.stop()
        await asyncio.gather(*tasks, *others, return_exceptions=True)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in list_stop_signals():
            loop.add_signal_handler(number, self._on_signal, number)

    def _on_signal(self, number: signal.Signals) -> None:
        self._signals += 1
        if self._signals == 1:
            self._console.write("hydrodiag", f"{number.name}: stopping, once more to hurry")
        else:
            for keeper in self._keepers:
                keeper.kill()
        self._asked_to_stop.set()


class _Keeper:
    """Keeps one service running until told to stop."""

    def __init__(self, service: Service, console: Console, first_pause_s: float) -> None:
        self._service = service
        self._console = console
        self._first_pause_s = first_pause_s
        self._process: asyncio.subprocess.Process | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()

    async def run(self) -> None:
        pause_s = self._first_pause_s
        while not self._stopping.is_set():
            started_at = time.monotonic()
            outcome = await self._run_once()
            if self._stopping.is_set():
                break
            if time.monotonic() - started_at > STEADY_AFTER_S:
                pause_s = self._first_pause_s
            self._say(f"{outcome}, again in {pause_s:g} s")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause_s)
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        self._ended.set()

    async def stop(self) -> None:
        """Ask the service to end; kill it if it does not within its time."""
        self._stopping.set()
        self._send(signal.SIGTERM)
        try:
            await asyncio.wait_for(self._ended.wait(), self._service.stop_timeout_s)
        except TimeoutError:
            self._say(f"did not stop within {self._service.stop_timeout_s:g} s, killed")
            self.kill()
            await self._ended.wait()

    def kill(self) -> None:
        self._stopping.set()
        if self._process is not None:
            _kill_group(self._process.pid)

    async def _run_once(self) -> str:
        try:
            process = await self._spawn()
        except OSError as error:
            return f"could not be started: {error}"
        self._process = process
        if self._stopping.is_set():
            self._send(signal.SIGTERM)
        lines = asyncio.create_task(self._pass_on_lines(process))
        code = await _wait_for_end(process)
        _kill_group(process.pid)
        await asyncio.wait({lines}, timeout=DRAIN_TIMEOUT_S)
        lines.cancel()
        return _describe_end(code)

    async def _spawn(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *_ending_with_us(),
            *self._service.command,
            cwd=self._service.folder,
            env={**os.environ, **self._service.environment},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    async def _pass_on_lines(self, process: asyncio.subprocess.Process) -> None:
        splitter = LineSplitter()
        stream = process.stdout
        while stream and (chunk := await stream.read(CHUNK_BYTES)):
            for line in splitter.feed(chunk):
                self._say(line)
        for line in splitter.finish():
            self._say(line)

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _say(self, text: str) -> None:
        self._console.write(self._service.name, text or " ")


async def _wait_for_end(process: asyncio.subprocess.Process) -> int:
    """Until the process itself has ended: `wait()` would also wait for what it started."""
    while process.returncode is None:
        await asyncio.sleep(END_POLL_S)
    return process.returncode


def _ending_with_us() -> tuple[str, ...]:
    """Have the kernel end the service should the supervisor itself be killed.

    With SIGKILL: its last words would go into a pipe that nobody reads any more, which has
    kept Streamlit from ending on SIGTERM.
    """
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "KILL", "--") if setpriv else ()


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _describe_end(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
