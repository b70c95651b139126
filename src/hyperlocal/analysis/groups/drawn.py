"""Groups of areas by polygons that a user draws, or by boundaries of other areas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from hyperlocal.analysis.boundaries import read_columns, read_own_boundaries
from hyperlocal.analysis.groups.directory import PostcodeDirectory, read_directory
from hyperlocal.analysis.groups.lookups import Groups, file_and_column, name_heading, of_links
from hyperlocal.analysis.groups.postcodes import shares
from hyperlocal.areas import Geography
from hyperlocal.errors import DataError, GeographyError, Problem
from hyperlocal.geography import (
    Boundaries,
    FloatArray,
    Points,
    overlap,
    place_points,
    read_boundaries,
)
from hyperlocal.geography.boundaries import MOST_OVERLAP
from hyperlocal.geography.boundary_files import PARQUET, read_shapes
from hyperlocal.geography.codes import counted, listed
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum

DRAWN = Geography("polygons", 2000)
"""What stands for the geography of polygons, which have none; messages do not show it."""
COVERED = 0.9
"""The share of a polygon below which it is said that the areas of the index do not cover it."""
CODES, NAMES = ("code", "cd"), ("name", "nm")
"""How the headings of codes and of names end."""


def from_polygons(
    results: Results,
    polygons: str | Path,
    boundaries: str | Path | None = None,
    directory: str | Path | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Groups:
    """Group areas by the polygons that they lie in, each with the share that lies in it.

    Parameters
    ----------
    results
        The finished index.
    polygons
        A GeoJSON, GeoPackage, GeoParquet or Shapefile, as ``FILE`` or ``FILE:COLUMN`` with the
        column that tells the polygons apart. Without it the one column of codes is taken, else the
        one of names, else the only one; a single polygon that has none of these is called by the
        name of the file.
    boundaries
        The boundaries of the areas, as ``FILE`` or ``FILE:COLUMN``: the share of an area is that of
        its ground.
    directory
        A directory of postcodes, as `read_directory` takes it: the share of an area is that of its
        postcodes that are in use. One of the two is needed.
    overrides
        Areas that lie wholly in one polygon: code to code.

    Raises
    ------
    DataError
        Where not one of `boundaries` and `directory` is given, the directory cannot be read, a
        column is not clear, or no area lies in a polygon.
    GeographyError
        Where a file of polygons cannot be read, polygons overlap, so that areas would be in
        several, or are not valid, or the boundaries lack an area.

    Notes
    -----
    The share of area a in polygon g is the weight of the postcodes of a that lie in g, divided by
    that of all postcodes of a; or the ground of a in g, divided by all ground of a, where pieces of
    less than 1% of the ground of an area are dropped (see `hyperlocal.geography.overlap`).
    """
    if (boundaries is None) == (directory is None):
        raise DataError(
            Problem(
                "polygons need either a directory of postcodes or the boundaries of the areas"
                + (", not both" if directory else ", to tell what share of an area lies in each"),
                "give --directory FILE (such as the ONS Postcode Directory) to share areas out by "
                "their postcodes, which is better, or --boundaries FILE to do it by their ground",
                str(polygons),
            )
        )
    drawn, names = _read_polygons(polygons)
    if directory is not None:
        known = read_directory(results, directory, places=True)
        links, covered, notes = _by_postcodes(known, drawn)
        notes = [*known.notes, *notes]
        made_of = {known.file: known.made_of}
    else:
        assert boundaries is not None
        areas, column, _ = read_own_boundaries(results, boundaries)
        links, covered = _by_ground(areas, drawn)
        notes = []
        made_of = {areas.file: {"codes": column, "areas": len(areas.codes), "sha256": areas.sha256}}
    made = {"codes": drawn.codes.name, "polygons": len(drawn.codes), "sha256": drawn.sha256}
    named = pl.DataFrame({"group": drawn.codes, "name": names})
    return of_links(
        results,
        links.join(named, on="group", how="left", maintain_order="left"),
        str(polygons),
        overrides,
        {drawn.file: made, **made_of},
        [*_of_coverage(drawn, links, covered), *notes],
    )


def _by_postcodes(
    known: PostcodeDirectory, drawn: Boundaries
) -> tuple[pl.DataFrame, FloatArray, list[str]]:
    """Return the shares of areas in polygons, how much of each polygon is covered, and notes."""
    live, notes = known.live, []
    # Northern Ireland has another grid, and the transformation of degrees does not reach it
    irish = live["postcode"].str.starts_with("BT")
    blank = (live["x"].is_null() | live["y"].is_null() | irish) & live["area"].is_not_null()
    if blank.any():
        such = live.filter(blank)["postcode"][0]
        many = counted(int(blank.sum()), "postcode has", "postcodes have")
        notes.append(f"{many} no place in Great Britain, such as {such}: left out")
    live = live.filter(live["x"].is_not_null() & live["y"].is_not_null() & ~irish)
    points = Points(
        live["postcode"],
        live["x"].to_numpy(),
        live["y"].to_numpy(),
        known.crs,
        live["weight"].to_numpy(),
        known.file,
        live["line"],
    )
    placed = place_points(points, drawn, MOST_OVERLAP)
    inside = pl.Series(placed.areas).replace(-1, None)
    live = live.with_columns(group=placed.codes.gather(inside))
    within = (
        live.drop_nulls("group")
        .group_by("group")
        .agg(
            covered=pl.col("weight").filter(pl.col("area").is_not_null()).sum()
            / pl.col("weight").sum()
        )
    )
    found = pl.DataFrame({"group": drawn.codes}).join(
        within, on="group", how="left", maintain_order="left"
    )
    return shares(live), found["covered"].fill_null(np.nan).to_numpy(), notes


def _by_ground(areas: Boundaries, drawn: Boundaries) -> tuple[pl.DataFrame, FloatArray]:
    """Return the shares of areas in polygons, and how much of each polygon is covered."""
    import shapely

    areas, grid = areas.in_national_grid().sorted(), drawn.in_national_grid()
    try:
        found = overlap(areas, grid)
    except GeographyError as error:
        said = [
            replace(one, message=one.message.replace(str(DRAWN), "the polygons"), file=drawn.file)
            for one in error.problems
        ]
        raise GeographyError(said) from error
    ground = found.by_target @ shapely.area(areas.shapes)
    covered = pl.DataFrame({"group": found.target_codes, "ground": ground})
    covered = pl.DataFrame({"group": drawn.codes, "all": shapely.area(grid.shapes)}).join(
        covered, on="group", maintain_order="left"
    )
    links = found.to_frame().rename({"source_code": "area", "target_code": "group"})
    return links, (covered["ground"] / covered["all"]).to_numpy()


def _of_coverage(drawn: Boundaries, links: pl.DataFrame, covered: FloatArray) -> list[str]:
    """Say which polygons hold no area, and which are not covered by the areas of the index."""
    there = drawn.codes.is_in(links["group"].implode()).to_numpy()
    notes = []
    if not there.all():
        many = f"{int((~there).sum()):,} of {len(there):,} polygons"
        notes.append(f"{many} hold no area of the index: {listed(drawn.codes.filter(~there))}")
    partly = there & (covered < COVERED)
    if partly.any():
        shown = [
            f"{code} ({share:.0%})"
            for code, share in zip(drawn.codes.filter(partly), covered[partly], strict=True)
        ]
        many = counted(len(shown), "polygon lies", "polygons lie")
        notes.append(f"{many} partly outside the areas of the index; inside are {listed(shown)}")
    return notes


def _read_polygons(given: str | Path) -> tuple[Boundaries, pl.Series]:
    """Read polygons with the names of those that have one."""
    file, column = file_and_column(given)
    rows, number = read_columns(file)
    column = column or _polygon_heading(file, rows.columns, number)
    if not column:
        return _only_polygon(file, rows.columns), pl.Series([None], dtype=pl.String)
    drawn = read_boundaries(file, DRAWN, column)
    name = name_heading(rows.columns, column)
    return drawn, rows[name] if name else pl.repeat(None, number, dtype=pl.String, eager=True)


def _polygon_heading(file: Path, headings: Sequence[str], number: int) -> str:
    """Return the column that tells polygons apart; empty where a single one needs none."""
    if not number:
        raise DataError(Problem("holds no polygon", "draw one", str(file)))
    found = [one for one in headings if one.lower().endswith(CODES)]
    found = found or [one for one in headings if one.lower().endswith(NAMES)]
    found = found or [one for one in headings if one.lower() == "id"]
    if number == 1 and not found:
        return ""  # what else stands with a single polygon is how it is painted
    if len(found or headings) == 1:
        return (found or headings)[0]
    have = f"its columns are {listed(headings, 12)}" if headings else "none has a property yet"
    raise DataError(
        Problem(
            f"does not say what its {counted(number, 'polygon is', 'polygons are')} called",
            f"give each a code and name their column as {file.name}:COLUMN; {have}",
            str(file),
        )
    )


def _only_polygon(file: Path, headings: Sequence[str]) -> Boundaries:
    """Read the single polygon of a file, called by the name of the file."""
    if headings:
        found = read_shapes(file, headings[0], None)
        shapes, crs = found.shapes, found.crs
    elif file.suffix.lower() in PARQUET:
        raise DataError(Problem("has no column but the polygon", "add its code", str(file)))
    else:
        import pyogrio
        import shapely

        meta, _, geometry, _ = pyogrio.raw.read(file, columns=[], force_2d=True)
        shapes, crs = shapely.from_wkb(geometry), meta["crs"]
    return Boundaries(DRAWN, pl.Series([file.stem]), shapes, crs, str(file), checksum(file))
