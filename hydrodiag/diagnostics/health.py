"""How well each component is, 0 to 100, so that it can be recomputed by hand.

    margin = 0 at what is normal, 0.5 at the warning limit, 1 at the critical limit,
             straight between, and within 0..1
    score  = 100 (1 - the worst margin of the component's checks)

Normal is no change from the baseline; for a plain limit it lies as far before the warning limit as
the critical one lies behind it. A check with one limit alone counts 0 or 1.
"""

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from hydrodiag.diagnostics.advice import Judged
from hydrodiag.diagnostics.catalogue.spec import Against
from hydrodiag.diagnostics.records import ComponentHealth


def rate_components(judged: Iterable[Judged]) -> list[ComponentHealth]:
    worst: dict[str, tuple[float, str]] = defaultdict(lambda: (0.0, ""))
    for each in judged:
        margin = find_margin(each)
        because = f"{each.check.title} ({each.check.id})" if margin > 0 else ""
        if each.check.component not in worst or margin > worst[each.check.component][0]:
            worst[each.check.component] = (margin, because)
    return [
        ComponentHealth(component, round(100 * (1 - margin), 1), because)
        for component, (margin, because) in sorted(worst.items())
    ]


def find_margin(judged: Judged) -> float:
    """Of the median of the last five assessed steps."""
    change = float(np.median(judged.change[judged.recent]))
    warn, critical = judged.limits.warn, judged.limits.critical
    if warn is None or critical is None:
        return 1.0 if judged.severity else 0.0
    normal = warn - (critical - warn) if judged.check.against is Against.LIMIT else 0.0
    return float(np.interp(change, *_sorted([normal, warn, critical], [0.0, 0.5, 1.0])))


def _sorted(places: list[float], margins: list[float]) -> tuple[list[float], list[float]]:
    pairs = sorted(zip(places, margins, strict=True))
    return [place for place, _ in pairs], [margin for _, margin in pairs]
