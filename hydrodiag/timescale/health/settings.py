"""Server settings that were left at their defaults, or set beyond what does any good."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from hydrodiag.db import NamedQueries
from hydrodiag.timescale.health.check import OK, WARNING, Check, Verdict

SQL = NamedQueries(__file__, "settings.sql")
MIB = 1 << 20


@dataclass(frozen=True)
class Bounds:
    """Sizes in MiB; None: no bound."""

    setting: str
    least: int | None
    most: int | None
    advice: str


BOUNDS = (
    Bounds("shared_buffers", 256, None, "a quarter of the memory, default is 128 MiB"),
    Bounds("max_wal_size", 2048, None, "4 GiB or more: loads checkpoint all the time below"),
    Bounds("work_mem", None, 256, "16 to 64 MiB: every sort of every session takes as much"),
    Bounds("maintenance_work_mem", None, 4096, "up to 2 GiB: every vacuum worker takes as much"),
)


def judge_memory(connection: Connection) -> Verdict:
    """As the server's configuration has them: HydroDiag's sessions set some for themselves."""
    found = _load(connection)
    wrong = [text for bounds in BOUNDS if (text := _outside(bounds, found))]
    return Verdict(WARNING if wrong else OK, "; ".join(wrong) or "within bounds")


def judge_jit(connection: Connection) -> Verdict:
    is_on = _load(connection).get("jit") == "on"
    return Verdict(WARNING if is_on else OK, "on" if is_on else "off")


def judge_telemetry(connection: Connection) -> Verdict:
    level = _load(connection).get("timescaledb.telemetry_level", "off")
    return Verdict(OK if level == "off" else WARNING, level)


def judge_locks(connection: Connection) -> Verdict:
    found = connection.execute(SQL["count_lockable"]).one()
    value = f"{found.room} locks for {found.chunks} chunks"
    return Verdict(WARNING if found.chunks * 3 > found.room else OK, value)


def _load(connection: Connection) -> Mapping[str, Any]:
    return {row.name: row.value for row in connection.execute(SQL["list_settings"])}


def _outside(bounds: Bounds, found: Mapping[str, Any]) -> str | None:
    size = found.get(bounds.setting)
    if size is None:
        return None
    size_mib = int(size) / MIB
    too_small = bounds.least is not None and size_mib < bounds.least
    too_large = bounds.most is not None and size_mib > bounds.most
    if not (too_small or too_large):
        return None
    return f"{bounds.setting} is {size_mib:.0f} MiB ({bounds.advice})"


CHECKS = (
    Check(
        "memory_settings",
        "Memory and WAL settings",
        "neither default nor bloated",
        "Set them in postgresql.conf as the values say; see docs/operations.md.",
        judge_memory,
    ),
    Check(
        "jit",
        "Just-in-time compilation",
        "off",
        "Set `jit = off`: it costs small rollup queries about 300 ms.",
        judge_jit,
    ),
    Check(
        "telemetry",
        "TimescaleDB telemetry",
        "off",
        "Set `timescaledb.telemetry_level = off`.",
        judge_telemetry,
    ),
    Check(
        "lock_table",
        "Lock table",
        "three locks a chunk: itself and its indexes",
        "Raise `max_locks_per_transaction`, or lengthen the chunk interval.",
        judge_locks,
    ),
)
