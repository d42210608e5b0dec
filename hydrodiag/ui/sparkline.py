"""A line of a few means, small enough to stand beside a figure."""

from base64 import b64encode
from collections.abc import Sequence

from hydrodiag.ui.theme import Tone

WIDTH, HEIGHT, MARGIN = 120.0, 28.0, 2.0
LEAST_POINTS = 2


def draw_sparkline(means: Sequence[float]) -> str:
    """The address of an SVG image of the line, to stand in an `img`; empty without a line."""
    if len(means) < LEAST_POINTS:
        return ""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'preserveAspectRatio="none"><polyline points="{" ".join(_place(means))}" fill="none" '
        f'stroke="{Tone.PRIMARY}" stroke-width="1.5" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


def _place(means: Sequence[float]) -> list[str]:
    """`x,y` of each mean; a line without height stands in the middle."""
    low, high = min(means), max(means)
    span, step = high - low, WIDTH / (len(means) - 1)
    inner = HEIGHT - 2 * MARGIN
    heights = ((each - low) / span if span else 0.5 for each in means)
    return [
        f"{number * step:.1f},{MARGIN + inner * (1 - height):.1f}"
        for number, height in enumerate(heights)
    ]
