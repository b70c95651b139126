"""Recorded crime of 2013/14, and the people and properties that were at risk of it."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.publishing import counts, write_csv
from hyperlocal.synthetic.signals import FloatArray, IntArray, Signal, people, places, rate_of

if TYPE_CHECKING:
    from hyperlocal.synthetic.nation import Nation
    from hyperlocal.synthetic.writing import Writer

AWAY, NO_PLACE = 60.0, 0.001
"""How far from a dwelling crimes are at the most, each way, and the share without a place."""


def _crime(level: float, slope: float = 0.5) -> Signal:
    return Signal("safe_streets", level, slope, smooth=0.2, local=0.2)


CRIMES = {
    "burglary": _crime(0.012),
    "theft": _crime(0.011),
    "criminal_damage": _crime(0.010),
    "violence": _crime(0.014),
}
"""Crimes of a year for each property (burglary) or person (the rest) at risk."""
_PEOPLE = ("Residents", "Workplace population")
OTHERS = {"92D": "Possession of drugs", "46": "Theft from a shop", "53C": "Fraud"}
_OTHER_SHARE = 0.3


@lru_cache(maxsize=1)
def at_risk(nation: Nation) -> dict[str, IntArray]:
    """Return the properties and the people of each piece, by their headings; always the same.

    Parameters
    ----------
    nation
        The nation.
    """
    from hyperlocal.synthetic.nation import chance

    rng = chance(nation.seed, "at risk of crime")
    dwellings = nation.pieces["dwellings"].to_numpy()
    lsoas = places(nation, "lsoa11")
    busy = np.exp(0.7 * rng.standard_normal(len(lsoas.codes)))[lsoas.of_piece]
    return {
        "Dwellings": dwellings,
        "Business premises": rng.poisson(0.06 * dwellings * busy),
        "Residents": people(nation),
        "Workplace population": rng.poisson(0.35 * people(nation, 16, 64) * busy),
    }


def offences(kind: str) -> list[str]:
    """Return the codes of the offences of a kind: those of the definition's list.

    Parameters
    ----------
    kind
        One of `CRIMES`.
    """
    lists = files("hyperlocal.catalogue") / "lists"
    table = pl.read_csv((lists / f"iod_2015_{kind}.csv").read_bytes(), infer_schema=False)
    return table["code"].to_list()


def write_crimes(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write a row for each crime: its code and where it was, near a dwelling."""
    exposed, at = at_risk(nation), homes(nation)
    order = np.argsort(at.piece, kind="stable")
    number = np.bincount(at.piece, minlength=nation.pieces.height)
    first = np.cumsum(number) - number
    codes, pieces = [], []
    for kind, signal in CRIMES.items():
        properties = kind == "burglary"
        names = ("Dwellings", "Business premises") if properties else _PEOPLE
        among: FloatArray = np.sum([exposed[name] for name in names], axis=0, dtype=float)
        drawn = rng.poisson(among * rate_of(nation, signal, rng) * (number > 0))
        pieces.append(np.repeat(np.arange(len(drawn)), drawn))
        codes.append(rng.choice(offences(kind), drawn.sum()))
    piece = np.concatenate(pieces)
    elsewhere = rng.choice(piece, round(len(piece) * _OTHER_SHARE))
    piece = np.concatenate([piece, elsewhere])
    codes.append(rng.choice(list(OTHERS), len(elsewhere)))
    home = order[first[piece] + (rng.random(len(piece)) * number[piece]).astype(np.int64)]
    place = np.column_stack([at.easting, at.northing])[home]
    place = np.round(place + rng.uniform(-AWAY, AWAY, place.shape), 1)
    place[rng.random(len(place)) < NO_PLACE] = np.nan
    table = pl.DataFrame(
        {
            "crime": np.arange(1, len(piece) + 1),
            "offence_code": np.concatenate(codes),
            "easting": place[:, 0],
            "northing": place[:, 1],
        },
        nan_to_null=True,
    )
    table[rng.permutation(table.height)].write_parquet(file)


def write_at_risk(nation: Nation, rng: np.random.Generator, file: Path) -> None:
    """Write the properties and the people at risk of crime by LSOA of 2011."""
    areas = places(nation, "lsoa11")
    columns = {name: areas.total(number) for name, number in at_risk(nation).items()}
    write_csv(file, counts({"LSOA code": areas.codes}, columns))


FILES: dict[str, Writer] = {
    "police/recorded_crime_2013-14.parquet": write_crimes,
    "police/at_risk_lsoa11_2013.csv": write_at_risk,
}
