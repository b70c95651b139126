"""The overlap of two sets of boundaries by area, where nothing better is known."""

from __future__ import annotations

import numpy as np

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, shares_of_rows
from hyperlocal.geography.boundaries import MOST_OVERLAP, Boundaries
from hyperlocal.geography.codes import listed
from hyperlocal.geography.correspondence import Correspondence

LEAST_SHARE = 0.01
"""The share of a source area below which a piece is a sliver between two drawings of one border."""


def overlap(
    source_boundaries: Boundaries,
    target_boundaries: Boundaries,
    least_share: float = LEAST_SHARE,
) -> Correspondence:
    """Make a correspondence of the ground that areas of two geographies share.

    Parameters
    ----------
    source_boundaries, target_boundaries
        The areas to convert from and to.
    least_share
        Pieces of less than this share of their source area are dropped, and the other pieces
        enlarged by as much; an uncovered remainder of less is treated in the same way. 0 keeps
        everything.

    Returns
    -------
    Correspondence
        The share of source s in target t is the area of the ground in both divided by that of s.
        A source that the targets do not wholly cover is partly unplaced.

    Raises
    ------
    GeographyError
        Where the target areas overlap, so that a source has more than all of its ground in them,
        or nothing overlaps.

    Notes
    -----
    It treats people as spread evenly over the ground, which they are not. Use points where there
    are any.

    Where the same border was drawn twice, slivers are left along it. In the simplified boundaries
    of LSOAs of 2011 and 2021, 86,744 pairs of areas overlap that have no ground in common by the
    published lookup. A least share of 1% drops 80,771 of them, and 9 of the 35,795 pairs that do;
    one of 5% would drop 109 of those.

    Examples
    --------
    >>> import shapely
    >>> from hyperlocal.areas import Geography
    >>> old = Boundaries(Geography("lsoa", 2011), ["a"], [shapely.box(4e5, 3e5, 404e3, 301e3)])
    >>> parts = [shapely.box(4e5, 3e5, 401e3, 301e3), shapely.box(401e3, 3e5, 404e3, 301e3)]
    >>> new = Boundaries(Geography("lsoa", 2021), ["b", "c"], parts)
    >>> overlap(old, new).count([100])
    array([25., 75.])
    """
    import shapely

    if not 0 <= least_share < 0.5:
        raise GeographyError(Problem(f"least_share is {least_share}", "state one from 0 to 0.5"))
    old = source_boundaries.in_national_grid().sorted()
    new = target_boundaries.in_national_grid().sorted()
    target, source = shapely.STRtree(old.shapes).query(new.shapes, predicate="intersects")
    order = np.lexsort((target, source))
    source, target = source[order], target[order]
    common = shapely.area(shapely.intersection(old.shapes[source], new.shapes[target]))
    area = shapely.area(old.shapes)
    if not (common > 0).any():
        raise GeographyError(
            Problem(
                f"the areas of {old.geography} and {new.geography} have no ground in common",
                "use boundaries of the same country",
            )
        )
    number = len(area)
    covered = np.bincount(source, weights=common, minlength=number) / area
    _refuse_too_much(old, new, covered > 1 + max(least_share, MOST_OVERLAP))
    kept = common >= least_share * area[source]
    uncovered = np.where(1 - covered < max(least_share, 1e-9), 0.0, 1 - covered)
    shape = (number, len(new.codes))
    shares = shares_of_rows(source[kept], target[kept], common[kept], shape)
    shares.data *= np.repeat(1 - uncovered, np.diff(shares.indptr))
    return Correspondence(
        old.geography,
        new.geography,
        old.codes,
        new.codes,
        shares,
        "overlap",
        "area",
        old.made_of | new.made_of,
    )


def _refuse_too_much(old: Boundaries, new: Boundaries, above: BoolArray) -> None:
    if not above.any():
        return
    raise GeographyError(
        Problem(
            f"areas of {new.geography} overlap: they cover more than the whole of "
            f"{listed(old.codes.filter(above))}",
            "correct the boundaries, or use a set in which areas do not overlap",
            new.file,
        )
    )
