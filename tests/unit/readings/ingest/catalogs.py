"""A catalog without a database, and ways to read a file's rows."""

import polars as pl

from hydrodiag.fleet.catalog import CatalogSensor, SensorCatalog
from hydrodiag.readings.ingest import Source
from hydrodiag.readings.ingest.block import OVERFLOW


def build_catalog() -> SensorCatalog:
    return SensorCatalog(
        [
            CatalogSensor(1, 1, "A", "PS1", "Pump pressure", "pressure", "bar", 0.01, 0, 400),
            CatalogSensor(2, 1, "A", "TS1", "Oil temperature", "temperature", "°C", 0.1, -40, 150),
            CatalogSensor(3, 1, "A", "FS1", "Pump flow", "flow", "l/min", None, 0, 200),
            CatalogSensor(4, 2, "B", "PS1", "Pump pressure", "pressure", "bar"),
            CatalogSensor(5, 2, "B", "X-9", "Давление насоса", "pressure", "бар"),
        ]
    )


def all_rows(source: Source) -> list[tuple[str | None, ...]]:
    frames = [block.frame for block in source.blocks()]
    rows = pl.concat(frames).select(source.columns).rows()
    return [row for row in rows if any(cell is not None for cell in row)]


def overflow(source: Source) -> list[str | None]:
    return pl.concat([block.frame for block in source.blocks()])[OVERFLOW].to_list()
