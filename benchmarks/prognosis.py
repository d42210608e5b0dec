"""Time to a limit on simulated wear whose end is known, at several points of its life.

    python -m benchmarks prognosis

Wear of five shapes over 20 to 60 days with scatter, a weekly and a daily swing; error is the
foretold remaining life against the true one, and the band should hold the truth in four of five
cases. The peer is the plain Theil-Sen line with its own interval over the same points. Level
histories with the same scatter must foretell nothing.
"""

from collections.abc import Callable
from datetime import UTC

import numpy as np
from scipy.stats import theilslopes

from hydrodiag.diagnostics.prognosis import NoTrend, Prognosis, prognose
from hydrodiag.diagnostics.records import Floats, Instants

START = np.datetime64("2026-01-01T00:00:00", "us")
HOUR = np.timedelta64(3_600_000_000, "us")
CASES = 100
SHARES = (0.3, 0.5, 0.7, 0.8, 0.9)
SHAPES: dict[str, Callable[[Floats], Floats]] = {
    "straight": lambda share: share,
    "accelerating": lambda share: share**2,
    "slowing": np.sqrt,
    "exponential": lambda share: (np.exp(3 * share) - 1) / (np.exp(3) - 1),
    "late start": lambda share: np.maximum(share - 0.25, 0) / 0.75,
}


def main() -> None:
    print(f"{'':<14}{'life':>6}{'told':>7}{'error':>8}{'|error|':>9}{'held':>7}{'Theil-Sen':>11}"
          f"{'held':>7}")  # fmt: skip
    for name, shape in SHAPES.items():
        for share in SHARES:
            show(name, share, [run_case(shape, share, seed) for seed in range(CASES)])
    flat = [run_level(seed) for seed in range(CASES)]
    print(f"level histories that foretold an end: {np.mean(flat):.3f}")


def show(name: str, share: float, cases: list[tuple[float, bool, float, bool]]) -> None:
    table = np.array(cases, float)
    told = np.isfinite(table[:, 0])
    if not told.any():
        print(f"{name:<14}{share:>6.0%}{0:>7.0%}")
        return
    error = table[told, 0]
    peer = table[np.isfinite(table[:, 2])]
    print(
        f"{name:<14}{share:>6.0%}{np.mean(told):>7.0%}{np.median(error):>8.0%}"
        f"{np.median(np.abs(error)):>9.0%}{np.mean(table[told, 1]):>7.0%}"
        f"{np.median(np.abs(peer[:, 2])):>11.0%}{np.mean(peer[:, 3]):>7.0%}"
    )


def run_case(
    shape: Callable[[Floats], Floats], share: float, seed: int
) -> tuple[float, bool, float, bool]:
    """Error in shares of the remaining life and whether the band held it; of ours, and a line."""
    chance = np.random.default_rng(seed)
    life_d = chance.uniform(20, 60)
    times, days = make_times(share * life_d)
    values = 10 * shape(days / life_d) + make_scatter(days, chance)
    remaining = life_d * (1 - share)
    found = prognose(times, values, 10.0, is_high_bad=True, seed=seed)
    ours = judge(found, times[-1], remaining)
    return (*ours, *judge_line(days, values, remaining))


def judge(found: Prognosis | NoTrend, now: np.datetime64, remaining: float) -> tuple[float, bool]:
    if isinstance(found, NoTrend):
        return np.nan, False
    base = now.astype(object).replace(tzinfo=UTC)
    wait, early = (
        (each - base).total_seconds() / 86_400 for each in (found.reaches_at, found.earliest_at)
    )
    late = (found.latest_at - base).total_seconds() / 86_400 if found.latest_at else np.inf
    return wait / remaining - 1, early <= remaining <= late


def judge_line(days: Floats, values: Floats, remaining: float) -> tuple[float, bool]:
    daily = days[12::24], values[12::24]
    slope, intercept, low, high = theilslopes(daily[1], daily[0], 0.8)
    if low <= 0:
        return np.nan, False
    waits = [(10 - intercept) / each - days[-1] for each in (high, slope, low)]
    return waits[1] / remaining - 1, waits[0] <= remaining <= waits[2]


def run_level(seed: int) -> bool:
    chance = np.random.default_rng(seed)
    times, days = make_times(30)
    found = prognose(times, make_scatter(days, chance), 3.0, is_high_bad=True, seed=seed)
    return isinstance(found, Prognosis)


def make_times(days: float) -> tuple[Instants, Floats]:
    count = int(days * 24)
    return START + HOUR * np.arange(count), np.arange(count) / 24


def make_scatter(days: Floats, chance: np.random.Generator) -> Floats:
    swing = 0.3 * np.sin(2 * np.pi * days) + 0.2 * np.sin(2 * np.pi * days / 7)
    return swing + chance.normal(0, 0.4, len(days))


if __name__ == "__main__":
    main()
