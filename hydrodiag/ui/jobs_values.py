"""What runs return, in words: names tell the units of their values."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from hydrodiag.ui.wording import (
    NOTHING,
    format_bytes,
    format_count,
    format_instant,
    format_span,
    join_count,
)

MAX_PARTS = 4
# Spans are written into results as seconds.
SPAN_NAMES = ("_s", "_period", "_interval")


def summarise_result(result: Mapping[str, Any] | None, error: str | None = "") -> str:
    """One line of a result: its state if it has one, else its first values and counts."""
    if error and error.strip():
        return error.strip().splitlines()[0]
    if not result:
        return NOTHING
    if state := result.get("state"):
        reason = result.get("reason") or ""
        return f"{state}: {reason}" if reason else str(state)
    plain = [(name, each) for name, each in result.items() if _is_plain(each)]
    shown = [f"{_readable(name)} {format_value(name, each)}" for name, each in plain]
    shown += [f"{name} {format_count(count)}" for name, count in count_entries(result).items()]
    return ", ".join(shown[:MAX_PARTS]) or "nothing to do"


def count_entries(result: Mapping[str, Any]) -> dict[str, int]:
    """How long the lists in the entries of a result are: `{"dropped": 3}` of all its tables."""
    counts: Counter[str] = Counter()
    for entries in result.values():
        for entry in entries if _is_list(entries) else ():
            if isinstance(entry, Mapping):
                counts.update({name: len(each) for name, each in entry.items() if _is_list(each)})
    return {name: count for name, count in counts.items() if count}


def list_result_lines(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Name and value of every plain entry of a result, in words."""
    return [
        (name_value(name), format_value(name, each))
        for name, each in result.items()
        if _is_plain(each)
    ]


def format_value(name: str, value: object) -> str:
    """A value in the unit that its name ends in."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _format_number(name, value)
    if isinstance(value, str) and name.endswith("_at"):
        return format_instant(datetime.fromisoformat(value))
    return str(value)


def describe_value(name: str, value: object) -> str:
    """Like `format_value`; a list is counted, an object told by its plain values."""
    if _is_list(value):
        return join_count(len(value), "entry", "entries")
    if isinstance(value, Mapping):
        plain = (format_value(each, value[each]) for each in value if _is_plain(value[each]))
        return ", ".join(plain)
    return format_value(name, value)


def name_value(name: str) -> str:
    """`freed_bytes` -> `Freed`."""
    return _readable(name).capitalize()


def _format_number(name: str, number: float) -> str:
    if name.endswith("bytes"):
        return format_bytes(number)
    if name.endswith(SPAN_NAMES):
        return format_span(timedelta(seconds=number))
    return format_count(number) if isinstance(number, int) else f"{number:.4g}"


def _is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)


def _is_plain(value: object) -> bool:
    return not isinstance(value, Mapping | list | tuple)


def _readable(name: str) -> str:
    for ending in ("_bytes", "_s", "_at"):
        if name.endswith(ending):
            return name.removesuffix(ending).replace("_", " ")
    return name.replace("_", " ")
