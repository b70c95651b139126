"""What practices prescribe for conditions that come with loneliness."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.practices import patients, practice_codes
from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import Signal, moved_share, places, shift_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

ITEMS_PER_PATIENT = 19.0


def _lonely(level: float, slope: float) -> Signal:
    return Signal("safe_streets", level, slope, smooth=0.15, local=0.05)


CONDITIONS = {
    "alzheimers": _lonely(0.004, 0.25),
    "depression": _lonely(0.075, 0.25),
    "high_blood_pressure": _lonely(0.16, 0.15),
    "anxiety": _lonely(0.012, 0.3),
    "insomnia": _lonely(0.010, 0.3),
}


def write_items(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the items that each practice prescribed in a year, in all and by condition."""
    table, areas = patients(nation), places(nation, "lsoa11")
    practice, area, number = (table[name].to_numpy() for name in ("practice", "area", "number"))
    found, row = np.unique(practice, return_inverse=True)
    size = np.bincount(row, number)
    items = rng.poisson(size * ITEMS_PER_PATIENT)
    columns = {"PRACTICE_CODE": practice_codes(pl.Series(found)), "ITEMS": pl.Series(items)}
    for name, signal in CONDITIONS.items():
        shift = shift_of(nation, signal, areas, rng)
        of_patients = np.bincount(row, number * shift[area]) / size
        counted = rng.binomial(items, moved_share(signal.level, of_patients))
        columns[f"ITEMS_{name.upper()}"] = pl.Series(counted)
    write_csv(file, pl.DataFrame(columns))


FILES: dict[str, Writer] = {"nhs/prescriptions_by_practice_2018.csv": write_items}
