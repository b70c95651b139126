"""The group that most of an area lies in."""

from __future__ import annotations

import numpy as np
import polars as pl

from hyperlocal.analysis.groups.lookups import Groups


def main_groups(groups: Groups, areas: int) -> pl.DataFrame:
    """Return the group that most of each area lies in, the first of several with the same share.

    Parameters
    ----------
    groups
        The groups.
    areas
        How many areas there are.

    Returns
    -------
    polars.DataFrame
        A row per area: ``group`` (its place in `groups.codes`), ``group_code`` and ``group_name``;
        null where it lies in none.

    Examples
    --------
    >>> codes, names = pl.Series(["A", "B"]), pl.Series(["Arden", "Borley"])
    >>> area, group, share = np.array([0, 0, 2]), np.array([0, 1, 0]), np.array([0.3, 0.7, 1.0])
    >>> main_groups(Groups("wards", codes, names, area, group, share), 3).rows()
    [(1, 'B', 'Borley'), (None, None, None), (0, 'A', 'Arden')]
    """
    order = np.argsort(-groups.share, kind="stable")[::-1]  # the largest is written last, and stays
    main = np.full(areas, -1, np.intp)
    main[groups.area[order]] = groups.group[order]
    place = pl.Series(main).replace(-1, None)
    codes, names = groups.codes.gather(place), groups.names.gather(place)
    return pl.DataFrame({"group": place, "group_code": codes, "group_name": names})
