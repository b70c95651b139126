"""Groups of areas by lists of postcodes, such as those of patients or of a catchment."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import polars as pl

from hyperlocal.analysis.beside import SAME, SHOWN, columns_of, read_beside
from hyperlocal.analysis.groups.directory import POSTCODES, PostcodeDirectory, read_directory
from hyperlocal.analysis.groups.lookups import Groups, file_and_columns, of_links
from hyperlocal.errors import DataError, Problem
from hyperlocal.geography import clean_postcodes
from hyperlocal.geography.codes import counted, listed
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum, plain_text

HEADINGS = (*POSTCODES, "postcodes")
"""What columns of postcodes are called, in small letters and without what parts words."""
_PLAIN = re.compile(r"[\s_-]+")
OUTCOMES = {
    "elsewhere": "in use, but in no area of the index",
    "ended": "no longer in use",
    "unknown": "not in the directory",
    "invalid": "not written as a postcode is",
}
"""What can be the matter with a listed postcode."""


def from_postcodes(
    results: Results,
    postcodes: str | Path,
    directory: str | Path,
    overrides: Mapping[str, str] | None = None,
) -> Groups:
    """Make groups of the areas in which listed postcodes lie, with the share that is listed.

    Parameters
    ----------
    results
        The finished index.
    postcodes
        The list (CSV, text, Parquet, Excel, ODS), as ``FILE``, ``FILE:COLUMN`` with the column of
        the postcodes, or ``FILE:COLUMN:GROUPS`` with that of the groups too (``FILE::GROUPS`` where
        the postcodes are found by their look). Without groups there is one, called by the name of
        the file. A single column may be without a heading.
    directory
        A directory of postcodes, as `read_directory` takes it.
    overrides
        Areas that lie wholly in one group: code to group.

    Raises
    ------
    DataError
        Where a file cannot be read or a column is not clear, a postcode is listed in several
        groups, or none that is listed is in use in an area of the index.

    Notes
    -----
    The share of area a in group g is the weight of the listed postcodes of a in g, divided by that
    of all postcodes of a that are in use. It takes people to be spread over the postcodes of an
    area as the weights are: evenly, where each postcode counts as 1.
    """
    file, found, made = _read_list(postcodes)
    known = read_directory(results, directory)
    found = found.with_columns(outcome=_outcomes(found, known))
    tally = {name: int((found["outcome"] == name).sum()) for name in ("used", *OUTCOMES)}
    notes = [*known.notes, *_notes(found, tally, file)]
    if not tally["used"]:
        raise DataError(
            Problem(
                f"none of its {counted(found.height, 'postcode', 'postcodes')} is in use in an "
                f"area of the index: {_said(found, tally)}",
                "name the column of the postcodes, or another directory",
                str(file),
                place=str(made["postcodes"]),
            )
        )
    used = found.filter(outcome="used").select("postcode", "group")
    links = shares(known.live.join(used, on="postcode", how="left"))
    return of_links(
        results,
        links.with_columns(name=pl.lit(None, pl.String)),
        str(postcodes),
        overrides,
        {str(file): {**made, **tally}, known.file: known.made_of},
        notes,
    )


def shares(live: pl.DataFrame) -> pl.DataFrame:
    """Return the share of each area in each group, by the weight of its postcodes.

    Parameters
    ----------
    live
        A row per postcode: ``area``, ``group`` (null where it is in none) and ``weight``.

    Returns
    -------
    polars.DataFrame
        A row per area and group, with ``share``, which is above 0.

    Examples
    --------
    >>> live = {"area": ["a", "a", "b"], "group": ["g", None, "g"], "weight": [1, 3, 2]}
    >>> shares(pl.DataFrame(live)).rows()
    [('a', 'g', 0.25), ('b', 'g', 1.0)]
    """
    inside = live.drop_nulls("area")
    whole = inside.group_by("area").agg(whole=pl.col("weight").sum())
    part = inside.drop_nulls("group").group_by("area", "group").agg(part=pl.col("weight").sum())
    return (
        part.filter(pl.col("part") > 0)
        .join(whole, on="area")
        .select("area", "group", share=pl.col("part") / pl.col("whole"))
        .sort("area", "group")
    )


def _read_list(given: str | Path) -> tuple[Path, pl.DataFrame, dict[str, str | int]]:
    """Read a list of postcodes; return each with its group once (``raw``, ``postcode``, ``group``).

    Rows without a postcode are left out. What is no postcode has a null in ``postcode``.
    """
    file, columns = file_and_columns(given, 2)
    column, group = (*columns, "", "")[:2]
    column = column or _postcode_heading(file)
    held, table = read_beside(file, text=[name for name in (column, group) if name])
    groups = held[group] if group else pl.repeat(file.stem, held.height, eager=True)
    rows = pl.DataFrame({"raw": held[column], "group": groups, "line": table.rows})
    first = clean_postcodes(pl.Series([column]))[0]
    if first is not None:  # no heading: a postcode stands in its place
        if group:
            raise DataError(
                Problem("the first row holds no headings", "add them above it", str(file))
            )
        top = pl.DataFrame({"raw": [column], "group": [file.stem], "line": [1]}, rows.schema)
        rows = pl.concat([top, rows])
    rows = rows.drop_nulls("raw").with_columns(postcode=clean_postcodes(rows["raw"].drop_nulls()))
    without = rows.filter(pl.col("group").is_null())
    if without.height:
        raise DataError(
            Problem(
                f"{counted(without.height, 'postcode has', 'postcodes have')} no group, such as "
                f"{without['raw'][0]} in row {without['line'][0]}",
                "give each a group or delete the row",
                str(file),
                place=group,
            )
        )
    once = rows.unique(["raw", "group"], maintain_order=True)
    valid = once.drop_nulls("postcode").unique(["postcode", "group"], maintain_order=True)
    _refuse_several(valid, file, column)
    once = pl.concat([valid, once.filter(pl.col("postcode").is_null())])
    made: dict[str, str | int] = {"postcodes": column, "groups": group, "rows": rows.height}
    return file, once, {**made, "listed": once.height, "sha256": checksum(file)}


def _postcode_heading(file: Path) -> str:
    """Return the one column that looks like postcodes."""
    columns = []
    for heading in columns_of(file):
        try:
            held, _ = read_beside(file, text=[heading])
        except DataError:  # such as a column of geometry
            held = pl.DataFrame({heading: []}, schema={heading: pl.String})
        columns.append(held.to_series())
    return postcode_column(file, columns, f"name it as {file.name}:COLUMN")


def postcode_column(file: Path, columns: Iterable[pl.Series], remedy: str) -> str:
    """Return the heading of the one column that holds postcodes.

    Parameters
    ----------
    file
        The file of the columns, for the error.
    columns
        The columns. One is taken that has postcodes in half of its filled cells; of several that
        differ, the one whose heading says so; without any, the one whose heading says so.
    remedy
        How the column is named instead.

    Raises
    ------
    DataError
        Where none or several can be meant.

    Examples
    --------
    >>> table = pl.DataFrame({"name": ["Ann", "Bob"], "home": ["m11ae", "?"]})
    >>> postcode_column(Path("list.csv"), table, "name it")
    'home'
    """
    headings, found = [], {}
    for column in columns:
        headings.append(column.name)
        if column.dtype.is_nested() or column.dtype == pl.Binary:
            continue
        there = plain_text(column).drop_nulls()
        clean = clean_postcodes(there)
        if len(there) and len(clean.drop_nulls()) >= SAME * len(there):
            found[column.name] = clean
    said = [name for name in found or headings if _PLAIN.sub("", name.lower()) in HEADINGS]
    alike = len({tuple(clean.to_list()) for clean in found.values()}) == 1
    if alike:
        return next(iter(found))
    if len(said) == 1:
        return said[0]
    several = [*found] or said
    message = (
        f"{' and '.join(several)} look like postcodes" if several else "no column holds postcodes"
    )
    raise DataError(
        Problem(message, f"{remedy}; its columns are {listed(headings, 12)}", str(file))
    )


def _refuse_several(valid: pl.DataFrame, file: Path, column: str) -> None:
    several = valid.group_by("postcode", maintain_order=True).agg("group", "line")
    several = several.filter(pl.col("group").list.len() > 1)
    if several.height:
        problems = [
            Problem(
                f"{postcode} is listed in several groups: {', '.join(groups)}",
                "keep one",
                str(file),
                lines[-1],
                column,
            )
            for postcode, groups, lines in several.head(SHOWN).iter_rows()
        ]
        if several.height > SHOWN:
            more = counted(several.height - SHOWN, "more postcode is", "more postcodes are")
            problems.append(Problem(f"{more} listed in several groups", file=str(file)))
        raise DataError(problems)


def _outcomes(found: pl.DataFrame, known: PostcodeDirectory) -> pl.Series:
    """Return what became of each listed postcode."""
    here = known.live.filter(pl.col("area").is_not_null())["postcode"]
    postcode = pl.col("postcode")
    return found.select(
        pl.when(postcode.is_null())
        .then(pl.lit("invalid"))
        .when(postcode.is_in(here.implode()))
        .then(pl.lit("used"))
        .when(postcode.is_in(known.live["postcode"].implode()))
        .then(pl.lit("elsewhere"))
        .when(postcode.is_in(known.ended["postcode"].implode()))
        .then(pl.lit("ended"))
        .otherwise(pl.lit("unknown"))
    ).to_series()


def _said(found: pl.DataFrame, tally: Mapping[str, int]) -> str:
    """Say how many postcodes were not used, and why, with an example of each."""
    return "; ".join(
        f"{tally[name]:,} {why}, such as {found.filter(outcome=name)['raw'][0]}"
        for name, why in OUTCOMES.items()
        if tally[name]
    )


def _notes(found: pl.DataFrame, tally: Mapping[str, int], file: Path) -> list[str]:
    left = found.height - tally["used"]
    if not left:
        return []
    many = f"{left:,} of the {found.height:,} postcodes of {file.name} do not count"
    return [f"{many}: {_said(found, tally)}"]
