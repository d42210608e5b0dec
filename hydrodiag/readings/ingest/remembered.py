"""Mappings kept for the next file of the same shape."""

import json
from dataclasses import replace

from hydrodiag.db import Database, NamedQueries
from hydrodiag.errors import InvalidInput
from hydrodiag.readings.ingest.block import Source
from hydrodiag.readings.ingest.mapping import Mapping, shape_of

SQL = NamedQueries(__file__, "uploads.sql")


def find_remembered_mapping(db: Database, source: Source) -> Mapping | None:
    """The mapping that was used for the last file with the same columns."""
    with db.read() as connection:
        found = connection.execute(SQL["find_mapping"], {"shape": shape_of(source)}).scalar()
    try:
        return Mapping.from_dict(found) if found else None
    except InvalidInput:
        return None


def remember_mapping(db: Database, source: Source, mapping: Mapping) -> None:
    """Keep what a person has confirmed. To keep old readings is decided for each file anew."""
    plain = replace(mapping, questions=(), is_date_order_open=False, keep_old=False)
    values = {
        "shape": shape_of(source),
        "mapping": json.dumps(plain.to_dict()),
        "file_name": source.name,
    }
    with db.write() as connection:
        connection.execute(SQL["remember_mapping"], values)
