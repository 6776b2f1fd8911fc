"""The colours of the voices as people with a colour vision deficiency see them, by a published simulation."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from review.screens import player

CSS = (Path(player.__file__).parent / "player" / "player.css").read_text("utf-8")
THEMES = ("light", "dark")
# Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
# IEEE Transactions on Visualization and Computer Graphics 15(6): the matrices for severity 1.0, on linear RGB.
SEEN = {
    "usual": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# sRGB to XYZ under D65, IEC 61966-2-1.
XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
# CIE76. About 2.3 is just noticed side by side; lines that lie apart on a lane need several times that.
APART = 12.0
PLAIN_RED, PLAIN_GREEN = "#d62728", "#2ca02c"  # a chart's usual pair


def voices(theme: str) -> list[str]:
    """The colours of the six voices in one theme, as the style sheet has them."""
    pairs = re.findall(r"--voice-\d: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
    assert len(pairs) == 6
    return [pair[THEMES.index(theme)] for pair in pairs]


def lab(colour: str, seen: str) -> np.ndarray:
    """A colour in CIELAB, as it is seen."""
    given = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(given <= 0.04045, given / 12.92, ((given + 0.055) / 1.055) ** 2.4)
    share = XYZ @ np.clip(SEEN[seen] @ linear, 0.0, 1.0) / (XYZ @ np.ones(3))
    x, y, z = np.where(share > 216 / 24389, np.cbrt(share), (24389 / 27 * share + 16) / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def distance(first: str, second: str, seen: str) -> float:
    """CIE76 between two colours as they are seen."""
    return float(np.linalg.norm(lab(first, seen) - lab(second, seen)))


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize("theme", THEMES)
def test_the_colours_of_any_two_voices_stay_apart_whoever_looks(theme, seen):
    near = {pair: round(distance(*pair, seen), 1) for pair in combinations(voices(theme), 2)}
    assert {pair: far for pair, far in near.items() if far < APART} == {}


def test_a_plain_red_and_green_would_not_which_shows_that_the_simulation_looks():
    assert distance(PLAIN_RED, PLAIN_GREEN, "usual") > 100
    assert distance(PLAIN_RED, PLAIN_GREEN, "deutan") < APART


def test_grey_looks_the_same_to_everybody_and_black_is_a_hundred_from_white():
    for seen in SEEN:
        assert distance("#000000", "#ffffff", seen) == pytest.approx(100, abs=0.01)
        assert np.abs(lab("#777777", seen)[1:]).max() < 0.1


def test_colour_is_never_the_only_sign_of_a_voice():
    strokes = re.findall(r"\.voice-\d \{ --voice: var\(--voice-\d\); --stroke: (\w+); \}", CSS)
    assert strokes == ["solid", "dashed", "dotted", "double", "groove", "solid"]
