"""How the areas of one geography lie in those of another, and what that does to their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import (
    ABSENT,
    WHOLE,
    FloatArray,
    positions,
    tidied,
    weights_of_areas,
)
from hyperlocal.geography.checks import problems_of_shares
from hyperlocal.geography.codes import counted, listed, missing_correspondence, nothing_in_common
from hyperlocal.geography.conversion import average, copy_to_parts, share_out
from hyperlocal.geography.left_out import LeftOut


def _no_codes() -> pl.Series:
    return pl.Series("code", [], dtype=pl.String)


@dataclass(frozen=True, eq=False)
class Correspondence:
    """A sparse table of how much of each source area lies in each target area.

    Parameters
    ----------
    source, target
        The two geographies.
    source_codes, target_codes
        Their codes, sorted and unique.
    shares
        The share of the weight of each source area (people, postcodes, dwellings) that lies in
        each target area, as a ``scipy.sparse.csr_array`` of shape (sources, targets). Each is above
        0 and at most 1. Those of one source add up to 1, less what is not placed.
    kind
        How it was made: nested, best_fit, changes, weighted, points, dwellings, overlap, reversed
        or composed.
    weighted_by
        What the shares are shares of, in words; empty where every source has one target.
    made_of
        The files that it was made of, each with its SHA-256.
    left_out
        Records that it was made without.
    fell_back
        The codes of the sources that were placed through a fall-back lookup.

    Raises
    ------
    GeographyError
        Where the codes or the shares cannot be right.

    Examples
    --------
    >>> from hyperlocal.geography import Lookup, nested
    >>> lookup = Lookup(children=["A1", "A2", "B1"], parents=["A", "A", "B"])
    >>> districts = nested(lookup, Geography("lsoa", 2021), Geography("ltla", 2023))
    >>> districts.count([10, 20, 5])
    array([30., 5.])
    """

    source: Geography
    target: Geography
    source_codes: pl.Series
    target_codes: pl.Series
    shares: Any
    kind: str
    weighted_by: str = ""
    made_of: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[LeftOut, ...] = ()
    fell_back: pl.Series = field(default_factory=_no_codes)

    def __post_init__(self) -> None:
        problems = problems_of_shares(self.source_codes, self.target_codes, self.shares, self.kind)
        if problems:
            raise GeographyError(problems)

    @cached_property
    def by_target(self) -> Any:
        """The shares with a row for each target area: the transpose of `shares`."""
        return self.shares.T.tocsr()

    @cached_property
    def unplaced(self) -> FloatArray:
        """The share of each source area that lies in no target area; exactly 0 where all does."""
        missing = 1.0 - self.shares.sum(axis=1)
        missing[missing < WHOLE] = 0.0
        missing.flags.writeable = False
        return np.asarray(missing)

    @property
    def one_source(self) -> bool:
        """Whether every target that is reached lies in one source, so that values can be copied."""
        return bool((np.diff(self.by_target.indptr) <= 1).all())

    @property
    def unreached_codes(self) -> pl.Series:
        """The codes of the targets in which no source lies; their converted values are missing."""
        return self.target_codes.filter(np.diff(self.by_target.indptr) == 0)

    def unplaced_areas(self) -> pl.DataFrame:
        """List the source areas that are not wholly placed.

        Returns
        -------
        polars.DataFrame
            The columns ``code`` and ``unplaced``, the share that lies in no target area.
        """
        table = pl.DataFrame({"code": self.source_codes, "unplaced": self.unplaced})
        return table.filter(pl.col("unplaced") > 0)

    def refuse_unplaced(self, most: float, weights: ArrayLike | None = None) -> None:
        """Refuse a correspondence that leaves too much unplaced.

        Parameters
        ----------
        most
            The largest share of the weight of all source areas that may be unplaced.
        weights
            The weight of each source area; None counts each as 1.

        Raises
        ------
        GeographyError
            Where more is unplaced; it lists the first areas.
        """
        number = len(self.source_codes)
        weight = np.ones(number) if weights is None else np.asarray(weights, np.float64)
        total = np.nansum(weight)
        share = float(np.nansum(weight * self.unplaced) / total) if total else 0.0
        if share <= most:
            return
        table = self.unplaced_areas()
        areas = ", ".join(f"{code} ({part:.3g})" for code, part in table.head(5).iter_rows()) + (
            f" and {table.height - 5:,} more" if table.height > 5 else ""
        )
        raise GeographyError(
            Problem(
                f"{share:.3%} of {self.source} lies in no area of {self.target}, more than the "
                f"{most:.3%} that is accepted; not wholly placed: {areas}",
                "use data that cover the same ground, or accept a larger share as unplaced",
            )
        )

    def then(self, other: Correspondence) -> Correspondence:
        """Go on to a further geography.

        Parameters
        ----------
        other
            From the target of this correspondence to another geography.

        Returns
        -------
        Correspondence
            From the source of this one to the target of the other. What this one places in an area
            that the other does not know, or does not place, is unplaced.

        Raises
        ------
        GeographyError
            Where the other starts from another geography or vintage, or shares no code.

        Examples
        --------
        >>> from hyperlocal.geography import Lookup, nested
        >>> oa, lsoa, msoa = (Geography(kind, 2021) for kind in ("oa", "lsoa", "msoa"))
        >>> first = nested(Lookup(["a", "b", "c"], ["A", "A", "B"]), oa, lsoa)
        >>> both = first.then(nested(Lookup(["A", "B"], ["M", "M"]), lsoa, msoa))
        >>> both.kind, both.count([1, 2, 3])
        ('nested', array([6.]))
        """
        if other.source != self.target:
            raise GeographyError(missing_correspondence(self.target, other.source))
        found = positions(self.target_codes, other.source_codes)
        known = found != ABSENT
        if len(found) and len(other.source_codes) and not known.any():
            raise GeographyError(
                nothing_in_common(self.target_codes, other.source_codes, str(self.target))
            )
        if known.all():
            shares = self.shares @ other.shares[found]
        else:
            shares = self.shares[:, np.flatnonzero(known)] @ other.shares[found[known]]
        words = dict.fromkeys(text for text in (self.weighted_by, other.weighted_by) if text)
        return Correspondence(
            self.source,
            other.target,
            self.source_codes,
            other.target_codes,
            tidied(shares),
            _composed_kind(self.kind, other.kind),
            ", then ".join(words),
            {**self.made_of, **other.made_of},
            tuple(dict.fromkeys(self.left_out + other.left_out)),
            self.fell_back,
        )

    def reversed(self, weights: ArrayLike | None = None, weighted_by: str = "") -> Correspondence:
        """Turn the correspondence round: each target area is shared out among its sources.

        Parameters
        ----------
        weights
            The weight of each source area, such as its residents; None counts each as 1. A
            target area with one source lies wholly in it, whatever its weight.
        weighted_by
            What the weights are, in words.

        Returns
        -------
        Correspondence
            From the target to the source. The share of target t that lies in source s is w(s) times
            the share of s in t, divided by the sum of that over all sources of t. A target whose
            several sources all have a weight of 0 is unplaced.

        Raises
        ------
        GeographyError
            Where a weight is negative or infinite, or missing for a source that is needed.

        Examples
        --------
        >>> from hyperlocal.geography import Lookup, nested
        >>> lookup = Lookup(["a", "b", "c"], ["A", "A", "B"])
        >>> inside = nested(lookup, Geography("lsoa", 2021), Geography("ltla", 2023))
        >>> inside.reversed([300, 100, 50], "residents").count([8, 5])
        array([6., 2., 5.])
        """
        number = len(self.source_codes)
        given = np.ones(number) if weights is None else weights_of_areas(weights, self.source_codes)
        turned = self.by_target.copy()
        sizes = np.diff(turned.indptr)
        alone = np.repeat(sizes == 1, sizes)
        entry = np.where(alone, 1.0, given[turned.indices] * turned.data)
        unknown = np.zeros(number, np.bool_)
        unknown[turned.indices[np.isnan(entry)]] = True
        if unknown.any():
            raise GeographyError(
                Problem(
                    f"the weight is missing in {listed(self.source_codes.filter(unknown))}",
                    "give a weight for each area that shares a larger one",
                )
            )
        rows = np.repeat(np.arange(len(sizes)), sizes)
        total = np.bincount(rows, weights=entry, minlength=len(sizes))[rows]
        turned.data = np.divide(entry, total, out=np.zeros_like(entry), where=total > 0)
        words = weighted_by or ("" if weights is None else "stated weights")
        shared = bool((sizes > 1).any())
        return Correspondence(
            self.target,
            self.source,
            self.target_codes,
            self.source_codes,
            tidied(turned),
            "reversed",
            (words or f"equal weights of {self.source}") if shared else "",
            dict(self.made_of),
            self.left_out,
        )

    def count(self, values: ArrayLike) -> FloatArray:
        """Convert counts: each is shared out, and their total conserved less what is unplaced.

        Parameters
        ----------
        values
            One count, or one row of counts, per source area; NaN where unknown.

        Returns
        -------
        numpy.ndarray
            The sum over the sources s of share(s, t) × count(s) for every target t. NaN where a
            source with a share is NaN, and in a target that no source reaches.
        """
        return share_out(self.by_target, values, self.source_codes)

    def mean(self, values: ArrayLike, weights: ArrayLike, least_known: float = 1.0) -> FloatArray:
        """Convert rates or means: each target has the mean of its sources, by their denominators.

        Parameters
        ----------
        values
            One value per source area; NaN where unknown.
        weights
            The denominator of each source area.
        least_known
            The least share of a target's weight whose value must be known. What is known then
            stands for the rest.

        Returns
        -------
        numpy.ndarray
            The sum of share × weight × value over the known sources, divided by the sum of
            share × weight. NaN where less than `least_known` is known, where the weight of a source
            is NaN, and in a target that no source reaches. Where all weights of a target are 0,
            the value of its sources if they all have the same one, else NaN.
        """
        return average(self.by_target, values, weights, least_known, self.source_codes)

    def copy(self, values: ArrayLike) -> FloatArray:
        """Convert values of larger areas: each target has the value of the source it lies in.

        Parameters
        ----------
        values
            One value, or one row of values, per source area.

        Returns
        -------
        numpy.ndarray
            NaN in a target that no source reaches.

        Raises
        ------
        GeographyError
            Where a target lies in more than one source.
        """
        return copy_to_parts(self.by_target, values, self.source_codes, self.target_codes)

    def to_frame(self) -> pl.DataFrame:
        """Return the shares as a table, sorted by codes.

        Returns
        -------
        polars.DataFrame
            The columns ``source_code``, ``target_code`` and ``share``.
        """
        pairs = self.shares.tocoo()
        return pl.DataFrame(
            {
                "source_code": self.source_codes.gather(pairs.coords[0]),
                "target_code": self.target_codes.gather(pairs.coords[1]),
                "share": pairs.data,
            }
        )

    def save(self, path: str | Path) -> None:
        """Write the correspondence to a Parquet file, whole or not at all.

        Parameters
        ----------
        path
            The file to write; one that is there is replaced.

        Raises
        ------
        GeographyError
            Where it cannot be written.
        """
        from hyperlocal.geography.saving import save_correspondence

        save_correspondence(self, Path(path))

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a correspondence from a file that `save` wrote.

        Parameters
        ----------
        path
            The file.

        Raises
        ------
        GeographyError
            Where the file is missing, cannot be read or holds something else.
        """
        from hyperlocal.geography.saving import load_fields

        return cls(**load_fields(Path(path)))

    def __repr__(self) -> str:
        areas = counted(len(self.source_codes), "area", "areas")
        return f"<{self.source} to {self.target}, {self.kind}, {areas}, {self.shares.nnz:,} shares>"


def _composed_kind(first: str, second: str) -> str:
    if first == second == "nested":
        return "nested"
    return "best_fit" if {first, second} == {"nested", "best_fit"} else "composed"
