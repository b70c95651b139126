"""The area, rank and decile of each postcode of a list."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import polars as pl

from hyperlocal.analysis.beside import columns_of
from hyperlocal.analysis.groups.directory import one_area_each, read_directory
from hyperlocal.analysis.groups.statuses import IN_USE, NOWHERE, STATUSES, found_postcodes
from hyperlocal.analysis.measures import Measure, measures, rank_series
from hyperlocal.analysis.postcode_lists import PostcodeList
from hyperlocal.analysis.report import FITTED
from hyperlocal.errors import HyperlocalError, Problem, ResultsError
from hyperlocal.geography import clean_postcodes
from hyperlocal.pipeline import Results

Columns = Literal["all", "basic"]
ENDINGS = (".csv", ".xlsx", ".parquet")
OWN = ("matched_postcode", "postcode_status", "postcode_terminated", "area_code", "area_name")
SHOWN = 3


class KnownPostcodes(Protocol):
    """A directory of postcodes that can be asked."""

    @property
    def source(self) -> str:
        """What it was read from."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of it."""

    def find(self, raw: pl.Series) -> pl.DataFrame:
        """Find postcodes, as `statuses.found_postcodes` returns them; areas by rows of results."""


@dataclass(frozen=True, eq=False)
class DirectoryPostcodes:
    """The postcodes of a directory file, read whole; see `KnownPostcodes`."""

    source: str
    notes: tuple[str, ...]
    rows: pl.DataFrame

    def find(self, raw: pl.Series) -> pl.DataFrame:
        """Find postcodes."""
        clean = clean_postcodes(raw).alias("postcode")
        asked = clean.to_frame().join(self.rows, on="postcode", how="left", maintain_order="left")
        return found_postcodes(
            clean,
            asked["place"].is_not_null().to_numpy(),
            asked["place"].fill_null(NOWHERE).to_numpy(),
            asked["month"].fill_null(IN_USE).to_numpy(),
        )


def directory_postcodes(results: Results, given: str | Path) -> DirectoryPostcodes:
    """Read a directory of postcodes so that it can be asked.

    Parameters
    ----------
    results
        The finished index.
    given
        The directory, as `groups.directory.read_directory` takes it.

    Raises
    ------
    DataError
        Where it cannot be used.

    Examples
    --------
    ::

        directory_postcodes(Results.open("results"), "ONSPD.csv").notes
    """
    directory = read_directory(results, given)
    rows, notes = one_area_each(directory)
    codes = results.areas["area_code"]
    there = pl.DataFrame({"area": codes, "place": pl.int_range(len(codes), eager=True)})
    rows = rows.join(there, on="area", how="left", maintain_order="left").select(
        "postcode",
        pl.col("place").fill_null(NOWHERE).cast(pl.Int32),
        pl.col("month").fill_null(IN_USE),
    )
    return DirectoryPostcodes(directory.file, (*directory.notes, *notes), rows)


@dataclass(frozen=True, eq=False)
class Matched:
    """A list of postcodes with what is known of each.

    Parameters
    ----------
    table
        The list with the columns that were added, a row per row of the list.
    added
        The headings of those.
    tally
        A row per status: ``status``, ``rows``, ``answered`` (how many of them with an area) and
        ``examples``, the first of them with their rows.
    blank
        How many rows hold no postcode at all; they are counted as invalid.
    notes
        What a reader should know.
    """

    table: pl.DataFrame
    added: tuple[str, ...]
    tally: pl.DataFrame
    blank: int
    notes: tuple[str, ...]

    def write(self, out: str | Path) -> None:
        """Write the table into a file, which appears whole or not at all.

        Parameters
        ----------
        out
            The file: ``.csv``, ``.xlsx`` or ``.parquet``.

        Raises
        ------
        ResultsError
            Where it cannot be written there: see `check_file`.
        """
        file = Path(out)
        check_file(file)
        temporary = file.with_name(f".{secrets.token_hex(4)}-{file.name}")
        try:
            if file.suffix.lower() == ".parquet":
                self.table.write_parquet(temporary)
            elif file.suffix.lower() == ".csv":
                self.table.write_csv(temporary)
            else:
                self._write_workbook(temporary)
            temporary.replace(file)
        except OSError as error:
            raise _unwritable(file, error) from error
        finally:
            temporary.unlink(missing_ok=True)

    def _write_workbook(self, file: Path) -> None:
        import xlsxwriter

        plain = {"strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(str(file), plain) as book:
            few = self.table.height <= FITTED
            self.table.write_excel(book, "postcodes", autofit=few, float_precision=4)


def look_up(
    results: Results,
    postcodes: PostcodeList,
    directory: KnownPostcodes,
    nodes: Sequence[str] = (),
    columns: Columns = "all",
) -> Matched:
    """Find the area of each postcode of a list, and how it ranks.

    Parameters
    ----------
    results
        The finished index.
    postcodes
        The list, from `postcode_lists.read_list` or `typed`.
    directory
        The directory, from `directory_postcodes`, or the one of a site.
    nodes
        The ids of nodes to give beside the index itself.
    columns
        ``all``: also the names, the larger areas and the scores; or ``basic``.

    Returns
    -------
    Matched
        A row per row of the list, in its order. A postcode that is no longer in use is answered
        with the area that it lay in, and marked.

    Raises
    ------
    ResultsError
        Where a node is not there or not ranked.

    Examples
    --------
    ::

        results = Results.open("results")
        known = directory_postcodes(results, "ONSPD.csv")
        look_up(results, typed(["CF10 1AA"]), known, ["income"]).table
    """
    found = directory.find(postcodes.postcodes)
    added = _added(results, found, _measures(results, nodes), columns)
    added = added.rename(_own_headings(added.columns, postcodes.frame.columns))
    blank = postcodes.postcodes.is_null()
    return Matched(
        pl.concat([postcodes.frame, added], how="horizontal"),
        tuple(added.columns),
        _tally(postcodes, found),
        int(blank.sum()),
        directory.notes,
    )


def _measures(results: Results, nodes: Sequence[str]) -> list[Measure]:
    """Return the index, then the other nodes as they are named."""
    index = str(results.provenance["index"])
    wanted = list(dict.fromkeys([index, *nodes]))
    held = {one.id: one for one in measures(results, wanted)}
    return [held[name] for name in wanted]


def _added(
    results: Results, found: pl.DataFrame, ranked: Iterable[Measure], columns: Columns
) -> pl.DataFrame:
    """Return the columns that are added to a list, a row per postcode."""
    areas = results.areas
    whole = columns == "all"
    kept = ["area_code", *(["area_name"] if whole else [])]
    for group in results.definition.areas.within if whole else ():
        kept += [name for name in (f"{group}_code", f"{group}_name") if name in areas.columns]
    series = [areas[name] for name in kept]
    for one in ranked:
        series += [
            rank_series(one.rank).alias(f"{one.id}_rank"),
            rank_series(one.decile).alias(f"{one.id}_decile"),
        ]
        if whole and one.score_column:
            scores = pl.Series(one.score_column, one.score, nan_to_null=True)
            series.append(scores)
    row = found["area"]
    row = row.set(row == NOWHERE, None).cast(pl.UInt32)
    there = pl.DataFrame(series).select(pl.all().gather(row))
    first = found.select("postcode", "status", "terminated").rename(
        dict(zip(("postcode", "status", "terminated"), OWN, strict=False))
    )
    return pl.concat([first, there], how="horizontal")


def _own_headings(added: Sequence[str], there: Sequence[str]) -> dict[str, str]:
    """Give headings that the list has already a number: ``area_code_2``."""
    taken, renamed = {*there, *added}, {}
    for name in added:
        if name in there:
            number = next(n for n in range(2, len(taken) + 3) if f"{name}_{n}" not in taken)
            renamed[name] = f"{name}_{number}"
            taken.add(renamed[name])
    return renamed


def _tally(postcodes: PostcodeList, found: pl.DataFrame) -> pl.DataFrame:
    """Count the rows of each status, with the first postcodes of it."""
    rows = pl.int_range(postcodes.first_row, postcodes.first_row + found.height, eager=True)
    raw = postcodes.postcodes
    shown, counts, answered = [], [], []
    for status in STATUSES:
        at = (found["status"] == status).arg_true()
        counts.append(len(at))
        answered.append(int((found["area"][at] != NOWHERE).sum()))
        few = at.filter(raw[at].is_not_null()).head(SHOWN)
        shown.append([f"{raw[i]} (row {rows[i]})" if postcodes.source else raw[i] for i in few])
    return pl.DataFrame(
        {
            "status": STATUSES,
            "rows": counts,
            "answered": answered,
            "examples": [", ".join(few) for few in shown],
        }
    )


def check_file(out: str | Path | None, *inputs: str | Path) -> None:
    """Refuse, before any work is done, a file that an answer cannot be written in.

    Parameters
    ----------
    out
        The file; None where nothing is to be written.
    inputs
        Files that are read, which it must not be.

    Raises
    ------
    ResultsError
        Where its ending is unknown, it is read too, it holds anything but an earlier answer, or
        its folder cannot be written.

    Examples
    --------
    >>> check_file(None)
    >>> check_file("answer.doc")
    Traceback (most recent call last):
    hyperlocal.errors.ResultsError: answer.doc: files that end in '.doc' are not written; ...
    """
    if out is None:
        return
    file = Path(out)
    if file.suffix.lower() not in ENDINGS:
        said = f"files that end in {file.suffix!r} are not written"
        raise ResultsError(Problem(said, f"take one of {', '.join(ENDINGS)}", str(file)))
    if file.exists():
        if any(Path(one).exists() and file.samefile(one) for one in inputs):
            raise ResultsError(Problem("it is read too", "name another --out", str(file)))
        if not _is_answer(file):
            said = "holds something else than an earlier answer, which would be lost"
            raise ResultsError(Problem(said, "move it, or name another --out", str(file)))
    trial = file.with_name(f".{secrets.token_hex(4)}-{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise _unwritable(file, error) from error


def _is_answer(file: Path) -> bool:
    """Say whether a file holds what `look_up` adds to a list."""
    if not file.is_file():
        return False
    try:
        return set(OWN[:4]) <= set(columns_of(file))
    except HyperlocalError:
        return False


def _unwritable(file: Path, error: OSError) -> ResultsError:
    message = f"cannot be written: {error.strerror or error}"
    return ResultsError(Problem(message, "name another --out", str(file)))
