"""Mood and anxiety disorders about 2012: adults, hospital spells, suicides, benefits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import Signal, count_of, events_of, people, places

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer


def _ill(level: float, slope: float) -> Signal:
    return Signal("health", level, slope, smooth=0.25, local=0.2)


ADULTS = _ill(0.11, 0.35)
SPELLS = _ill(0.009, 0.45)
SUICIDES = _ill(0.0025, 0.5)
"""In five years for each adult: more than in life, so that small nations have enough of them."""
CLAIMANTS = _ill(0.03, 0.45)


def write_mood(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write four counts of mood and anxiety disorders by LSOA of 2011, and of how many."""
    areas = places(nation, "lsoa11")
    adults, working_age = people(nation, 18), people(nation, 16, 64)
    columns = {
        "Adults": adults,
        "Adults with mood or anxiety disorders": count_of(nation, ADULTS, adults, rng),
        "Hospital spells 2011/12 and 2012/13": events_of(nation, SPELLS, adults, rng),
        "Suicides 2008 to 2012": events_of(nation, SUICIDES, adults, rng),
        "Aged 16-64": working_age,
        "On health benefits for mood or anxiety": count_of(nation, CLAIMANTS, working_age, rng),
    }
    totals = {name: areas.total(number) for name, number in columns.items()}
    write_csv(file, counts({"LSOA code": areas.codes}, totals))


FILES: dict[str, Writer] = {"hscic/mood_and_anxiety_lsoa11_2012.csv": write_mood}
