"""Correspondences from published changes between two vintages of the same areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import (
    ABSENT,
    FloatArray,
    IntArray,
    positions,
    shares_of_rows,
)
from hyperlocal.geography.codes import listed, nothing_in_common
from hyperlocal.geography.correspondence import Correspondence
from hyperlocal.geography.lookups import Lookup, as_codes, blank_problems

STRUCTURES = {
    "U": "unchanged: one area stays one area",
    "S": "split: one area becomes several",
    "M": "merged: several areas become one",
    "X": "irregular: several areas become several",
}


@dataclass(frozen=True, eq=False)
class AreaWeights:
    """A number for each area, such as its residents, by which something is shared out.

    Parameters
    ----------
    codes
        The codes of the areas, each once.
    weights
        The number in each.
    of
        What it is, in words, such as "residents of LSOA 2021".
    file
        The file that it was read from, for messages.
    sha256
        Of the file.

    Raises
    ------
    GeographyError
        Where a code is missing or stands twice, or a number is negative or infinite.
    """

    codes: pl.Series
    weights: FloatArray
    of: str = "stated weights"
    file: str = ""
    sha256: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "codes", as_codes(self.codes))
        object.__setattr__(self, "weights", np.asarray(self.weights, np.float64))
        codes, weights, file = self.codes, self.weights, self.file
        if weights.shape != (len(codes),):
            raise GeographyError(
                Problem(f"there is not one number per area of {self.of}", "", file)
            )
        problems = []
        if codes.null_count():
            problems.append(Problem("a code is missing", "fill it in", file, place=codes.name))
        twice = codes.filter(codes.is_duplicated()).drop_nulls().unique(maintain_order=True)
        if len(twice):
            said = f"areas stand twice: {listed(twice)}"
            problems.append(Problem(said, "leave one row for each", file, place=codes.name))
        wrong = (weights < 0) | np.isinf(weights)
        if wrong.any():
            said = f"{self.of} are negative or infinite in {listed(codes.filter(wrong))}"
            problems.append(Problem(said, "correct them", file))
        if problems:
            raise GeographyError(problems)

    def aligned(self, codes: pl.Series) -> FloatArray:
        """Return the weights in the order of other codes, NaN for one that has none.

        Parameters
        ----------
        codes
            The codes.
        """
        found = positions(codes, self.codes)
        return np.where(found == ABSENT, np.nan, np.append(self.weights, np.nan)[found])


def changes(
    lookup: Lookup,
    change: pl.Series | ArrayLike,
    source: Geography,
    target: Geography,
    weights_of_target: AreaWeights,
) -> Correspondence:
    """Make a correspondence of the published changes between two vintages.

    Parameters
    ----------
    lookup
        A row for each pair of an old area (child) and a new area (parent) that share ground.
    change
        For each row U (unchanged), S (split), M (merged) or X (irregular).
    source, target
        The old and the new geography.
    weights_of_target
        The number in each new area, such as its residents. An old area that was split, or changed
        irregularly, is shared out among its new areas in proportion to it.

    Returns
    -------
    Correspondence
        From the old areas to the new ones. For the way back use its ``reversed``, with the numbers
        in the old areas: a split area is the sum of its parts, a merged one is shared out.

    Raises
    ------
    GeographyError
        Where the change that a row states is not the one that the rows amount to, a pair stands
        twice, a code is missing, or a weight that is needed is.

    Notes
    -----
    What a row must state follows from the areas that are joined by rows, directly or through
    others: U where it is one and one, S one and several, M several and one, X several and several.
    Where all new areas of an old one have a weight of 0, it is unplaced.

    Examples
    --------
    >>> lookup = Lookup(["a", "b", "b", "c", "d"], ["a", "e", "f", "g", "g"])
    >>> people = AreaWeights(["a", "e", "f", "g"], [100, 30, 90, 200], "residents")
    >>> lsoa11, lsoa21 = Geography("lsoa", 2011), Geography("lsoa", 2021)
    >>> onward = changes(lookup, ["U", "S", "S", "M", "M"], lsoa11, lsoa21, people)
    >>> onward.count([10, 8, 3, 4])
    array([10., 2., 6., 7.])
    >>> onward.reversed([100, 120, 50, 150], "residents").count([10, 2, 6, 8])
    array([10., 8., 2., 6.])
    """
    stated = as_codes(change, "change")
    if len(stated) != len(lookup.children):
        raise GeographyError(Problem("there is not one change per row", "", lookup.file))
    problems = blank_problems(lookup) + lookup.repeats()[1]
    problems += [] if len(stated) else [Problem("the lookup has no rows", "", lookup.file)]
    if problems:
        raise GeographyError(problems)
    source_codes = lookup.children.unique().sort().alias("code")
    target_codes = lookup.parents.unique().sort().alias("code")
    sources = positions(lookup.children, source_codes)
    targets = positions(lookup.parents, target_codes)
    shape = (len(source_codes), len(target_codes))
    shared = np.bincount(sources, minlength=shape[0])[sources] > 1
    weights = weights_of_target.aligned(target_codes)
    problems = _wrong_changes(lookup, stated, _structures(sources, targets, shape))
    problems += _missing_weights(weights_of_target, target, target_codes, weights, targets[shared])
    if problems:
        raise GeographyError(problems)
    weight = np.where(shared, weights[targets], 1.0)
    return Correspondence(
        source,
        target,
        source_codes,
        target_codes,
        shares_of_rows(sources, targets, weight, shape),
        "changes",
        weights_of_target.of if shared.any() else "",
        lookup.made_of
        | ({weights_of_target.file: weights_of_target.sha256} if weights_of_target.file else {}),
    )


def _structures(sources: IntArray, targets: IntArray, shape: tuple[int, int]) -> NDArray[np.str_]:
    """Return the change that each row amounts to, from the areas that are joined by rows."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    number = sum(shape)
    joined = sparse.coo_array((np.ones(len(sources)), (sources, targets + shape[0])), (number,) * 2)
    groups, group = connected_components(joined, directed=False)
    several_sources = np.bincount(group[: shape[0]], minlength=groups)[group[sources]] > 1
    several_targets = np.bincount(group[shape[0] :], minlength=groups)[group[sources]] > 1
    letters = np.array([["U", "S"], ["M", "X"]])
    return np.asarray(letters[several_sources.astype(int), several_targets.astype(int)])


def _wrong_changes(
    lookup: Lookup, stated: pl.Series, structures: NDArray[np.str_]
) -> list[Problem]:
    wrong = (stated != pl.Series(structures)).fill_null(True).to_numpy()
    return lookup.refuse(
        wrong,
        lambda row: (
            f"{lookup.children[row]} to {lookup.parents[row]} is stated as {stated[row]}, and the "
            f"rows of these areas make it {structures[row]} ({STRUCTURES[structures[row]]})"
        ),
        "correct the change, or add the rows that are missing",
        stated.name,
    )


def _missing_weights(
    given: AreaWeights,
    target: Geography,
    target_codes: pl.Series,
    weights: FloatArray,
    needed: IntArray,
) -> list[Problem]:
    missing = np.unique(needed[np.isnan(weights[needed])])
    if not len(missing):
        return []
    if positions(target_codes, given.codes).max(initial=ABSENT) == ABSENT:
        return [nothing_in_common(given.codes, target_codes, str(target), given.file)]
    areas = listed(target_codes[missing])
    return [
        Problem(
            f"{given.of} are missing in areas that a changed area is shared among: {areas}",
            "give them for every area that is not unchanged",
            given.file,
            place=given.codes.name,
        )
    ]
