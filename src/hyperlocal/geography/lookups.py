"""Correspondences from lookups: one parent per child, or stated weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, FloatArray, positions, shares_of_rows
from hyperlocal.geography.codes import row_problems, unexpected_codes
from hyperlocal.geography.correspondence import Correspondence

TOLERANCE = 1e-6
"""How far from 1 stated weights may add up: what rounding to seven decimals leaves."""


def as_codes(codes: pl.Series | list[str] | ArrayLike, name: str = "code") -> pl.Series:
    """Return codes as a polars Series of text, blank ones null.

    Parameters
    ----------
    codes
        The codes.
    name
        The name of the series where it has none.
    """
    series = codes if isinstance(codes, pl.Series) else pl.Series(name, np.asarray(codes).tolist())
    text = series.cast(pl.String)
    return text.set(text.str.strip_chars() == "", None).alias(series.name or name)


@dataclass(frozen=True, eq=False)
class Lookup:
    """A table that says which area lies in which, a row for each pair.

    Parameters
    ----------
    children
        The code of the area, or the postcode, of each row. The name of the series is that of the
        column.
    parents
        The code of the area that it lies in.
    weights
        How much of it lies there, where the table says so.
    file
        The file that the table was read from, for messages.
    rows
        The row of the file that each row comes from, counted from 1; None where the rows of the
        table are those of the file.
    sha256
        Of the file.

    Examples
    --------
    >>> Lookup(children=["E01000001"], parents=["E09000001"]).children.to_list()
    ['E01000001']
    """

    children: pl.Series
    parents: pl.Series
    weights: FloatArray | None = None
    file: str = ""
    rows: pl.Series | None = None
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "children", as_codes(self.children, "child"))
        object.__setattr__(self, "parents", as_codes(self.parents, "parent"))
        lengths = {len(self.children), len(self.parents)}
        if self.weights is not None:
            object.__setattr__(self, "weights", np.asarray(self.weights, np.float64))
            lengths.add(len(self.weights))
        if self.rows is not None:
            object.__setattr__(self, "rows", pl.Series("row", self.rows))
            lengths.add(len(self.rows))
        if len(lengths) != 1:
            raise GeographyError(
                Problem("the columns of the lookup have different lengths", "", self.file)
            )

    @property
    def made_of(self) -> dict[str, str]:
        """The file with its SHA-256, as correspondences keep it."""
        return {self.file: self.sha256} if self.file else {}

    def refuse(
        self, wrong: BoolArray, say: Callable[[int], str], remedy: str, place: str = ""
    ) -> list[Problem]:
        """Write the problems of the rows of which something is wrong.

        Parameters
        ----------
        wrong
            For each row whether it is.
        say
            Gives the message for a position.
        remedy
            What to do about it.
        place
            The column.
        """
        found = np.flatnonzero(wrong).tolist()
        return row_problems(found, say, remedy, self.file, place, self.rows)

    def row(self, position: int) -> int:
        """Return the row of the file of a position, counted from 1."""
        return position + 1 if self.rows is None else int(self.rows[position])

    def repeats(self) -> tuple[BoolArray, list[Problem]]:
        """Find rows that say again what an earlier row says.

        Returns
        -------
        tuple
            For each row whether its pair of areas stands in an earlier row, and the problems.
        """
        pairs = pl.DataFrame({"child": self.children, "parent": self.parents}).with_row_index("row")
        first = pairs.select(pl.col("row").first().over("child", "parent"))["row"].to_numpy()
        again = (first != np.arange(len(first))) & ~_blank(self)
        problems = self.refuse(
            again,
            lambda row: (
                f"{self.children[row]} is in {self.parents[row]} again, as in row "
                f"{self.row(int(first[row]))}"
            ),
            "delete one of the rows",
            self.children.name,
        )
        return again, problems


def _blank(lookup: Lookup) -> BoolArray:
    return (lookup.children.is_null() | lookup.parents.is_null()).to_numpy()


def blank_problems(lookup: Lookup) -> list[Problem]:
    """Refuse rows without a child or without a parent.

    Parameters
    ----------
    lookup
        The lookup.
    """
    children, parents = lookup.children, lookup.parents
    return lookup.refuse(
        children.is_null().to_numpy(),
        lambda row: "the row has no code of an area",
        "fill it in or delete the row",
        children.name,
    ) + lookup.refuse(
        (parents.is_null() & children.is_not_null()).to_numpy(),
        lambda row: f"{children[row]} has no area that it lies in",
        "fill it in",
        parents.name,
    )


def nested(
    lookup: Lookup, source: Geography, target: Geography, expected: pl.Series | None = None
) -> Correspondence:
    """Make a correspondence of areas that lie wholly in one larger area each.

    Parameters
    ----------
    lookup
        A row for each source area, with the target area that it lies in.
    source, target
        The geographies.
    expected
        All codes of the source, where they are known: more or fewer are refused.

    Raises
    ------
    GeographyError
        Where an area stands twice, has no parent, or is missing or not expected.

    Examples
    --------
    >>> lookup = Lookup(["E01000001", "E01000005"], ["E09000001", "E09000001"])
    >>> nested(lookup, Geography("lsoa", 2021), Geography("ltla", 2023))
    <lsoa21 to ltla23, nested, 2 areas, 2 shares>
    """
    return _one_parent(lookup, source, target, expected, "nested")


def best_fit(
    lookup: Lookup, source: Geography, target: Geography, expected: pl.Series | None = None
) -> Correspondence:
    """Make a correspondence of areas that are each given to the one area that they fit best.

    Parameters
    ----------
    lookup
        A row for each source area, with the target area that it is given to.
    source, target
        The geographies.
    expected
        All codes of the source, where they are known: more or fewer are refused.

    Raises
    ------
    GeographyError
        Where an area stands twice, has no parent, or is missing or not expected.

    Examples
    --------
    >>> lookup = Lookup(["E00000001", "E00000003"], ["E05009288", "E05009302"])
    >>> best_fit(lookup, Geography("oa", 2011), Geography("ward", 2011)).kind
    'best_fit'
    """
    return _one_parent(lookup, source, target, expected, "best_fit")


def _one_parent(
    lookup: Lookup,
    source: Geography,
    target: Geography,
    expected: pl.Series | None,
    kind: str,
) -> Correspondence:
    children, parents = lookup.children, lookup.parents
    again, repeated = lookup.repeats()
    pairs = pl.DataFrame({"child": children}).with_row_index("row")
    first = pairs.select(pl.col("row").first().over("child"))["row"].to_numpy()
    other = (first != np.arange(len(first))) & ~again & ~_blank(lookup)
    problems = blank_problems(lookup) + repeated
    problems += lookup.refuse(
        other,
        lambda row: (
            f"{children[row]} is in {parents[row]} here and in {parents[int(first[row])]} in row "
            f"{lookup.row(int(first[row]))}"
        ),
        f"leave the one that is right; a {kind.replace('_', ' ')} lookup has one row for each area",
        children.name,
    )
    problems += _expected_problems(lookup, source, expected)
    if problems:
        raise GeographyError(problems)
    return _table(lookup, source, target, np.ones(len(children)), kind, "")


def _expected_problems(
    lookup: Lookup, source: Geography, expected: pl.Series | None
) -> list[Problem]:
    if not len(lookup.children):
        return [Problem("the lookup has no rows", "give a row for each area", lookup.file)]
    if expected is None:
        return []
    name = lookup.children.name
    return unexpected_codes(lookup.children, expected, str(source), lookup.file, name)


def _table(
    lookup: Lookup,
    source: Geography,
    target: Geography,
    weights: FloatArray,
    kind: str,
    weighted_by: str,
) -> Correspondence:
    source_codes = lookup.children.unique().sort().alias("code")
    target_codes = lookup.parents.unique().sort().alias("code")
    shares = shares_of_rows(
        positions(lookup.children, source_codes),
        positions(lookup.parents, target_codes),
        weights,
        (len(source_codes), len(target_codes)),
    )
    shared = bool((np.diff(shares.indptr) > 1).any())
    return Correspondence(
        source,
        target,
        source_codes,
        target_codes,
        shares,
        kind,
        weighted_by if shared else "",
        lookup.made_of,
    )


def weighted(
    lookup: Lookup,
    source: Geography,
    target: Geography,
    weighted_by: str = "stated weights",
    expected: pl.Series | None = None,
) -> Correspondence:
    """Make a correspondence of a table that states how much of each area lies in which.

    Parameters
    ----------
    lookup
        A row for each pair of areas, with the share of the source area that lies in the target.
    source, target
        The geographies.
    weighted_by
        What the shares are shares of, in words.
    expected
        All codes of the source, where they are known: more or fewer are refused.

    Raises
    ------
    GeographyError
        Where the weights of a source do not add up to 1 within 1e-6, one is negative or missing,
        a pair stands twice, or an area is missing or not expected.

    Notes
    -----
    Sums within the tolerance are scaled to 1. A pair with a weight of 0 is left out.

    Examples
    --------
    >>> lookup = Lookup(["a", "a", "b"], ["A", "B", "B"], weights=[0.25, 0.75, 1])
    >>> weighted(lookup, Geography("msoa", 2011), Geography("ward", 2017)).count([8, 1])
    array([2., 7.])
    """
    if lookup.weights is None:
        raise GeographyError(Problem("the lookup states no weights", "give them", lookup.file))
    children, weights = lookup.children, lookup.weights
    problems = blank_problems(lookup) + lookup.repeats()[1]
    wrong = ~(np.isfinite(weights) & (weights >= 0))
    problems += lookup.refuse(
        wrong,
        lambda row: (
            f"the weight of {children[row]} in {lookup.parents[row]} is "
            + ("missing" if np.isnan(weights[row]) else f"{weights[row]:g}")
        ),
        "give a share from 0 to 1",
        "weight",
    )
    problems += _expected_problems(lookup, source, expected)
    if not wrong.any():
        problems += _sum_problems(lookup, weights)
    if problems:
        raise GeographyError(problems)
    return _table(lookup, source, target, weights, "weighted", weighted_by)


def _sum_problems(lookup: Lookup, weights: FloatArray) -> list[Problem]:
    table = pl.DataFrame({"child": lookup.children, "weight": weights}).with_row_index("row")
    sums = (
        table.filter(pl.col("child").is_not_null())
        .group_by("child", maintain_order=True)
        .agg(pl.col("row").first(), pl.col("weight").sum())
        .filter((pl.col("weight") - 1).abs() > TOLERANCE)
    )
    total = dict(sums.select("row", "weight").iter_rows())
    return row_problems(
        list(total),
        lambda row: f"the weights of {lookup.children[row]} add up to {total[row]:.9g}, not 1",
        "correct them, or divide them by their sum if that is meant",
        lookup.file,
        "weight",
        lookup.rows,
    )
