"""What both layouts of the set offer: samples of a channel cycle by cycle, and labels."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hydrodiag.readings.zema.rig import Channel


@dataclass(frozen=True)
class CycleBlock:
    """Samples of one channel: `cycles` (n,) 0-based numbers, `samples` (n, samples a cycle)."""

    cycles: NDArray[np.int64]
    samples: NDArray[np.float64]


class Layout(Protocol):
    def labels(self) -> Mapping[int, Mapping[str, Any]]:
        """Cycle number -> its labels, for every cycle of the set."""

    def blocks(self, channel: Channel) -> Iterator[CycleBlock]:
        """The channel's samples in order of cycles, in bounded memory."""
