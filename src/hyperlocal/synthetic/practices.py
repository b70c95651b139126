"""General practices: their patients, their doctors, and where their patients live."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import Signal, people, places, shift_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

LSOAS_PER_PRACTICE = 4
"""How many areas there are for each practice, as in England."""
NEAREST = 4
"""Of how many practices residents choose."""
PATIENTS_PER_DOCTOR = Signal("health", 1_700, 0.3, smooth=0.2, local=0.2)
WITHOUT_DOCTOR = 0.005
"""Share of the practices that have no doctor in post."""
BORDER_PRACTICE = "W00001"
"""A practice over the border, which the table of practices does not list."""
_REACH = 1_500.0


@lru_cache(maxsize=1)
def patients(nation: Nation) -> pl.DataFrame:
    """Return the ``number`` of patients of each ``practice`` in each LSOA of 2011 (``area``).

    Residents choose among the nearest practices, the nearer the more of them.

    Parameters
    ----------
    nation
        The nation.
    """
    from scipy.spatial import cKDTree

    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "patients of practices")
    areas, residents = places(nation, "lsoa11"), people(nation)
    where = np.column_stack(
        [
            areas.mean(nation.pieces[name].to_numpy().astype(float), residents)
            for name in ("easting", "northing")
        ]
    )
    number = max(NEAREST, len(where) // LSOAS_PER_PRACTICE)
    seats = where[np.sort(rng.choice(len(where), number, replace=False))]
    far, nearest = cKDTree(seats).query(where + rng.normal(0, 50, where.shape), NEAREST)
    chosen = np.exp(-(far - far[:, :1]) / _REACH)
    chosen /= chosen.sum(axis=1, keepdims=True)
    registered = rng.multinomial(areas.total(residents).astype(np.int64), chosen)
    area = np.repeat(np.arange(len(where)), NEAREST)
    found = pl.DataFrame(
        {
            "practice": nearest.ravel().astype(np.int64),
            "area": area,
            "number": registered.ravel(),
        }
    )
    return found.filter(pl.col("number") > 0).sort("practice", "area")


def write_patients(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write a row for each practice and LSOA of 2011; a few are registered over the border."""
    table, codes = patients(nation), places(nation, "lsoa11").codes
    own = pl.DataFrame(
        {
            "PRACTICE_CODE": practice_codes(table["practice"]),
            "LSOA_CODE": codes.gather(table["area"]),
            "NUMBER_OF_PATIENTS": table["number"],
        }
    )
    some = np.sort(rng.choice(len(codes), max(1, len(codes) // 100), replace=False))
    away = pl.DataFrame(
        {
            "PRACTICE_CODE": [BORDER_PRACTICE] * len(some),
            "LSOA_CODE": codes.gather(some),
            "NUMBER_OF_PATIENTS": rng.integers(1, 30, len(some)),
        }
    )
    pl.concat([own, away]).write_parquet(file)


def write_practices(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the practices, each with its patients and its full-time equivalent doctors."""
    table = patients(nation)
    shift = shift_of(nation, PATIENTS_PER_DOCTOR, places(nation, "lsoa11"), rng)
    of_patients = shift[table["area"].to_numpy()]
    found = (
        table.with_columns(shift=pl.Series(of_patients) * pl.col("number"))
        .group_by("practice", maintain_order=True)
        .agg(pl.col("number").sum(), pl.col("shift").sum() / pl.col("number").sum())
    )
    per_doctor = PATIENTS_PER_DOCTOR.level * np.exp(found["shift"].to_numpy())
    doctors = found["number"].to_numpy() / per_doctor
    doctors = np.maximum(np.round(doctors, 2), 0.1)
    doctors[rng.random(len(doctors)) < WITHOUT_DOCTOR] = 0.0
    code = practice_codes(found["practice"])
    names = pl.select(pl.format("Practice {}", code)).to_series()
    columns = {
        "PRACTICE_CODE": code,
        "PRACTICE_NAME": names,
        "PATIENTS": found["number"],
        "GP_FTE": doctors,
    }
    write_csv(file, pl.DataFrame(columns))


def practice_codes(practice: pl.Series) -> pl.Series:
    """Return the codes of practices: a letter and five digits."""
    return pl.select(pl.format("P{}", (81_000 + practice).cast(pl.String))).to_series()


FILES: dict[str, Writer] = {
    "nhs/gp_practices_2018-12.csv": write_practices,
    "nhs/patients_of_practices_lsoa11_2018-10.parquet": write_patients,
}
