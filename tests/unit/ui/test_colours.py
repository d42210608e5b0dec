"""Colours for everybody: against both backgrounds, and for those who see no red or no green."""

import itertools
import tomllib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest

from hydrodiag.config import PROJECT_ROOT
from hydrodiag.ui.theme import Tone, find_ink

THEMES = tomllib.loads((PROJECT_ROOT / ".streamlit" / "config.toml").read_text())["theme"]
Floats = npt.NDArray[np.float64]
# Machado, Oliveira, Fernandes: A physiologically-based model for simulation of colour vision
# deficiency, IEEE TVCG 2009, severity 1.0, on linear RGB.
SIGHTS = {
    "all colours": np.eye(3),
    "protanopia": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
                            [-0.003882, -0.048116, 1.051998]]),
    "deuteranopia": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                              [-0.011820, 0.042940, 0.968881]]),
}  # fmt: skip
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041]])  # fmt: skip
WHITE = np.array([0.95047, 1.0, 1.08883])
LEAST_CONTRAST = 3.0  # WCAG 2.2, 1.4.11 for graphics
LEAST_OF_WORDS = 4.5  # WCAG 2.2, 1.4.3
LEAST_APART = 15.0  # CIE 1976; 2.3 is what can just be seen side by side
TOLD_APART = 6


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", Tone)
def test_a_tone_stands_out_from_the_background(theme: str, tone: Tone) -> None:
    assert contrast(tone.value, THEMES[theme]["backgroundColor"]) >= LEAST_CONTRAST


@pytest.mark.parametrize("tone", sorted(Tone))
def test_words_on_a_bar_can_be_read(tone: Tone) -> None:
    assert contrast(find_ink(tone), tone) >= LEAST_OF_WORDS


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_lines_stand_out_from_the_background(theme: str) -> None:
    ground = THEMES[theme]["backgroundColor"]
    faint = [each for each in THEMES[theme]["chartCategoricalColors"]
             if contrast(each, ground) < LEAST_CONTRAST]  # fmt: skip
    assert faint == []


@pytest.mark.parametrize("sight", SIGHTS)
def test_states_are_told_apart(sight: str) -> None:
    states = [Tone.GOOD, Tone.WARNING, Tone.CRITICAL, Tone.MUTED]
    assert find_closest([each.value for each in states], sight) >= LEAST_APART


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_first_lines_are_told_apart(theme: str, sight: str) -> None:
    colours = THEMES[theme]["chartCategoricalColors"][:TOLD_APART]
    assert find_closest(colours, sight) >= LEAST_APART


def read_linear(colour: str) -> Floats:
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2: from 1, none, to 21, black on white."""
    low, high = sorted(float(XYZ[1] @ read_linear(each)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


def find_closest(colours: Sequence[str], sight: str) -> float:
    seen = [to_lab(np.clip(SIGHTS[sight] @ read_linear(each), 0, 1)) for each in colours]
    return min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2))


def to_lab(linear: Floats) -> Floats:
    ratio = XYZ @ linear / WHITE
    x, y, z = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
