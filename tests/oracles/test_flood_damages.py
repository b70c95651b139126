"""Weights of flood risk bands: every figure of annex I of the Welsh technical report of 2019."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np
import pytest

from hyperlocal.definition.kinds.flood_risk import Damages
from hyperlocal.indicators.flood_risk import weights_of_damages
from hyperlocal.methods.flood import annual_average_damage, damage_at, damage_intervals

pytestmark = pytest.mark.oracle

LAST = 1500
"""The last return period: printed as 1,000, and worked with as 1,500 (see the last test)."""
PERIODS = [2, 5, 10, 25, 30, 50, 75, 100, 200, LAST]
PROBABILITIES = [0.5, 0.2, 0.1, 0.04, 0.033, 0.02, 0.013, 0.01, 0.005, 0.001]
WIDTHS = [0.3, 0.1, 0.06, 0.007, 0.013, 0.007, 0.003, 0.005, 0.004]
DAMAGES = [0, 9500, 17847, 19716, 22403, 27776, 29843, 30877, 30877, 30877]
TABLES = {  # onset, mean damage of each strip, annual damage of each strip, their sum
    "high": (
        2,
        [4750, 13674, 18782, 21059, 25089, 28810, 30360, 30877, 30877],
        [1425, 1367, 1127, 140, 335, 192, 101, 154, 134],
        4976,
    ),
    "medium": (
        30,
        [0, 0, 0, 0, 13888, 28810, 30360, 30877, 30877],
        [0, 0, 0, 0, 185, 192, 101, 154, 134],
        767,
    ),
    "low": (100, [0, 0, 0, 0, 0, 0, 0, 15439, 30877], [0, 0, 0, 0, 0, 0, 0, 77, 134], 211),
}
ROUNDING = 0.5 + 1e-9


def bundled() -> dict[str, float]:
    """Read the damages that come with hyperlocal."""
    file = files("hyperlocal.catalogue") / "lists" / "flood_damages_2013.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["return_period"]: float(row["damage"]) for row in rows}


def curve() -> tuple[list[float], list[float]]:
    """Return the bundled floods and damages, with those of 30 and 75 years between them."""
    known = bundled()
    floods = [float(period) for period in known]
    return PERIODS, damage_at(PERIODS, floods, list(known.values())).tolist()


def test_floods_of_30_and_75_years_are_read_off_the_curve():
    assert np.abs(np.subtract(curve()[1], DAMAGES)).max() <= ROUNDING
    assert np.round(1 / np.array(PERIODS), 3).tolist() == PROBABILITIES


@pytest.mark.parametrize("band", TABLES)
def test_each_row_and_the_sum_of_each_table(band):
    onset, mean, annual, total = TABLES[band]
    strips = damage_intervals(*curve(), onset)
    assert strips.probability.round(3).tolist() == WIDTHS
    assert np.abs(strips.mean_damage - mean).max() <= ROUNDING
    assert np.abs(strips.annual_damage - annual).max() <= ROUNDING
    assert abs(annual_average_damage(*curve(), onset) - total) <= ROUNDING


def test_the_table_of_all_properties():
    """Without the last flood, as the report's first table."""
    periods = [2, 5, 10, 25, 50, 100, 200]
    damages = [bundled()[str(period)] for period in periods]
    strips = damage_intervals(periods, damages)
    assert np.abs(strips.mean_damage - [4750, 13674, 18782, 23746, 29327, 30877]).max() <= ROUNDING
    assert np.abs(strips.annual_damage - [1425, 1367, 1127, 475, 293, 154]).max() <= ROUNDING
    assert abs(annual_average_damage(periods, damages) - 4842) <= ROUNDING


def test_the_weights():
    """The summary prints 23.5 (cut off, not rounded), 3.6 and 1, and 24, 4 and 1."""
    onset = {band: float(table[0]) for band, table in TABLES.items()}
    ratios = weights_of_damages(bundled(), Damages(list="damages", onset=onset))
    assert list(ratios) == ["high", "medium", "low"]
    assert ratios["low"] == 1
    assert ratios["high"] == pytest.approx(23.5, abs=0.1)
    assert ratios["medium"] == pytest.approx(3.6, abs=0.05)
    rounded = weights_of_damages(bundled(), Damages(list="damages", onset=onset, decimals=0))
    assert rounded == {"high": 24, "medium": 4, "low": 1}


def test_the_area_is_that_of_the_trapezoids_of_numpy():
    periods, damages = curve()
    area = -np.trapezoid(damages, 1 / np.array(periods))
    assert annual_average_damage(periods, damages) == pytest.approx(area, rel=1e-12)


def test_the_last_flood_is_that_of_1500_years_whatever_the_tables_print():
    """134 a year follow from 1 in 1,500; 1 in 1,000, as printed, would give 124."""
    damages = curve()[1]
    printed = damage_intervals([*PERIODS[:-1], 1000], damages)
    assert round(printed.annual_damage[-1]) == 124
    assert abs(annual_average_damage([*PERIODS[:-1], 1000], damages, 30) - 767) > 10
