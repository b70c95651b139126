"""Numbers of other areas brought to the areas of the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.definition import Definition
from hyperlocal.definition.routes import Step
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.correspondences import Correspondences

if TYPE_CHECKING:
    from hyperlocal.geography import Correspondence


POSTCODE = "postcode"
COUNTRY_AND_LEVEL = 3
"""How many characters of a code tell the country and the level: E00, W01, S12."""


@dataclass(frozen=True)
class Conversion:
    """How the areas of an input become those of the index.

    Parameters
    ----------
    correspondence
        To the areas of the index, from the areas that lie in them, wholly or in part, and from
        those that lie in no area at all.
    excluded
        The codes of areas that lie in excluded areas and in none of the index.
    elsewhere
        For each source of the correspondence the share that lies in areas outside the index.
    unplaced
        For each of them the share that lies in no area at all.
    known
        The codes of all areas that the first correspondence knows, in the index or not.
    """

    correspondence: Correspondence
    excluded: pl.Series
    elsewhere: FloatArray
    unplaced: FloatArray
    known: pl.Series

    @property
    def codes(self) -> pl.Series:
        """The codes of the areas that are converted."""
        return self.correspondence.source_codes

    @property
    def reaches(self) -> NDArray[np.bool_]:
        """Whether each area lies in the index, at least in part; else it lies nowhere."""
        return np.asarray(np.diff(self.correspondence.shares.indptr) > 0)

    def unknown(self, codes: pl.Series) -> pl.Series:
        """Return which codes look like those of the correspondence, and are not known to it.

        Codes of another country or level begin otherwise; totals and notes do not look like codes.
        Of postcodes every one counts.
        """
        if self.correspondence.source.kind == POSTCODE:
            return (~codes.is_in(self.known.implode())).fill_null(False)
        alike = codes.str.head(COUNTRY_AND_LEVEL).is_in(self._beginnings)
        alike &= codes.str.len_chars().is_in(self._lengths)
        return (alike & ~codes.is_in(self.known.implode())).fill_null(False)

    @cached_property
    def _beginnings(self) -> list[str]:
        return self.known.str.head(COUNTRY_AND_LEVEL).unique().to_list()

    @cached_property
    def _lengths(self) -> list[int]:
        return self.known.str.len_chars().unique().to_list()

    def parts(self, area: int) -> NDArray[np.int64]:
        """Return the sources of which an area of the index has a part."""
        column = self.correspondence.shares[:, [area]].tocoo()
        return np.sort(column.coords[0]).astype(np.int64)

    def standard_error(self, values: FloatArray, weights: FloatArray | None) -> FloatArray:
        """Return the standard error of an average of sources that err independently.

        Parameters
        ----------
        values
            The standard errors of the sources.
        weights
            The weight of each source; not needed where areas lie in one source each.

        Notes
        -----
        With a_j the weight of source j times its share in the area:

            standard error = √(Σ a_j² se_j²) / Σ a_j
        """
        if weights is None:
            return self.correspondence.copy(values)
        parts = self.correspondence.shares.multiply(weights[:, np.newaxis]).tocsr()
        total = np.asarray(parts.sum(axis=0)).ravel()
        squares = parts.power(2).T @ np.nan_to_num(values) ** 2
        unknown = (parts != 0).T @ np.isnan(values)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(unknown > 0, np.nan, np.sqrt(squares) / total)


def within_as_correspondence(
    geography: str, index: str, codes: pl.Series, larger: pl.Series
) -> Correspondence:
    """Return the larger areas of the index as a correspondence that leads down to its areas.

    Parameters
    ----------
    geography
        The geography of the larger areas.
    index
        That of the index.
    codes
        The areas of the index.
    larger
        The larger area of each.
    """
    from hyperlocal.geography import Lookup, nested

    lookup = Lookup(codes, larger)
    upwards = nested(lookup, Geography.from_name(index), Geography.from_name(geography))
    return upwards.reversed(None)


def compose(
    route: tuple[Step, ...],
    correspondences: Correspondences,
    definition: Definition,
    within: dict[str, tuple[pl.Series, pl.Series]],
    areas: pl.Series,
) -> Conversion | None:
    """Follow a route to the areas of the index.

    Parameters
    ----------
    route
        The steps.
    correspondences
        What the steps are made of.
    definition
        The definition, which names the excluded areas.
    within
        For each larger geography the codes of all areas, excluded ones too, and of the larger
        area of each.
    areas
        The areas of the index.

    Returns
    -------
    Conversion or None
        None where a correspondence cannot be made, which is kept with the correspondences.
    """
    chain: list[Correspondence] = []
    for step in route:
        if step.stated:
            made = correspondences.step(step)
        else:
            if step.name not in within:
                return None
            made = within_as_correspondence(step.name, step.target, *within[step.name])
        if made is None:
            return None
        chain.append(made)
    whole = reduce(lambda first, second: first.then(second), chain)
    return _to_areas(whole, areas, [exclusion.code for exclusion in definition.areas.exclude])


def _to_areas(whole: Correspondence, areas: pl.Series, excluded: list[str]) -> Conversion:
    """Keep of a correspondence what leads to areas of the index, and say where the rest goes."""
    from scipy.sparse import csr_array

    from hyperlocal.geography import Correspondence

    known = pl.DataFrame({"code": areas}).with_row_index("area")
    found = pl.DataFrame({"code": whole.target_codes}).join(
        known, on="code", how="left", maintain_order="left"
    )["area"]
    links = whole.shares.tocoo()
    rows, columns = links.coords
    places = found.cast(pl.Int64).fill_null(-1).to_numpy()[columns]
    inside = places >= 0
    left_out = whole.target_codes.is_in(excluded).to_numpy()[columns] & ~inside
    number = len(whole.source_codes)
    reached = np.zeros(number, dtype=bool)
    reached[rows[inside]] = True
    in_excluded = np.zeros(number, dtype=bool)
    in_excluded[rows[left_out]] = True
    elsewhere = np.bincount(rows[~inside], links.data[~inside], minlength=number)
    nowhere = np.bincount(rows, minlength=number) == 0  # kept, so that its total is counted
    kept = reached | nowhere
    position = np.cumsum(kept) - 1
    shares = csr_array(
        (links.data[inside], (position[rows[inside]], places[inside])),
        shape=(int(kept.sum()), len(areas)),
    )
    correspondence = Correspondence(
        source=whole.source,
        target=whole.target,
        source_codes=whole.source_codes.filter(pl.Series(kept)),
        target_codes=areas,
        shares=shares,
        kind=whole.kind,
        weighted_by=whole.weighted_by,
    )
    return Conversion(
        correspondence,
        whole.source_codes.filter(pl.Series(in_excluded & ~reached)),
        elsewhere[kept],
        whole.unplaced[kept],
        whole.source_codes,
    )
