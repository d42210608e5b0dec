"""What `hydrodiag ingest` prints: the mapping, the preview, the progress and the report."""

import sys
from types import TracebackType
from typing import Self

from hydrodiag.fleet.catalog import SensorCatalog
from hydrodiag.readings.ingest import (
    REASON_TEXT,
    Form,
    IngestReport,
    Mapping,
    Preview,
    Reason,
    Source,
)

BAR_WIDTH = 24
SHOWN = 5


def describe_mapping(source: Source, mapping: Mapping, catalog: SensorCatalog) -> str:
    lines = [
        f"{source.name}: {source.kind}, {source.size_bytes / 1e6:,.1f} MB, {source.detail}",
        f"  time      {' + '.join(mapping.time_columns)} "
        f"({mapping.clock.replace('_', ' ')}, {mapping.zone})",
    ]
    describe = _long_columns if mapping.form is Form.LONG else _wide_columns
    lines += describe(mapping, catalog)
    lines += [f"  note      {question}" for question in mapping.questions]
    return "\n".join(lines)


def _long_columns(mapping: Mapping, _catalog: SensorCatalog) -> list[str]:
    unit = mapping.unit_column or mapping.unit or "as the sensor's"
    return [
        f"  sensor    {mapping.sensor_column}",
        f"  value     {mapping.value_column} (decimal sign {mapping.decimal}, unit {unit})",
    ]


def _wide_columns(mapping: Mapping, catalog: SensorCatalog) -> list[str]:
    lines = [f"  decimal   {mapping.decimal}"]
    for use in mapping.used_columns:
        sensor = catalog.find(use.sensor_id or 0)
        target = f"{sensor.full_tag} in {sensor.unit}" if sensor else "unknown"
        lines.append(f"  column    {use.column} -> {target}, from {use.unit or 'the same'}")
    if mapping.ignored_columns:
        lines.append(f"  left out  {', '.join(mapping.ignored_columns)}")
    return lines


def describe_preview(seen: Preview) -> str:
    part = "The first" if seen.is_partial else "All"
    lines = [f"{part} {seen.read_rows:,} readings:", *_counts(seen.report)]
    for row in seen.good.head(SHOWN).iter_rows(named=True):
        lines.append(
            f"    {row['time']:%Y-%m-%d %H:%M:%S}  {row['sensor']}  "
            f"{row['value']:.6g} {row['unit']}"
        )
    lines += [f"    line {row.line}: {row.detail}" for row in seen.refused[:SHOWN]]
    return "\n".join(lines)


def describe_report(name: str, report: IngestReport) -> str:
    lines = [f"{name}: {report.rows:,} readings", *_counts(report)]
    if report.first_at and report.last_at:
        lines.append(
            f"  from {report.first_at:%Y-%m-%d %H:%M:%S} to {report.last_at:%Y-%m-%d %H:%M:%S} UTC"
        )
    return "\n".join(lines)


def _counts(report: IngestReport) -> list[str]:
    lines = [
        f"  {report.inserted:>14,} inserted",
        f"  {report.already_there:>14,} already there",
        f"  {report.quarantined:>14,} quarantined",
    ]
    lines += [
        f"  {count:>14,}   {REASON_TEXT[Reason(reason)].lower()}"
        for reason, count in report.reasons.items()
    ]
    return lines + ([f"  {report.empty:>14,} empty cells"] if report.empty else [])


class Bar:
    """One line that grows; on no terminal, nothing."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def show(self, fraction: float | None, text: str) -> None:
        if self._on:
            done = "#" * int(BAR_WIDTH * (fraction or 0))
            print(f"\r[{done:<{BAR_WIDTH}}] {text}\033[K", end="", file=sys.stderr)  # noqa: T201

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._on:
            print(file=sys.stderr)  # noqa: T201
