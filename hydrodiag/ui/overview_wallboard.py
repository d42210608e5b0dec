"""The fleet on a screen at the wall: large, without controls, turning its pages by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
# A turn of all pages takes less than two minutes.
MOST_PAGES = 5
MOST_KEYS = 3


@dataclass(frozen=True)
class Wall:
    """One page of tiles out of `pages`; `others` are counted by their state."""

    machines: Sequence[MachineState]
    number: int
    pages: int
    others: Mapping[str, int]


def show_wallboard(machines: Sequence[MachineState], worst: Worst, now: datetime) -> None:
    """`machines` in the order of their need."""
    wall = pick_tiles(machines, now)
    part = with_keys(resources.database(), wall.machines)
    st.html(STYLE)
    st.html(build_wallboard(replace(wall, machines=part), worst, now))


def pick_tiles(machines: Sequence[MachineState], now: datetime) -> Wall:
    """The page whose turn it is. Of more machines than fit on one, only those that are not OK
    are shown, the worst first, on a few pages.
    """
    shown = machines
    if len(machines) > TILES:
        shown = [each for each in machines if each.state != "ok"] or machines
        shown = shown[: TILES * MOST_PAGES]
    pages = -(-len(shown) // TILES)
    number = int(now.timestamp() // PAGE_S) % pages
    part = shown[number * TILES : (number + 1) * TILES]
    return Wall(part, number, pages, _count_states(machines) - _count_states(shown))


def _count_states(machines: Sequence[MachineState]) -> Counter[str]:
    return Counter(each.state for each in machines)


def build_wallboard(wall: Wall, worst: Worst, now: datetime) -> str:
    """HTML of one page of tiles; every text that people or machines gave is escaped."""
    tiles = "".join(_build_tile(each, worst, now) for each in wall.machines)
    turning = [f"page {wall.number + 1} of {wall.pages}"] if wall.pages > 1 else []
    others = [f"{count} {LOOKS[state].label}" for state, count in wall.others.items()]
    beside = [f"not shown: {', '.join(others)}"] if others else []
    told = " · ".join([f"As of {now:%H:%M:%S} UTC", *turning, *beside])
    label = join_count(len(wall.machines), "machine", "machines")
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
