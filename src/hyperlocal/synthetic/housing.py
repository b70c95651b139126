"""Housing: what is known of every dwelling, a survey of their condition, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.publishing import write_csv
from hyperlocal.synthetic.signals import FloatArray, Signal, moved_share, shares_of, shown

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

Codes = NDArray[np.int8]


def _energy(level: float, slope: float) -> Signal:
    return Signal("clean_energy", level, slope, smooth=0.15, local=0.1)


CLASSES: dict[str, dict[str, Signal]] = {
    "age_band": {
        "Before 1919": _energy(0.24, 0.55),
        "1919 to 1944": _energy(0.12, 0.25),
        "1945 to 1964": _energy(0.20, 0.1),
        "1965 to 1990": _energy(0.27, -0.1),
    },
    "dwelling_type": {
        "Terraced house": _energy(0.28, 0.3),
        "Semi-detached house": _energy(0.31, 0.0),
        "Detached house": _energy(0.26, -0.2),
    },
    "tenure": {
        "Private rented": _energy(0.15, 0.5),
        "Social rented": _energy(0.16, 0.1),
    },
    "heating": {
        "Electric": _energy(0.09, 0.2),
        "Oil": _energy(0.09, 0.35),
        "None or other": _energy(0.03, 0.6),
    },
}
REST = {
    "age_band": "After 1990",
    "dwelling_type": "Flat",
    "tenure": "Owner occupied",
    "heating": "Mains gas",
}
"""For each classification of dwellings its classes, and the one that is left."""
EFFECTS: dict[str, tuple[float, dict[str, tuple[float, ...]]]] = {
    "falls": (
        -3.4,
        {"age_band": (1.3, 0.8, 0.4, 0.2, 0.0), "dwelling_type": (0.9, 0.6, 0.7, 0.0),
         "tenure": (0.6, 0.0, 0.0)},
    ),
    "other_hazards": (
        -3.3,
        {"age_band": (1.1, 0.7, 0.4, 0.2, 0.0), "tenure": (0.7, 0.1, 0.0),
         "heating": (0.3, 0.2, 1.0, 0.0)},
    ),
    "disrepair": (
        -2.9,
        {"age_band": (1.7, 1.2, 0.7, 0.4, 0.0), "tenure": (0.7, -0.4, 0.0)},
    ),
}  # fmt: skip
"""For each component the log odds of the last class, and how much those of each class are above."""
COLDEST = 33.52
"""The energy rating below which a dwelling is excessively cold."""
SURVEYED = 3_000
_RATING = {
    "age_band": (-11.0, -8.0, -3.0, 1.0, 8.0),
    "heating": (-9.0, -10.0, -16.0, 2.0),
    "dwelling_type": (-1.0, -1.5, -3.0, 5.0),
}


@dataclass(frozen=True, eq=False)
class Stock:
    """All dwellings of a nation, in the order of `dwellings.homes`.

    Parameters
    ----------
    classes
        For each classification the class of each dwelling.
    floor_area
        In square metres.
    rating
        The energy rating that is known of each, from 1 to 100: not quite the true one.
    shows
        For each component whether each dwelling shows it.
    """

    classes: dict[str, Codes]
    floor_area: NDArray[np.int16]
    rating: NDArray[np.int8]
    shows: dict[str, NDArray[np.bool_]]


@lru_cache(maxsize=1)
def stock(nation: Nation) -> Stock:
    """Return what the dwellings of a nation are like; the same each time.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "housing")
    piece = homes(nation).piece
    classes = {
        name: _drawn(shares_of(nation, list(signals.values()), rng), piece, rng)
        for name, signals in CLASSES.items()
    }
    poor = shown(nation, Signal("clean_energy", 0.0, 1.0, smooth=0.15, local=0.1), rng)[piece]
    number = len(piece)
    flat = classes["dwelling_type"] == len(CLASSES["dwelling_type"])
    area = np.where(flat, 58.0, 92.0) * np.exp(0.25 * rng.standard_normal(number, np.float32))
    true = 62.0 - 1.2 * poor + 7.0 * rng.standard_normal(number, np.float32)
    for name, moves in _RATING.items():
        true += np.array(moves)[classes[name]]
    known = true + 2.5 * rng.standard_normal(number, np.float32)
    shows = {"excess_cold": true < COLDEST}
    for component, (constant, effects) in EFFECTS.items():
        log_odds = constant + 0.05 * poor
        for name, moves in effects.items():
            log_odds += np.array(moves)[classes[name]]
        shows[component] = rng.random(number, np.float32) < moved_share(0.5, log_odds)
    return Stock(
        classes,
        np.clip(np.rint(area), 20, 600).astype(np.int16),
        np.clip(np.rint(known), 1, 100).astype(np.int8),
        shows,
    )


def _drawn(shares: FloatArray, piece: NDArray[np.int64], rng: np.random.Generator) -> Codes:
    """Draw a class for each dwelling from the shares of its piece."""
    upto = np.cumsum(shares[:, :-1], axis=1).astype(np.float32)
    chance = rng.random(len(piece), np.float32)
    drawn = np.zeros(len(piece), dtype=np.int8)
    for column in upto.T:
        drawn += chance > column[piece]
    return drawn


def _table(found: Stock, rows: NDArray[np.int64] | slice) -> dict[str, pl.Series]:
    """Return what is known of some dwellings, as columns."""
    columns = {
        name: pl.Series([*CLASSES[name], REST[name]]).gather(codes[rows].astype(np.uint32))
        for name, codes in found.classes.items()
    }
    columns["floor_area"] = pl.Series(found.floor_area[rows])
    columns["sap"] = pl.Series(found.rating[rows])
    return columns


def write_dwellings(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the list of all dwellings with what is known of each."""
    own = homes(nation)
    about = {"uprn": pl.Series(own.uprn), "lsoa11": own.area(nation, "lsoa11")}
    pl.DataFrame(about | _table(stock(nation), slice(None))).write_parquet(file)


def write_survey(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the surveyed dwellings: rented ones are twice as likely to be among them."""
    found = stock(nation)
    rented = found.classes["tenure"] < len(CLASSES["tenure"])
    chance = np.where(rented, 2.0, 1.0)
    chance *= min(SURVEYED, len(chance) // 4) / chance.sum()
    rows = np.flatnonzero(rng.random(len(chance)) < chance)
    outcomes = {name: pl.Series(shows[rows].astype(np.int8)) for name, shows in found.shows.items()}
    poor = np.logical_or.reduce([shows[rows] for shows in found.shows.values()])
    outcomes["poor_condition"] = pl.Series(poor.astype(np.int8))
    weight = pl.Series(np.round(1 / chance[rows], 3))
    number = pl.int_range(1, len(rows) + 1, eager=True)
    about = {"case": number, "weight": weight}
    write_csv(file, pl.DataFrame(about | _table(found, rows) | outcomes))


def write_totals(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write how many dwellings of the nation show each component, and any of them."""
    shows = stock(nation).shows
    counted = {name: int(own.sum()) for name, own in shows.items()}
    counted["poor_condition"] = int(np.logical_or.reduce(list(shows.values())).sum())
    number = len(next(iter(shows.values())))
    table = pl.DataFrame(
        {
            "component": list(counted),
            "dwellings": list(counted.values()),
            "percentage": [round(100 * count / number, 2) for count in counted.values()],
        }
    )
    write_csv(file, table)


FILES: dict[str, Writer] = {
    "housing/dwellings.parquet": write_dwellings,
    "housing/condition_survey_2017-18.csv": write_survey,
    "housing/national_condition_2017-18.csv": write_totals,
}
