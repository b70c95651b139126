"""Named places that a reader may look for, such as villages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from hyperlocal.analysis.beside import columns_of, read_beside
from hyperlocal.errors import DataError, GeographyError, Problem
from hyperlocal.explorer.arrays import write_json
from hyperlocal.geography.coordinates import NATIONAL_GRID, tell_system, to_degrees
from hyperlocal.methods import FloatArray

FILE = "places.json.gz"
SHOWN = 5
DIGITS = 5
"""Decimals of a degree: about a metre."""
KINDS = {
    "name": re.compile(r"name|name1|place|place_?name|place\d\dnm"),
    "longitude": re.compile(r"long?|lng|longitude|x_?longitude"),
    "latitude": re.compile(r"lat|latitude"),
    "easting": re.compile(r"eastings?|x|oseast\w*|geometry_x|gridgb1e"),
    "northing": re.compile(r"northings?|y|osnrth\w*|geometry_y|gridgb1n"),
    "kind": re.compile(r"kind|type|local_type|descnm"),
}


@dataclass(frozen=True, eq=False)
class Places:
    """Named places.

    Parameters
    ----------
    names
        Their names.
    longitude, latitude
        Where they are, in degrees.
    kinds
        What they are, such as ``village``; None where that is not known of any.
    """

    names: pl.Series
    longitude: FloatArray
    latitude: FloatArray
    kinds: pl.Series | None


def read_places(file: str | Path) -> Places:
    r"""Read named places from a table, whose columns are found by their headings.

    Parameters
    ----------
    file
        CSV, Parquet or a workbook with a column of names (``name``, ``place``), with ``longitude``
        and ``latitude`` or ``easting`` and ``northing``, and perhaps with ``kind``.

    Raises
    ------
    DataError
        Where a column is missing, or rows lack a name or coordinates.
    GeographyError
        Where places lie outside the British Isles.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder, "places.csv")
    ...     _ = file.write_text("name,lat,long\nHay,52.07,-3.13\n")
    ...     places = read_places(file)
    >>> places.names.to_list(), places.longitude
    (['Hay'], array([-3.13]))
    """
    found = _headings(file)
    degrees = "longitude" in found and "latitude" in found
    across, up = ("longitude", "latitude") if degrees else ("easting", "northing")
    text = [found["name"], *([found["kind"]] if "kind" in found else [])]
    held, table = read_beside(file, text=text, numbers=[found[across], found[up]])
    x, y = (held[found[one]].fill_null(np.nan).to_numpy() for one in (across, up))
    lacks = held[found["name"]].is_null().to_numpy(), np.isnan(x) | np.isnan(y)
    problems = []
    for rows, what in zip(lacks, ("name", "coordinates"), strict=True):
        at = np.flatnonzero(rows)
        problems += [
            table.problem(f"the place has no {what}", "mend or delete the row", int(row))
            for row in at[:SHOWN]
        ]
        if at.size > SHOWN:
            said = f"{at.size - SHOWN:,} more places have no {what}"
            problems.append(Problem(said, "mend or delete the rows", str(file)))
    try:
        system = tell_system(x, y, file=str(file), rows=table.rows)
    except GeographyError as error:
        problems += error.problems
    if problems:
        raise DataError(problems)
    if system == NATIONAL_GRID:
        x, y = to_degrees(x, y)
    columns = {"name": held[found["name"]], "x": x.round(DIGITS), "y": y.round(DIGITS)}
    if "kind" in found:
        columns["kind"] = held[found["kind"]]
    places = pl.DataFrame(columns).unique(maintain_order=True)
    return Places(
        places["name"],
        places["x"].to_numpy(),
        places["y"].to_numpy(),
        places["kind"].fill_null("") if "kind" in found else None,
    )


def _headings(file: str | Path) -> dict[str, str]:
    """Return the headings of what is needed of places, by what they hold."""
    headings = columns_of(file)
    found: dict[str, str] = {}
    for what, pattern in KINDS.items():
        fits = [one for one in headings if pattern.fullmatch(one.strip().lower())]
        if fits:
            found[what] = fits[0]
    there = f"its columns are {', '.join(headings)}"
    problems = []
    if "name" not in found:
        message = "has no column of the names of places"
        problems.append(Problem(message, f"call it 'name'; {there}", str(file)))
    if not ({"longitude", "latitude"} <= found.keys() or {"easting", "northing"} <= found.keys()):
        message = "has no columns that say where places are"
        remedy = f"call them 'longitude' and 'latitude', or 'easting' and 'northing'; {there}"
        problems.append(Problem(message, remedy, str(file)))
    if problems:
        raise DataError(problems)
    return found


def write_places(folder: Path, places: Places) -> None:
    """Write named places into the data folder of a site."""
    write_json(
        folder / FILE,
        {
            "names": places.names.to_list(),
            "longitude": places.longitude.tolist(),
            "latitude": places.latitude.tolist(),
            "kinds": None if places.kinds is None else places.kinds.to_list(),
        },
    )
