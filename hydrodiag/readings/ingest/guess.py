"""A first mapping for a file, from its columns, a sample of its rows and the known sensors."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest.block import Source
from hydrodiag.readings.ingest.clock_guess import ClockGuess, guess_clock
from hydrodiag.readings.ingest.labels import find_sensor, split_label
from hydrodiag.readings.ingest.mapping import ColumnUse, Form, Mapping
from hydrodiag.readings.ingest.numbers import parse_numbers

SENSOR_NAMES = re.compile(
    r"sensor|^tag|channel|signal|param|^point|messstelle|kanal|датчик|канал|тег|параметр", re.I
)
VALUE_NAMES = re.compile(r"value|^val$|reading|wert|значени|показани|^v$|^y$", re.I)
UNIT_NAMES = re.compile(r"^units?$|einheit|^единиц|^ед\.?( ?изм\.?)?$|^uom$|eng.?unit", re.I)
NUMBER_WITH_COMMA = r"^\s*[+-]?\d+,\d+\s*$"
NUMBER_WITH_POINT = r"^\s*[+-]?\d+\.\d+([eE][+-]?\d+)?\s*$"
MOSTLY = 0.5


def guess_mapping(
    source: Source, catalog: SensorCatalog, *, system_id: int | None = None, zone: str = "UTC"
) -> Mapping:
    """Never fails: what could not be found is left empty and stands in `questions`."""
    clock = guess_clock(source.sample, source.columns)
    others = [each for each in source.columns if each not in clock.columns]
    decimal = guess_decimal(source.sample, others)
    numeric = [each for each in others if _is_numeric(source.sample[each], decimal)]
    long_columns = _find_long_columns(source.sample, others, numeric, catalog)
    start = Mapping(
        form=Form.LONG if long_columns else Form.WIDE,
        time_columns=clock.columns,
        clock=clock.clock,
        zone=zone,
        decimal=decimal,
        system_id=system_id,
        is_date_order_open=clock.is_order_open,
    )
    if long_columns:
        return _long(start, source, catalog, long_columns, clock)
    return _wide(start, others, numeric, catalog, clock)


def guess_decimal(sample: pl.DataFrame, columns: Sequence[str]) -> str:
    texts = [sample[each] for each in columns if sample[each].dtype == pl.String]
    commas = sum(int(each.str.contains(NUMBER_WITH_COMMA).sum()) for each in texts)
    points = sum(int(each.str.contains(NUMBER_WITH_POINT).sum()) for each in texts)
    return "," if commas > points else "."


def _is_numeric(column: pl.Series, decimal: str) -> bool:
    """Whether most cells that hold something hold a number."""
    values, empty = parse_numbers(column, decimal)
    filled = len(values) - int(empty.sum())
    readable = len(values) - int(np.isnan(values).sum())
    return filled > 0 and readable > filled * MOSTLY


def _find_long_columns(
    sample: pl.DataFrame, others: Sequence[str], numeric: Sequence[str], catalog: SensorCatalog
) -> tuple[str, str, str] | None:
    """Sensor, value and unit column of a file in long form; None: it is not."""
    unit = next((each for each in others if UNIT_NAMES.search(each)), "")
    texts = [each for each in others if each not in numeric and each != unit]
    named = [each for each in others if SENSOR_NAMES.search(each) and each != unit]
    known = [each for each in texts if _names_sensors(sample[each], catalog)]
    sensor = next(iter(known or [each for each in named if each in texts] or named), None)
    values = [each for each in numeric if each != sensor]
    if sensor is None or not values or find_sensor(sensor, catalog, None)[0]:
        return None
    named_values = [each for each in values if VALUE_NAMES.search(each)]
    if not known and not named_values and len(values) > 1:
        return None
    return sensor, (named_values or values)[0], unit


def _names_sensors(column: pl.Series, catalog: SensorCatalog) -> bool:
    labels = column.drop_nulls().unique().head(50).to_list()
    known = sum(bool(catalog.match(split_label(str(label)).name)) for label in labels)
    return known > len(labels) * MOSTLY


def _long(
    start: Mapping,
    source: Source,
    catalog: SensorCatalog,
    columns: tuple[str, str, str],
    clock: ClockGuess,
) -> Mapping:
    sensor, value, unit = columns
    labels = source.sample[sensor].drop_nulls().unique(maintain_order=True).cast(pl.String)
    system_id = start.system_id or _common_system(labels.to_list(), catalog)
    unknown = [
        label for label in labels.to_list() if find_sensor(label, catalog, system_id)[0] is None
    ]
    questions = _time_questions(start, clock)
    if unknown:
        questions.append(f"Sensors not known: {', '.join(sorted(unknown)[:10])}.")
    return replace(
        start,
        system_id=system_id,
        sensor_column=sensor,
        value_column=value,
        unit_column=unit,
        unit="" if unit else split_label(value).unit,
        questions=tuple(questions),
    )


def _wide(
    start: Mapping,
    others: Sequence[str],
    numeric: Sequence[str],
    catalog: SensorCatalog,
    clock: ClockGuess,
) -> Mapping:
    system_id = start.system_id or _common_system(others, catalog)
    uses = tuple(_use_of(each, catalog, system_id) for each in others)
    questions = _time_questions(start, clock)
    left_out = [each.column for each in uses if each.sensor_id is None and each.column in numeric]
    if left_out:
        questions.append(f"Left out, no sensor of this name: {', '.join(left_out[:10])}.")
    return replace(start, system_id=system_id, columns=uses, questions=tuple(questions))


def _use_of(column: str, catalog: SensorCatalog, system_id: int | None) -> ColumnUse:
    sensor, unit = find_sensor(_without_number(column), catalog, system_id)
    return ColumnUse(column, sensor.id if sensor else None, unit)


def _without_number(column: str) -> str:
    """A repeated column name without the number that made it unique."""
    return re.sub(r" \(\d+\)$", "", column)


def _common_system(labels: Sequence[str], catalog: SensorCatalog) -> int | None:
    """The system that knows most of the labels, if one knows more than all others."""
    votes: Counter[int] = Counter()
    for label in labels[:500]:
        name = split_label(label).name
        votes.update({sensor.system_id for sensor in catalog.match(name)})
    best = votes.most_common(2)
    if not best or (len(best) == 2 and best[0][1] == best[1][1]):
        return None
    return best[0][0]


def _time_questions(start: Mapping, clock: ClockGuess) -> list[str]:
    if not clock.columns:
        return ["No column with times was found."]
    questions = [clock.question] if clock.question else []
    if not clock.has_offset:
        questions.append(f"The times carry no offset: they are taken as {start.zone} time.")
    return questions
