"""The postcodes of a site: a compact file per postcode area. See docs/explorer/files.md."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.groups.directory import one_area_each, read_directory
from hyperlocal.analysis.groups.statuses import IN_USE, NOWHERE
from hyperlocal.explorer.arrays import Array, write_arrays
from hyperlocal.pipeline import Results

FOLDER = "postcodes"
LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The letters that the last two of a postcode can be, in order."""
INWARD = 10 * len(LETTERS) ** 2
"""How many postcodes there can be in a district: a digit and two letters each."""
MANY = 1 << 16

_VALUES = np.zeros(256, np.uint32)
_VALUES[np.frombuffer(b"0123456789", np.uint8)] = np.arange(10)
_VALUES[np.frombuffer(LETTERS.encode(), np.uint8)] = np.arange(len(LETTERS))


class Keyed(NamedTuple):
    """The postcodes of one postcode area.

    Parameters
    ----------
    keys
        The number of each, ascending: `INWARD` times the place of its district, plus the number of
        its last three characters.
    places
        The place of its area; `NOWHERE` where it is in none.
    months
        The month in which it ended, as `statuses.found_postcodes` takes it.
    """

    keys: NDArray[np.uint32]
    places: NDArray[np.int32]
    months: NDArray[np.int16]


def write_postcodes(
    folder: Path, results: Results, given: str | Path, codes: pl.Series | None = None
) -> dict[str, Any]:
    """Write the postcodes of a directory into the data of a site.

    Parameters
    ----------
    folder
        The data folder of the site.
    results
        The finished index.
    given
        The directory, as `directory.read_directory` takes it.
    codes
        The codes of the areas, in the order of the site; that of the results where not given.

    Returns
    -------
    dict
        What ``site.json`` says of postcodes: ``source``, ``path``, ``count``, ``ended`` and
        ``elsewhere`` (how many of those ended, or are in use outside the index), ``areas`` (the
        number of postcodes by postcode area) and ``notes``.

    Raises
    ------
    DataError
        Where the directory cannot be used.

    Examples
    --------
    ::

        write_postcodes(Path("site/data"), Results.open("results"), "ONSPD.csv")["count"]
    """
    directory = read_directory(results, given)
    rows, notes = one_area_each(directory)
    rows = _placed(rows, results.areas["area_code"] if codes is None else codes)
    outward = _outward(rows)
    numbers = outward.with_row_index("number").select("outward", "number")
    number = rows.select("outward").join(numbers, on="outward", how="left", maintain_order="left")
    keys = number["number"].to_numpy().astype(np.uint32) * INWARD + inward_numbers(rows["inward"])
    order = np.argsort(keys)
    keys = keys[order]
    places, months = rows["place"].to_numpy()[order], rows["month"].to_numpy()[order]
    counts, first = {}, 0
    by_area = outward.group_by("area", maintain_order=True).agg("district")
    for area, districts in by_area.iter_rows():
        ends = np.array([first, first + len(districts)], np.uint64) * INWARD
        part = slice(*np.searchsorted(keys, ends))
        own = Keyed(keys[part] - np.uint32(first * INWARD), places[part], months[part])
        about = {"area": area, "districts": districts}
        write_arrays(folder / FOLDER / f"{area}.bin.gz", encode(own, len(districts)), about)
        counts[area] = len(own.keys)
        first += len(districts)
    return {
        "source": Path(directory.file).name,
        "path": f"{FOLDER}/",
        "count": rows.height,
        "ended": int((months != IN_USE).sum()),
        "elsewhere": int(((months == IN_USE) & (places == NOWHERE)).sum()),
        "areas": counts,
        "notes": [*directory.notes, *notes],
    }


def _placed(rows: pl.DataFrame, codes: pl.Series) -> pl.DataFrame:
    """Return the parts of each postcode, the place of its area and the month that it ended."""
    there = pl.DataFrame({"area": codes, "place": pl.int_range(len(codes), eager=True)})
    rows = rows.join(there, on="area", how="left", maintain_order="left")
    return rows.select(
        pl.col("postcode").str.head(-4).alias("outward"),
        pl.col("postcode").str.tail(3).alias("inward"),
        pl.col("place").fill_null(NOWHERE).cast(pl.Int32),
        pl.col("month").fill_null(IN_USE).cast(pl.Int16),
    )


def _outward(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the first parts of postcodes once, sorted by postcode area and district."""
    letters = pl.col("outward").str.extract("^([A-Z]+)")
    parted = rows.select(pl.col("outward").unique()).with_columns(
        letters.alias("area"), pl.col("outward").str.strip_prefix(letters).alias("district")
    )
    return parted.sort("area", "district")


def inward_numbers(inward: pl.Series) -> NDArray[np.uint32]:
    """Return the number of the last three characters of each postcode, below `INWARD`.

    Examples
    --------
    >>> inward_numbers(pl.Series(["0AA", "0AB", "1AA", "9ZZ"])).tolist()
    [0, 1, 400, 3999]
    """
    parts = np.frombuffer("".join(inward.to_list()).encode(), np.uint8).reshape(-1, 3)
    digit, first, second = _VALUES[parts].T
    return np.asarray((digit * len(LETTERS) + first) * len(LETTERS) + second, np.uint32)


def encode(postcodes: Keyed, districts: int) -> dict[str, Array]:
    """Return the arrays that a file of postcodes holds.

    Parameters
    ----------
    postcodes
        The postcodes of one postcode area; every district has one at least.
    districts
        The number of its districts.
    """
    keys, places, months = postcodes
    district = keys.astype(np.int64) // INWARD
    stored = np.where(places == NOWHERE, np.int64(1) << 32, places)  # those of no area come last
    pairs, chosen = np.unique((district << 33) + stored, return_inverse=True)
    sizes = np.bincount(pairs >> 33, minlength=districts)
    local = chosen - (np.cumsum(sizes) - sizes)[district]
    palette = pairs & ((1 << 33) - 1)
    kind: type[np.unsignedinteger[Any]] = np.uint16
    if places.max(initial=0) >= MANY - 1:
        kind = np.uint32
    palette = np.where(palette == 1 << 32, np.iinfo(kind).max, palette)
    gaps = np.diff(keys.astype(np.int64), prepend=-1) - 1
    ended = months != IN_USE
    return {
        "gap": gaps.astype(np.uint16),
        "area": local.astype(np.uint8 if local.max(initial=0) < 256 else np.uint16),
        "palette": palette.astype(kind),
        "palettes": sizes.astype(np.uint16),
        "ended": np.packbits(ended, bitorder="little"),
        "month": months[ended].astype(np.uint16),
    }


def decode(arrays: Mapping[str, Array]) -> Keyed:
    """Return the postcodes that the arrays of a file hold: the inverse of `encode`.

    Examples
    --------
    >>> keys, places = np.array([7, INWARD], np.uint32), np.array([12, NOWHERE], np.int32)
    >>> postcodes = Keyed(keys, places, np.array([IN_USE, 24_293], np.int16))
    >>> decode(encode(postcodes, districts=2)).places
    array([12, -1], dtype=int32)
    """
    keys = np.cumsum(arrays["gap"].astype(np.int64) + 1) - 1
    sizes = arrays["palettes"].astype(np.int64)
    starts = (np.cumsum(sizes) - sizes)[keys // INWARD]
    palette = arrays["palette"]
    places = palette.astype(np.int64)
    places[palette == np.iinfo(palette.dtype).max] = NOWHERE
    ended = np.unpackbits(arrays["ended"], count=len(keys), bitorder="little").astype(bool)
    months = np.full(len(keys), IN_USE, np.int16)
    months[ended] = arrays["month"]
    return Keyed(keys.astype(np.uint32), places[starts + arrays["area"]].astype(np.int32), months)
