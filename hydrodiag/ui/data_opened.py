"""The upload a person is working on, opened once a session, and its mapping so far."""

from dataclasses import dataclass

import streamlit as st

from hydrodiag.errors import InvalidInput
from hydrodiag.fleet import SensorCatalog, load_catalog
from hydrodiag.readings.ingest import (
    Mapping,
    Source,
    check_mapping,
    find_remembered_mapping,
    guess_mapping,
    open_upload,
)
from hydrodiag.ui import resources

OPENED = "_opened_upload"


@dataclass
class Opened:
    """`version` counts fresh starts of the mapping: it is part of the keys of its widgets."""

    upload_id: int
    sheet: str | None
    source: Source
    version: int = 0


@dataclass(frozen=True)
class Start:
    """A mapping to begin with; `is_remembered`: used for the last file of this shape."""

    mapping: Mapping
    is_remembered: bool


def open_chosen(upload_id: int, sheet: str | None = None) -> Opened:
    """The source of an upload; the one opened before is closed."""
    held: Opened | None = st.session_state.get(OPENED)
    if held and (held.upload_id, held.sheet) == (upload_id, sheet):
        return held
    if held:
        held.source.close()
        del st.session_state[OPENED]
    source = open_upload(resources.database(), upload_id, sheet=sheet)
    opened = Opened(upload_id, sheet, source)
    st.session_state[OPENED] = opened
    return opened


def find_start(source: Source, catalog: SensorCatalog, *, use_remembered: bool = True) -> Start:
    """The remembered mapping if it still fits this file and the sensors there are, else a guess."""
    found = find_remembered_mapping(resources.database(), source) if use_remembered else None
    if found and _fits(found, source, catalog):
        return Start(found, True)
    return Start(guess(source, catalog, None), False)


def guess(source: Source, catalog: SensorCatalog, system_id: int | None) -> Mapping:
    zone = resources.settings().time_zone
    return guess_mapping(source, catalog, system_id=system_id, zone=zone)


def current_catalog() -> SensorCatalog:
    return load_catalog(resources.database())


def _fits(mapping: Mapping, source: Source, catalog: SensorCatalog) -> bool:
    try:
        check_mapping(mapping, source, catalog)
    except InvalidInput:
        return False
    return True
