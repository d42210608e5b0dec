import re
from base64 import b64decode

from hydrodiag.ui.sparkline import HEIGHT, MARGIN, WIDTH, draw_sparkline


def points(address: str) -> list[tuple[float, float]]:
    svg = b64decode(address.split(",", 1)[1]).decode()
    found = re.search(r'points="([^"]*)"', svg)
    assert found
    pairs = (pair.split(",") for pair in found[1].split())
    return [(float(x), float(y)) for x, y in pairs]


def test_the_line_fills_the_image_from_the_lowest_to_the_highest() -> None:
    assert points(draw_sparkline([1.0, 3.0, 2.0])) == [
        (0.0, HEIGHT - MARGIN), (WIDTH / 2, MARGIN), (WIDTH, HEIGHT / 2),
    ]  # fmt: skip


def test_a_constant_stands_in_the_middle() -> None:
    assert points(draw_sparkline([5.0, 5.0])) == [(0.0, HEIGHT / 2), (WIDTH, HEIGHT / 2)]


def test_one_mean_is_no_line() -> None:
    assert draw_sparkline([1.0]) == ""
