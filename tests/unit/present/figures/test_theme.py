"""Colours: enough contrast to be read, and told apart with any colour vision."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np
import pytest

from hyperlocal.present.figures import theme

# Machado, Oliveira and Fernandes (2009), severity 1.0, applied to linear channels.
SEEN = {
    "all colours": np.eye(3),
    "no red": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "no green": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "no blue": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
    "no colours": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, vision: str) -> np.ndarray:
    """The colour as it is seen: lightness, and two axes of hue (CIELAB)."""
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(SEEN[vision] @ linear, 0, 1)
    f = np.array(
        [
            t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116
            for t in TO_XYZ @ seen / np.array([0.9505, 1, 1.089])
        ]
    )
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("vision", SEEN)
@pytest.mark.parametrize("scale", [theme.DECILES, theme.FIFTHS])
def test_each_class_is_lighter_than_the_one_before(scale: tuple[str, ...], vision: str) -> None:
    lightness = [lab(colour, vision)[0] for colour in scale]
    assert min(after - before for before, after in itertools.pairwise(lightness)) > 3.5


@pytest.mark.parametrize("vision", ["all colours", "no red", "no green", "no blue"])
def test_movement_is_darker_the_farther_it_goes_and_its_ends_differ(vision: str) -> None:
    lightness = [lab(colour, vision)[0] for colour in theme.MOVEMENT]
    assert all(np.diff(lightness[:5]) > 4)
    assert all(np.diff(lightness[4:]) < -4)
    for step in range(1, 5):
        towards, away = theme.MOVEMENT[4 - step], theme.MOVEMENT[4 + step]
        assert np.linalg.norm(lab(towards, vision) - lab(away, vision)) > 14


@pytest.mark.parametrize("vision", SEEN)
def test_hot_spots_stand_out_in_lightness(vision: str) -> None:
    lightness = [lab(colour, vision)[0] for colour in theme.HOT]
    assert min(np.diff(lightness)) > 15


def test_the_stripes_of_no_data_can_be_seen_without_colours() -> None:
    assert theme.contrast(theme.HATCH, theme.BACKGROUND) >= theme.LARGE_TEXT


@pytest.mark.parametrize("colour", [theme.INK, theme.QUIET, theme.ACCENT])
def test_letters_can_be_read_on_the_background(colour: str) -> None:
    assert theme.contrast(colour, theme.BACKGROUND) >= theme.TEXT


@pytest.mark.parametrize("colour", [*theme.DECILES, *theme.HOT, *theme.CORRELATION, theme.MISSING])
def test_letters_can_be_read_on_every_colour_that_has_some(colour: str) -> None:
    assert theme.contrast(theme.readable_on(colour), colour) >= 3.9


def test_contrast_is_that_of_the_guidelines() -> None:
    assert theme.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


def test_deciles_and_movement_have_the_colours_of_the_explorer() -> None:
    palette = Path(__file__).parents[4] / "explorer" / "src" / "map" / "palette.ts"
    if not palette.is_file():
        pytest.skip("the explorer's sources are not here")
    light = re.findall(r"light: \[(.*?)\]", palette.read_text(encoding="utf-8"), re.DOTALL)
    deciles, movement = (re.findall(r"#[0-9a-f]{6}", block)[1:] for block in light)
    assert (tuple(deciles), tuple(movement)) == (theme.DECILES, theme.MOVEMENT)
