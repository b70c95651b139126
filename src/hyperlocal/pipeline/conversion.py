"""Numbers of other areas brought to the areas of the index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce
from typing import TYPE_CHECKING, Any

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
    members
        Which area of the index lies in which source, if only with a share of 0: a sparse table of
        the shape of the shares.
    complete
        Whether the first correspondence should know every area of its geography.
    """

    correspondence: Correspondence
    excluded: pl.Series
    elsewhere: FloatArray
    unplaced: FloatArray
    known: pl.Series
    members: Any
    complete: bool

    @property
    def codes(self) -> pl.Series:
        """The codes of the areas that are converted."""
        return self.correspondence.source_codes

    @property
    def reaches(self) -> NDArray[np.bool_]:
        """Whether each area lies in the index, at least in part; else it lies nowhere."""
        return np.asarray(np.diff(self.members.indptr) > 0)

    def unknown(self, codes: pl.Series) -> pl.Series:
        """Return which codes look like those of the correspondence, and are not known to it.

        Codes of another country or level begin otherwise; totals and notes do not look like codes.
        Of postcodes every one counts.
        """
        if not self.complete:
            return pl.repeat(False, len(codes), eager=True)
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
        start, end = self._by_area.indptr[area : area + 2]
        sources: NDArray[np.int64] = np.sort(self._by_area.indices[start:end]).astype(np.int64)
        return sources

    @cached_property
    def _by_area(self) -> Any:
        """The members with a row for each area of the index."""
        return self.members.T.tocsr()

    @cached_property
    def _sources(self) -> NDArray[np.int64]:
        """The number of sources of which each area of the index has a part."""
        number: NDArray[np.int64] = np.diff(self._by_area.indptr).astype(np.int64)
        return number

    @property
    def one_source(self) -> bool:
        """Whether every area of the index lies in one source, at the most."""
        return bool((self._sources <= 1).all())

    def _only(self, values: FloatArray) -> FloatArray:
        """Return the value of the source of each area that lies in one, NaN for the others."""
        single = self._sources == 1
        copied = np.full(len(single), np.nan)
        copied[single] = values[self._by_area.indices[self._by_area.indptr[:-1][single]]]
        return copied

    def count(self, values: FloatArray, nothing: float) -> FloatArray:
        """Share counts of the sources out.

        Parameters
        ----------
        values
            The count of each source; NaN where missing.
        nothing
            The count of an area of the index of which no source has a part.
        """
        counts = self.correspondence.count(values)
        known = ~(self._by_area @ np.isnan(values).astype(float) > 0)
        without = np.isnan(counts) & known
        counts[without] = np.where(self._sources[without] > 0, 0.0, nothing)
        return counts

    def average(
        self, values: FloatArray, weights: FloatArray | None, least_known: float
    ) -> FloatArray:
        """Average values of the sources; an area that lies in one source has its value.

        Parameters
        ----------
        values
            The value of each source; NaN where missing.
        weights
            The weight of each source; not needed where all areas lie in one source each.
        least_known
            The share of an area's weight that must have a value.
        """
        copied = self._only(values)
        if weights is None or self.one_source:
            return copied
        means = self.correspondence.mean(values, weights, least_known)
        return np.where(self._sources == 1, copied, means)

    def standard_error(
        self, values: FloatArray, weights: FloatArray | None, least_known: float
    ) -> FloatArray:
        """Return the standard error of an average of sources that err independently.

        Parameters
        ----------
        values
            The standard errors of the sources.
        weights, least_known
            As for `average`.

        Notes
        -----
        With a_j the weight of source j times its share in the area, over the known sources:

            standard error = √(Σ a_j² se_j²) / Σ a_j
        """
        copied = self._only(values)
        if weights is None or self.one_source:
            return copied
        shares, known = self.correspondence.by_target, ~np.isnan(values)
        total, weight = shares @ weights, np.where(known, weights, 0.0)
        of_known = shares @ weight
        squares = shares.power(2) @ (weight * np.where(known, values, 0.0)) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            error = np.where(of_known / total >= least_known, np.sqrt(squares) / of_known, np.nan)
        return np.where(self._sources == 1, copied, error)


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
    chain = _chain(route, correspondences, within, equally=False)
    if chain is None:
        return None
    whole = reduce(lambda first, second: first.then(second), chain)
    members = whole
    if all(
        step.down for step in route
    ):  # what has a share of 0 lies in its larger area all the same
        members = reduce(
            lambda first, second: first.then(second),
            _chain(route, correspondences, within, equally=True) or chain,
        )
    excluded = [exclusion.code for exclusion in definition.areas.exclude]
    return _to_areas(whole, members, areas, excluded, complete=route[0].stated)


def _chain(
    route: tuple[Step, ...],
    correspondences: Correspondences,
    within: dict[str, tuple[pl.Series, pl.Series]],
    equally: bool,
) -> list[Correspondence] | None:
    """Return the correspondence of each step of a route; None where one cannot be made."""
    chain: list[Correspondence] = []
    for step in route:
        if step.stated:
            made = correspondences.step(step, equally)
        elif step.name not in within or within[step.name][0].is_empty():
            return None  # that no area has a larger one is reported already
        else:
            made = within_as_correspondence(step.name, step.target, *within[step.name])
        if made is None:
            return None
        chain.append(made)
    return chain


def _to_areas(
    whole: Correspondence,
    members: Correspondence,
    areas: pl.Series,
    excluded: list[str],
    complete: bool,
) -> Conversion:
    """Keep of a correspondence what leads to areas of the index, and say where the rest goes."""
    from scipy.sparse import csr_array

    from hyperlocal.geography import Correspondence

    known = pl.DataFrame({"code": areas}).with_row_index("area")
    found = pl.DataFrame({"code": whole.target_codes}).join(
        known, on="code", how="left", maintain_order="left"
    )["area"]
    place = found.cast(pl.Int64).fill_null(-1).to_numpy()
    out = whole.target_codes.is_in(excluded).to_numpy() & (place < 0)
    number = len(whole.source_codes)
    rows, columns = members.shares.tocoo().coords
    inside = place[columns] >= 0
    reached, in_excluded = np.zeros(number, dtype=bool), np.zeros(number, dtype=bool)
    reached[rows[inside]] = True
    in_excluded[rows[out[columns]]] = True
    nowhere = np.bincount(rows, minlength=number) == 0  # kept, so that its total is counted
    kept = reached | nowhere
    position, shape = np.cumsum(kept) - 1, (int(kept.sum()), len(areas))

    def inside_of(table: Any) -> Any:
        links = table.tocoo()
        row, column = links.coords
        here = place[column] >= 0
        cells = (position[row[here]], place[column[here]])
        return csr_array((links.data[here], cells), shape=shape)

    links = whole.shares.tocoo()
    away = place[links.coords[1]] < 0
    elsewhere = np.bincount(links.coords[0][away], links.data[away], minlength=number)
    correspondence = Correspondence(
        source=whole.source,
        target=whole.target,
        source_codes=whole.source_codes.filter(pl.Series(kept)),
        target_codes=areas,
        shares=inside_of(whole.shares),
        kind=whole.kind,
        weighted_by=whole.weighted_by,
    )
    return Conversion(
        correspondence,
        whole.source_codes.filter(pl.Series(in_excluded & ~reached)),
        elsewhere[kept],
        whole.unplaced[kept],
        whole.source_codes,
        inside_of(members.shares),
        complete,
    )
