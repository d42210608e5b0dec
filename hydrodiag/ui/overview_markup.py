"""HTML of the cards: one piece for what would be twenty elements of a page.

Every text that people or machines gave is escaped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape

from hydrodiag.diagnostics.findings.reading import WorstFinding
from hydrodiag.readings.overview import KeyValue, MachineState
from hydrodiag.ui.overview_looks import LOOKS
from hydrodiag.ui.quantities import PLAIN_UP_TO, format_age, format_value
from hydrodiag.ui.sparkline import draw_sparkline
from hydrodiag.ui.wording import format_count, join_count

MOST_KEYS = 4
ALARMS = ("critical", "warning")
Sparklines = Mapping[int, Sequence[float]]


def build_totals(machine_count: int, counts: Mapping[str, int]) -> str:
    """How many machines there are, and in which state; `no_data` only where there are any."""
    shown = [state for state in LOOKS if counts.get(state) or state != "no_data"]
    totals = [("Machines", machine_count)]
    totals += [(f"{LOOKS[each].sign} {LOOKS[each].label}", counts.get(each, 0)) for each in shown]
    inner = "".join(
        f'<div class="fleet-total"><dt>{label}</dt><dd>{format_count(count)}</dd></div>'
        for label, count in totals
    )
    return f'<dl class="fleet" aria-label="The fleet">{inner}</dl>'


def build_head(machine: MachineState, worst: WorstFinding | None) -> str:
    """State, what the machine is, and which reading says so."""
    look = LOOKS[machine.state]
    labels = " · ".join(filter(None, (machine.code, machine.kind, machine.site)))
    reason = "" if worst and worst.title == machine.reason else machine.reason
    return _wrap(
        machine,
        f'<p><span class="card-state">{look.sign} {look.label}</span>'
        f'<span class="card-labels">{escape(labels)}</span></p>',
        f"<p>{escape(reason[:1].upper() + reason[1:])}.</p>" if reason else "",
    )


def build_body(
    machine: MachineState, sparklines: Sparklines, worst: WorstFinding | None, now: datetime
) -> str:
    """What moved, the key quantities, and how old the newest reading is."""
    keys = machine.keys[:MOST_KEYS]
    inner = "".join(_build_key(key, sparklines.get(key.sensor_id, ()), now) for key in keys)
    return _wrap(
        machine,
        f'<p class="card-moved">{escape(_tell_finding(worst, now))}</p>' if worst else "",
        f'<dl class="card-keys">{inner}</dl>' if keys else "",
        f'<p class="card-age">Newest reading {format_age(machine.newest_at, now)}</p>',
    )


def describe_moved(worst: WorstFinding | None) -> str:
    """The quantity that a finding was seen by: `Cooler effectiveness 0.31, usual 0.62`."""
    if worst is None or worst.evidence is None:
        return ""
    seen = worst.evidence
    usual = f", usual {_figure(seen.expected)}" if seen.expected is not None else ""
    unit = f" {seen.unit}".rstrip()
    return f"{seen.indicator_name} {_figure(seen.value)}{usual}{unit}"


def _wrap(machine: MachineState, *parts: str) -> str:
    return f'<div class="card card-{machine.state}">{"".join(parts)}</div>'


def _figure(value: float) -> str:
    return f"{value:.3g}" if abs(value) < PLAIN_UP_TO else f"{value:.0f}"


def _tell_finding(worst: WorstFinding, now: datetime) -> str:
    others = join_count(worst.others, "other", "others") if worst.others else ""
    since = f"began {format_age(worst.since_at, now)}"
    return " · ".join(filter(None, (describe_moved(worst), since, others)))


def _build_key(key: KeyValue, means: Sequence[float], now: datetime) -> str:
    """A key quantity; its state stands beside it where that is not the usual one."""
    name, image = escape(key.name), draw_sparkline(means)
    value = escape(format_value(key.value, key.unit, key.resolution))
    sign = f"{LOOKS[key.state].sign} " if key.state in ALARMS else ""
    is_late = key.state == "stale" and key.at is not None
    late = f"<small>read {format_age(key.at, now)}</small>" if is_late else ""
    line = f'<img src="{image}" alt="{name}: hourly means of the last 24 hours">' if image else ""
    return (
        f'<div title="{escape(key.tag)}: {name}"><dt>{sign}{name}</dt>'
        f"<dd>{value}{late}{line}</dd></div>"
    )
