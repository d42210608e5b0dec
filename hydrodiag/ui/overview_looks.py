"""How the states of a machine look: sign, word and colour always together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from hydrodiag.readings.overview import STATES

Colour = Literal["red", "orange", "violet", "green", "gray"]


@dataclass(frozen=True)
class StateLook:
    label: str
    icon: str
    colour: Colour
    sign: str
    """For tables, which show no icons."""


LOOKS: Mapping[str, StateLook] = {
    "critical": StateLook("Critical", ":material/error:", "red", "▲"),
    "warning": StateLook("Warning", ":material/warning:", "orange", "△"),
    "stale": StateLook("Stale", ":material/cloud_off:", "violet", "◌"),
    "ok": StateLook("OK", ":material/check_circle:", "green", "●"),
    "no_data": StateLook("No data", ":material/hourglass_empty:", "gray", "–"),
}
LABELS = tuple(LOOKS[state].label for state in STATES)


def find_state(label: str) -> str:
    return next(state for state, look in LOOKS.items() if look.label == label)
