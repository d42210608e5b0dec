"""What a condition model says of each step, and why."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hydrodiag.diagnostics.records import Fact, Floats, Steps

UNKNOWN = ""


@dataclass(frozen=True)
class Contribution:
    """What an indicator adds to a verdict: its value beside that of healthy steps, in `unit`;
    `indicator` is empty for what steps do not hold. `oil_c` is the learned range.
    """

    indicator: str
    name: str
    unit: str
    value: float
    healthy: float
    spread: float
    oil_c: tuple[float, float]

    def to_fact(self) -> Fact:
        low, high = self.oil_c
        learned = f"{self.healthy:.3g} ± {self.spread:.2g} {self.unit}".rstrip()
        return Fact(f"{self.name}; healthy {learned}, learned at {low:.0f} to {high:.0f} °C",
                    self.value, self.unit)  # fmt: skip


@dataclass(frozen=True)
class Verdicts:
    """(n,) each. `label` is UNKNOWN, and `probability` NaN, where the step could not be assessed
    or lies outside of what was learned; `reason` then says which. `explain` gives the indicators
    that speak most for the verdict on a place, the strongest first.
    """

    label: NDArray[np.str_]
    probability: Floats
    reason: NDArray[np.str_]
    explain: Callable[[int], tuple[Contribution, ...]]

    @property
    def is_known(self) -> NDArray[np.bool_]:
        return np.asarray(self.label != UNKNOWN)


class ConditionModel(Protocol):
    """Of one component. `healthy` is the class that is no fault."""

    @property
    def kind(self) -> str: ...
    @property
    def component(self) -> str: ...
    @property
    def healthy(self) -> str: ...
    def judge(self, steps: Steps) -> Verdicts: ...
    def to_dict(self) -> dict[str, Any]: ...


def predict(models: Mapping[str, ConditionModel], steps: Steps) -> dict[str, Verdicts]:
    """By component."""
    return {component: model.judge(steps) for component, model in models.items()}


def name_label(label: Any) -> str:
    """As people write it: 100, not 100.0."""
    return f"{label:g}" if isinstance(label, int | float) else str(label)
