"""The fleet on a screen at the wall: large, without controls, turning its pages by itself."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import streamlit as st

from hydrodiag.readings.overview import MachineState, with_keys
from hydrodiag.ui import resources
from hydrodiag.ui.overview_cards import Worst
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.overview_markup import describe_moved
from hydrodiag.ui.quantities import format_age, format_value
from hydrodiag.ui.wording import join_count

STYLE = Path(__file__).with_name("assets") / "wallboard.css"
TILES = 12
PAGE_S = 20
MOST_KEYS = 3


def show_wallboard(machines: Sequence[MachineState], worst: Worst, now: datetime) -> None:
    pages = -(-len(machines) // TILES)
    number = int(now.timestamp() // PAGE_S) % pages
    part = with_keys(resources.database(), machines[number * TILES : (number + 1) * TILES])
    st.html(STYLE)
    st.html(build_wallboard(part, worst, now, number, pages))


def build_wallboard(
    machines: Sequence[MachineState], worst: Worst, now: datetime, number: int, pages: int
) -> str:
    """HTML of one page of tiles; every text that people or machines gave is escaped."""
    tiles = "".join(_build_tile(each, worst, now) for each in machines)
    turning = f", page {number + 1} of {pages}" if pages > 1 else ""
    told = f"As of {now:%H:%M:%S} UTC{turning}"
    label = join_count(len(machines), "machine", "machines")
    return (
        f'<section class="wall" aria-label="Wallboard of {label}">{tiles}</section>'
        f'<p class="wall-foot">{told}</p>'
    )


def _build_tile(machine: MachineState, worst: Worst, now: datetime) -> str:
    look, found = LOOKS[machine.state], worst.get(machine.system_id)
    reason = machine.reason[:1].upper() + machine.reason[1:]
    since = f"began {format_age(found.since_at, now)}" if found else ""
    moved = describe_moved(found)
    keys = " · ".join(
        f"{each.name} {format_value(each.value, each.unit, each.resolution)}"
        for each in machine.keys[:MOST_KEYS]
    )
    site = " · ".join(filter(None, (machine.code, machine.site)))
    parts = (
        ("wall-state", f"{look.sign} {look.label}, {since}".strip(", ")),
        ("wall-name", machine.name),
        ("wall-site", site),
        ("wall-why", reason),
        ("wall-moved", moved),
        ("wall-keys", keys),
        ("wall-age", f"Newest reading {format_age(machine.newest_at, now)}"),
    )
    inner = "".join(f'<p class="{name}">{escape(text)}</p>' for name, text in parts if text)
    return f'<article class="wall-tile wall-{machine.state}">{inner}</article>'
