"""Labels of working cycles out of a table: a start and what is known of that cycle."""

import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hydrodiag.accounts import Actor, Permission, require
from hydrodiag.cache import bump_generation
from hydrodiag.db import Database, NamedQueries
from hydrodiag.diagnostics.cycles.shape import CYCLE_S
from hydrodiag.diagnostics.models.versions import TOPIC
from hydrodiag.errors import InvalidInput

SQL = NamedQueries(__file__, "labelled.sql")
START = "start"
FORM = "start,valve,session"
MOST_ROWS, MOST_KEYS, LONGEST = 200_000, 30, 60
TOLD = 20


@dataclass(frozen=True)
class LabelsAdded:
    """`refused` names lines and reasons, the first twenty of `refused_n`."""

    added: int
    refused_n: int = 0
    refused: tuple[str, ...] = ()


@dataclass
class _Read:
    rows: list[tuple[datetime, dict[str, object]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def add_labels(db: Database, actor: Actor, system_id: int, text: str) -> LabelsAdded:
    """`text` is CSV: a column `start` with instants and their offset, and one a label. An empty
    field tells nothing; labels of other columns stay. Raises InvalidInput where the head is wrong.
    """
    require(actor, Permission.MANAGE_DIAGNOSTICS)
    told = _read(text)
    values = [
        {"system_id": system_id, "start_at": start, "labels": json.dumps(labels),
         "end_at": start + timedelta(seconds=CYCLE_S)}
        for start, labels in told.rows
    ]  # fmt: skip
    if values:
        with db.write() as connection:
            connection.execute(SQL["add_labels"], values)
            bump_generation(connection, TOPIC)
    return LabelsAdded(len(values), len(told.refused), tuple(told.refused[:TOLD]))


def _read(text: str) -> _Read:
    table = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    keys = _check_head(next(table, []))
    told = _Read()
    for number, fields in enumerate(table, start=2):
        if number > MOST_ROWS + 1:
            raise InvalidInput(f"There are more than {MOST_ROWS:,} lines.", hint="Split the file.")
        try:
            if any(fields):
                told.rows.append(_read_row(keys, fields))
        except ValueError as error:
            told.refused.append(f"Line {number}: {error}.")
    return told


def _check_head(head: list[str]) -> list[str]:
    keys = [each.strip() for each in head]
    wrong = (
        START not in keys or not 2 <= len(keys) <= MOST_KEYS or len(set(keys)) < len(keys)
        or not all(0 < len(each) <= LONGEST for each in keys)
    )  # fmt: skip
    if wrong:
        raise InvalidInput(
            f"The first line must name the columns: {START} and one to {MOST_KEYS - 1} labels.",
            hint=f"Such as {FORM}.",
        )
    return keys


def _read_row(keys: list[str], fields: list[str]) -> tuple[datetime, dict[str, object]]:
    if len(fields) != len(keys):
        raise ValueError(f"{len(fields)} fields instead of {len(keys)}")
    named = dict(zip(keys, (each.strip() for each in fields), strict=True))
    written = named.pop(START)
    try:
        start = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{written!r} is no instant, such as 2026-05-04T06:00:00+02:00") from None
    if start.tzinfo is None:
        raise ValueError(f"{written!r} lacks its offset, such as +02:00 or Z")
    labels = {key: _as_value(each) for key, each in named.items() if each}
    if not labels:
        raise ValueError("no label")
    return start.astimezone(UTC), labels


def _as_value(text: str) -> object:
    if len(text) > LONGEST:
        raise ValueError(f"a label of more than {LONGEST} characters")
    try:
        number = float(text)
    except ValueError:
        return text
    if number != number or abs(number) == float("inf"):  # noqa: PLR0124 - NaN
        return text
    return int(number) if number.is_integer() else number
