"""The postcodes of a site, read: the area and the status of each one that is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.beside import refuse_other_vintage
from hyperlocal.analysis.groups.directory import LOST
from hyperlocal.analysis.groups.statuses import IN_USE, NOWHERE, found_postcodes
from hyperlocal.errors import DataError, Problem
from hyperlocal.explorer.arrays import read_arrays, read_json
from hyperlocal.explorer.postcodes import FOLDER, INWARD, LETTERS, Keyed, decode, inward_numbers
from hyperlocal.geography import clean_postcodes
from hyperlocal.geography.postcodes import clean_postcode
from hyperlocal.pipeline import Results

_NUMBERS = {letter: number for number, letter in enumerate(LETTERS)}


class PostcodeArea(NamedTuple):
    """The postcodes of one postcode area, with the place of each of its districts."""

    districts: dict[str, int]
    sorted_districts: NDArray[Any]
    postcodes: Keyed


class FoundPostcode(NamedTuple):
    """What is known of one postcode: as `statuses.found_postcodes` says of many."""

    postcode: str | None
    status: str
    terminated: str | None
    area: int


@dataclass(frozen=True, eq=False)
class PostcodeTable:
    """The postcodes of a site.

    Parameters
    ----------
    folder
        The folder of its files.
    areas
        The postcode areas that have a file.
    """

    folder: Path
    areas: frozenset[str]
    _held: dict[str, PostcodeArea] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, data: str | Path) -> Self:
        """Open the postcodes in the data folder of a site; none where it has none.

        Parameters
        ----------
        data
            The folder that holds ``site.json``.
        """
        folder = Path(data) / FOLDER
        files = folder.glob("*.bin.gz") if folder.is_dir() else ()
        return cls(folder, frozenset(file.name.removesuffix(".bin.gz") for file in files))

    def find_one(self, raw: str) -> FoundPostcode:
        """Find one postcode, in any spelling."""
        clean = clean_postcode(raw)
        if clean is None:
            return FoundPostcode(None, "invalid", None, NOWHERE)
        area, district = _parts(clean[:-4])
        if area not in self.areas:
            return FoundPostcode(clean, "unknown", None, NOWHERE)
        held = self._area(area)
        keys, places, months = held.postcodes
        letters = _NUMBERS[clean[-2]] * len(LETTERS) + _NUMBERS[clean[-1]]
        inward = int(clean[-3]) * len(LETTERS) ** 2 + letters
        place_of_district = held.districts.get(district)
        if place_of_district is None:
            return FoundPostcode(clean, "unknown", None, NOWHERE)
        key = np.uint32(INWARD * place_of_district + inward)
        at = int(keys.searchsorted(key))
        if at == len(keys) or keys[at] != key:
            return FoundPostcode(clean, "unknown", None, NOWHERE)
        place, month = int(places[at]), int(months[at])
        if month == IN_USE:
            return FoundPostcode(clean, "elsewhere" if place == NOWHERE else "live", None, place)
        date = f"{month // 12:04d}-{month % 12 + 1:02d}" if month else None
        return FoundPostcode(clean, "terminated", date, place)

    def find(self, raw: Sequence[str | None] | pl.Series) -> pl.DataFrame:
        """Find many postcodes, in any spelling.

        Returns
        -------
        polars.DataFrame
            A row per postcode, as `statuses.found_postcodes` returns it.
        """
        clean = clean_postcodes(pl.Series(raw, dtype=pl.String, strict=False))
        known = np.zeros(len(clean), bool)
        places = np.full(len(clean), NOWHERE, np.int32)
        months = np.full(len(clean), IN_USE, np.int32)
        letters = pl.col("outward").str.extract("^([A-Z]+)")
        parts = (
            clean.alias("clean")
            .to_frame()
            .with_row_index("row")
            .drop_nulls()
            .with_columns(
                pl.col("clean").str.head(-4).alias("outward"),
                pl.col("clean").str.tail(3).alias("inward"),
            )
            .with_columns(letters.alias("area"))
            .filter(pl.col("area").is_in(list(self.areas)))
            .with_columns(pl.col("outward").str.strip_prefix(pl.col("area")).alias("district"))
        )
        for (area,), own in parts.partition_by("area", as_dict=True).items():
            held = self._area(str(area))
            at, there = _positions(held, own)
            row = own["row"].to_numpy()[there]
            known[row] = True
            places[row] = held.postcodes.places[at]
            months[row] = held.postcodes.months[at]
        return found_postcodes(clean, known, places, months)

    def _area(self, area: str) -> PostcodeArea:
        if area not in self._held:
            arrays, about = read_arrays(self.folder / f"{area}.bin.gz")
            districts = list(about["districts"])
            self._held[area] = PostcodeArea(
                {district: place for place, district in enumerate(districts)},
                np.array(districts, "S2"),
                decode(arrays),
            )
        return self._held[area]


@dataclass(frozen=True, eq=False)
class SiteDirectory:
    """The postcodes of a site as a directory for an index: see `analysis.lookup.KnownPostcodes`."""

    source: str
    notes: tuple[str, ...]
    table: PostcodeTable
    rows: NDArray[np.int32]

    def find(self, raw: pl.Series) -> pl.DataFrame:
        """Find postcodes; their areas are rows of the index.

        One in use in an area that the index lacks is elsewhere for it.
        """
        found = self.table.find(raw)
        rows = pl.Series(self.rows[found["area"].to_numpy()])
        outside = (pl.col("status") == "live") & (pl.col("area") == NOWHERE)
        return found.with_columns(area=rows).with_columns(
            status=pl.when(outside).then(pl.lit("elsewhere")).otherwise("status")
        )


def site_directory(results: Results, site: str | Path) -> SiteDirectory:
    """Open the postcodes of a site to ask them for the areas of an index.

    Parameters
    ----------
    results
        The finished index.
    site
        The folder of the site, or its ``data``.

    Raises
    ------
    DataError
        Where it is no site, has no postcodes, or is of other areas.

    Examples
    --------
    ::

        known = site_directory(Results.open("results"), "site")
        known.find(pl.Series(["CF10 1AA"]))
    """
    data = next((p for p in (Path(site), Path(site, "data")) if (p / "site.json").is_file()), None)
    if data is None:
        remedy = "name a directory of postcodes, or a folder that 'hyperlocal publish-site' wrote"
        raise DataError(Problem("is not a site: it has no site.json", remedy, str(site)))
    try:
        said = json.loads((data / "site.json").read_text(encoding="utf-8"))["postcodes"]
        codes = pl.Series("area_code", read_json(data / "areas.json.gz")["codes"], pl.String)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise DataError(
            Problem("the site cannot be read", "publish it again", str(site))
        ) from error
    if not said:
        remedy = "publish it again with a directory of postcodes"
        raise DataError(Problem("the site has no postcodes", remedy, str(site)))
    refuse_other_vintage(results.areas["area_code"], codes, str(site), LOST)
    there = results.areas.select("area_code", pl.int_range(pl.len(), dtype=pl.Int32).alias("row"))
    rows = codes.to_frame().join(there, on="area_code", how="left", maintain_order="left")["row"]
    places = np.append(rows.fill_null(NOWHERE).to_numpy(), np.int32(NOWHERE))  # -1 is the last
    return SiteDirectory(str(site), tuple(said["notes"]), PostcodeTable.open(data), places)


def _positions(held: PostcodeArea, own: pl.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return where postcodes stand in a file, of those that do, and which do."""
    asked = np.array(own["district"].to_list(), "S2")
    district = held.sorted_districts.searchsorted(asked)
    there = held.sorted_districts[np.minimum(district, len(held.districts) - 1)] == asked
    key = (INWARD * district + inward_numbers(own["inward"])).astype(np.uint32)
    keys = held.postcodes.keys
    at = keys.searchsorted(key)
    there &= keys[np.minimum(at, len(keys) - 1)] == key
    return at[there], there


def _parts(outward: str) -> tuple[str, str]:
    """Part the first half of a postcode into its postcode area and the rest.

    Examples
    --------
    >>> _parts("SW1A"), _parts("M1")
    (('SW', '1A'), ('M', '1'))
    """
    letters = 0
    while letters < len(outward) and outward[letters].isalpha():
        letters += 1
    return outward[:letters], outward[letters:]
