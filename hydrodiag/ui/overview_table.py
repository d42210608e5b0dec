"""A row a machine, for fleets too large for cards."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import KeyValue, MachineState
from hydrodiag.ui.findings_looks import SEVERITIES
from hydrodiag.ui.navigation import find_page
from hydrodiag.ui.overview_cards import Worst
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.overview_markup import Sparklines, describe_moved
from hydrodiag.ui.quantities import format_age, format_number

MOST_QUANTITIES = 3
OTHER_COLUMNS = (
    "State", "Machine", "Code", "Newest reading", "Why", "Kind", "Site", "Finding",
    "Since", "Moved",
)  # fmt: skip
SAID = ("Finding", "Why", "Since", "Moved", "Site")
Measure = tuple[str, str]
NO_FINDINGS: Worst = {}


def show_table(
    machines: Sequence[MachineState], sparklines: Sparklines, worst: Worst, now: datetime
) -> None:
    """A click on a row opens the machine in Metrics."""
    measures = list_measures(machines)
    event = st.dataframe(
        build_frame(machines, measures, sparklines, now, worst),
        hide_index=True,
        height="content",
        key="machines",
        on_select="rerun",
        selection_mode="single-row",
        column_config=_configure(measures),
        alt="Machines, the ones that need somebody first",
    )
    page, rows = find_page("Metrics"), event.selection.rows
    if page is not None and rows and rows[0] < len(machines):
        st.switch_page(page, query_params={"system": machines[rows[0]].code})


def list_measures(machines: Sequence[MachineState]) -> list[Measure]:
    """Name and unit of the key quantities that most of these machines have."""
    counts = Counter((key.name, key.unit) for machine in machines for key in machine.keys)
    return [measure for measure, _ in counts.most_common(MOST_QUANTITIES)]


def build_frame(
    machines: Sequence[MachineState],
    measures: Sequence[Measure],
    sparklines: Sparklines,
    now: datetime,
    worst: Worst = NO_FINDINGS,
) -> pd.DataFrame:
    """What no machine of these has anything to say on has no column."""
    rows = [_build_row(each, measures, sparklines, now, worst) for each in machines]
    frame = pd.DataFrame(rows)
    empty = [name for name in SAID if name in frame and not frame[name].any()]
    return frame.drop(columns=empty)


def _tell(machine: MachineState, found: WorstFinding | None, now: datetime) -> dict[str, str]:
    if found is None:
        return {"Finding": "", "Why": machine.reason, "Since": "", "Moved": ""}
    return {
        "Finding": f"{SEVERITIES[found.severity].sign} {found.title}",
        "Why": "" if machine.reason == found.title else machine.reason,
        "Since": format_age(found.since_at, now),
        "Moved": describe_moved(found),
    }


def _build_row(
    machine: MachineState,
    measures: Sequence[Measure],
    sparklines: Sparklines,
    now: datetime,
    worst: Worst,
) -> dict[str, object]:
    look = LOOKS[machine.state]
    row: dict[str, object] = {
        "State": f"{look.sign} {look.label}",
        "Machine": machine.name,
        **_tell(machine, worst.get(machine.system_id), now),
        "Code": machine.code,
        "Newest reading": format_age(machine.newest_at, now),
    }
    keys = {(key.name, key.unit): key for key in machine.keys}
    for measure in measures:
        row |= _build_cells(measure, keys.get(measure), sparklines)
    return {**row, "Kind": machine.kind, "Site": machine.site}


def _build_cells(
    measure: Measure, key: KeyValue | None, sparklines: Sparklines
) -> dict[str, object]:
    label = _label(measure)
    if key is None:
        return {label: None, f"{label}, 24 h": []}
    number = format_number(key.value, key.resolution)
    return {label: number, f"{label}, 24 h": list(sparklines.get(key.sensor_id, ()))}


def _configure(measures: Sequence[Measure]) -> dict[str, ColumnConfig]:
    columns = {
        "State": st.column_config.TextColumn(pinned=True, width="small"),
        "Why": st.column_config.TextColumn(width="large"),
    }
    for measure in measures:
        label = _label(measure)
        columns[label] = st.column_config.TextColumn(alignment="right")
        columns[f"{label}, 24 h"] = st.column_config.LineChartColumn(
            "Last 24 h", width="small", help="Hourly means"
        )
    return columns


def _label(measure: Measure) -> str:
    """A sensor called like one of the other columns does not take its place."""
    name, unit = measure
    if not unit and name in OTHER_COLUMNS:
        return f"{name} (sensor)"
    return f"{name} [{unit}]" if unit else name
