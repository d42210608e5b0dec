"""How the columns of a file are to be read."""

import json
from collections import defaultdict
from collections.abc import Mapping as MappingOf
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b, sha256
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest.block import Source
from hydrodiag.readings.ingest.units import conversion

NO_SENSOR = 0


class Form(StrEnum):
    LONG = "long"
    WIDE = "wide"


class Clock(StrEnum):
    """What the times of a file are; texts with the year first need no day_first or month_first."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    EPOCH_S = "epoch_s"
    EPOCH_MS = "epoch_ms"
    EPOCH_US = "epoch_us"
    EPOCH_NS = "epoch_ns"
    EXCEL = "excel"


@dataclass(frozen=True)
class ColumnUse:
    """A column of a wide file. No sensor: it is left out. Empty unit: the sensor's own."""

    column: str
    sensor_id: int | None = None
    unit: str = ""


@dataclass(frozen=True)
class Mapping:
    """`time_columns`: one, or a date and a time of day. `zone` is for times without an offset.

    Long form: `sensor_column`, `value_column` and perhaps `unit_column`, else `unit` for all
    rows; `sensors` names the sensor of a label where the catalog does not know it, or NO_SENSOR
    for a label whose readings shall not be loaded.
    Wide form: `columns`. `questions` is what the user should look at before loading.
    """

    form: Form
    time_columns: tuple[str, ...]
    clock: Clock = Clock.DAY_FIRST
    zone: str = "UTC"
    decimal: str = "."
    system_id: int | None = None
    sensor_column: str = ""
    value_column: str = ""
    unit_column: str = ""
    unit: str = ""
    sensors: MappingOf[str, int] = field(default_factory=dict)
    columns: tuple[ColumnUse, ...] = ()
    keep_old: bool = False
    is_date_order_open: bool = False
    questions: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: MappingOf[str, Any]) -> Self:
        """Raises InvalidInput where `values` is no mapping."""
        try:
            return cls(
                **{
                    **values,
                    "form": Form(values["form"]),
                    "clock": Clock(values.get("clock", Clock.DAY_FIRST)),
                    "time_columns": tuple(values["time_columns"]),
                    "columns": tuple(ColumnUse(**each) for each in values.get("columns", ())),
                    "questions": tuple(values.get("questions", ())),
                }
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(
                f"This is no mapping of columns: {error}.", hint="Let HydroDiag guess a new one."
            ) from error

    @property
    def key(self) -> bytes:
        """The same for mappings that read a file alike."""
        plain = replace(self, questions=(), is_date_order_open=False)
        text = json.dumps(plain.to_dict(), sort_keys=True)
        return blake2b(text.encode(), digest_size=16).digest()

    @property
    def scope(self) -> str:
        """Tells apart the same row read for different machines."""
        used = ",".join(str(each.sensor_id) for each in self.columns if each.sensor_id)
        return f"{self.form}:{self.system_id or ''}:{used}"

    @property
    def used_columns(self) -> tuple[ColumnUse, ...]:
        return tuple(each for each in self.columns if each.sensor_id is not None)

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        return tuple(each.column for each in self.columns if each.sensor_id is None)


def shape_of(source: Source) -> str:
    """The same for files whose columns have the same names, whatever their case and spacing."""
    names = [" ".join(name.casefold().split()) for name in source.columns]
    return sha256("\x1f".join((source.kind, *names)).encode()).hexdigest()


def check_mapping(mapping: Mapping, source: Source, catalog: SensorCatalog) -> None:
    """Raise InvalidInput, saying what to correct, where a mapping cannot be used."""
    _check_time(mapping, source)
    if mapping.form is Form.LONG:
        _check_long(mapping, source)
    else:
        _check_wide(mapping, source, catalog)


def _check_time(mapping: Mapping, source: Source) -> None:
    if not mapping.time_columns:
        raise InvalidInput(
            f"{source.name} has no column with times: it has {_listed(source.columns)}.",
            hint="Name the column that holds them, or add one to the export.",
        )
    _require_columns(mapping.time_columns, source)
    if mapping.decimal not in (".", ","):
        raise InvalidInput(f"{mapping.decimal!r} is no decimal sign.", hint="Use . or a comma.")
    try:
        ZoneInfo(mapping.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(
            f"{mapping.zone!r} is no time zone.", hint="Use a name like UTC or Europe/Berlin."
        ) from None


def _check_long(mapping: Mapping, source: Source) -> None:
    if not (mapping.sensor_column and mapping.value_column):
        raise InvalidInput(
            f"{source.name} needs a column that names the sensor and one that holds the value.",
            hint=f"It has {_listed(source.columns)}.",
        )
    optional = (mapping.unit_column,) if mapping.unit_column else ()
    _require_columns((mapping.sensor_column, mapping.value_column, *optional), source)


def _check_wide(mapping: Mapping, source: Source, catalog: SensorCatalog) -> None:
    used = mapping.used_columns
    if not used:
        raise InvalidInput(
            f"No column of {source.name} is a known sensor: it has {_listed(source.columns)}.",
            hint="Assign columns to sensors, or create the sensors first.",
        )
    _require_columns(tuple(each.column for each in used), source)
    columns_of: dict[int, list[str]] = defaultdict(list)
    for use in used:
        columns_of[use.sensor_id or 0].append(use.column)
        _check_column(use, catalog)
    for sensor_id, columns in columns_of.items():
        if len(columns) > 1:
            sensor = catalog.sensors[sensor_id]
            raise InvalidInput(
                f"The columns {_listed(columns)} are all assigned to sensor {sensor.tag}.",
                hint="Keep one of them and leave the others out.",
            )


def _check_column(use: ColumnUse, catalog: SensorCatalog) -> None:
    sensor = catalog.find(use.sensor_id or 0)
    if sensor is None:
        raise InvalidInput(
            f"Column {use.column!r} is assigned to sensor {use.sensor_id}, which does not exist.",
            hint="Choose another sensor for it.",
        )
    if use.unit:
        try:
            conversion(use.unit, sensor.unit)
        except InvalidInput as error:
            raise InvalidInput(f"Column {use.column!r}: {error.message}", hint=error.hint) from None


def _require_columns(names: tuple[str, ...], source: Source) -> None:
    for name in names:
        if name not in source.columns:
            raise InvalidInput(
                f"{source.name} has no column {name!r}.",
                hint=f"It has {_listed(source.columns)}.",
            )


def _listed(names: tuple[str, ...] | list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:8])
    return f"{shown} and {len(names) - 8} more" if len(names) > 8 else shown
