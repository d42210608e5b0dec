"""One step of the set-up: a command that either works or says which, why and what to do."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from hydrodiag.embedded.location import ServerUser
from hydrodiag.errors import SetupFailed

Report = Callable[[str], None]
TAIL_LINES = 12
OTHER_WAYS = (
    "Two other ways: set DATABASE_URL to a TimescaleDB server of your own, "
    "or start one with `docker compose up -d` as docker-compose.yml says."
)


def say(message: str) -> None:
    """The report of whoever has nothing better: a line on standard error."""
    sys.stderr.write(f"{message}\n")


def run_step(
    step: str,
    command: Sequence[str | Path],
    *,
    cwd: Path,
    hint: str = OTHER_WAYS,
    user: ServerUser | None = None,
    stdin: str = "",
    timeout_s: float = 600,
) -> str:
    """Standard output of `command`; SetupFailed naming the step and the end of its error text.

    In a session of its own: Ctrl-C reaches us, and we decide what becomes of the command.
    """
    argv = [str(part) for part in command]
    try:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            argv,
            cwd=cwd,
            env=_plain_environment(),
            input=stdin,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
            start_new_session=True,
            **_as_user(user),
        )
    except subprocess.TimeoutExpired as error:
        raise SetupFailed(f"{step}: no end after {timeout_s:.0f} s.", hint=hint) from error
    except OSError as error:
        raise SetupFailed(f"{step}: {error}.", hint=hint) from error
    if done.returncode:
        raise SetupFailed(f"{step} failed:\n{tail(done.stderr or done.stdout)}\n", hint=hint)
    return done.stdout


def tail(text: str, lines: int = TAIL_LINES) -> str:
    kept = [line for line in text.splitlines() if line.strip()][-lines:]
    return "\n".join(f"  {line}" for line in kept) or "  (it said nothing)"


def _plain_environment() -> Mapping[str, str]:
    """The caller's environment in plain English, without what would misdirect libpq."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PG", "LD_", "LC_"))
    }
    return kept | {"LC_ALL": "C", "LANG": "C", "DEBIAN_FRONTEND": "noninteractive"}


def _as_user(user: ServerUser | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.uid, "group": user.gid, "extra_groups": []}
