"""Spatial clusters: Getis-Ord Gi* and Moran's I, local and global."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.clusters.neighbours import Neighbours
from hyperlocal.methods import FloatArray
from hyperlocal.methods.coincidence import false_discovery_rates

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

FEWEST = 4
"""The variance of Moran's I divides by n − 3."""
GI_CLUSTERS = ("none", "hot", "cold")
QUADRANTS = ("none", "high-high", "low-high", "low-low", "high-low")
"""In the order in which esda numbers them from 1."""
Statistic = Literal["gi_star", "local_moran"]


@dataclass(frozen=True, eq=False)
class SpatialStatistics:
    """The spatial statistics of one measure.

    Every array has an entry per area, NaN (of a quadrant: 0) where the area has no score or no
    neighbour with one.

    Parameters
    ----------
    scored
        Whether the area has a score.
    connected
        Whether it has a score and a neighbour with one.
    gi_z, gi_p, gi_q
        The z-score of Gi*, its two-sided p-value, and that under control of the false discovery
        rate.
    moran, moran_p, moran_q
        The local Moran's I, likewise.
    quadrant
        Where it stands among its neighbours: the place in `QUADRANTS`.
    overall
        Moran's I of all areas: ``morans_i``, ``expected``, ``z`` and the two-sided ``p``.
    """

    scored: BoolArray
    connected: BoolArray
    gi_z: FloatArray
    gi_p: FloatArray
    gi_q: FloatArray
    moran: FloatArray
    moran_p: FloatArray
    moran_q: FloatArray
    quadrant: IntArray
    overall: dict[str, float]

    def clusters(self, statistic: Statistic, alpha: float) -> pl.Series:
        """Return the cluster of each area.

        Parameters
        ----------
        statistic
            ``gi_star`` (``hot``, ``cold``) or ``local_moran`` (``high-high``, ``low-low``,
            ``high-low``, ``low-high``).
        alpha
            The false discovery rate.

        Returns
        -------
        polars.Series
            Else ``none``; ``island`` where it has no neighbour, null where it has no score.
        """
        words: tuple[str, ...]
        if statistic == "gi_star":
            place = np.where(self.gi_z > 0, 1, 2)
            words, q = GI_CLUSTERS, self.gi_q
        else:
            place, words, q = self.quadrant, QUADRANTS, self.moran_q
        place = np.where(q <= alpha, place, 0)
        place = np.where(self.connected, place, len(words))
        place = np.where(self.scored, place, len(words) + 1)
        return pl.Series([*words, "island", None], dtype=pl.String).gather(place)

    def columns(self, name: str, alpha: float) -> dict[str, pl.Series | FloatArray]:
        """Return the columns of the table of areas, each beginning with the id of the measure."""
        quadrants = pl.Series([None, *QUADRANTS[1:]], dtype=pl.String)
        return {
            f"{name}_gi_star_z": self.gi_z,
            f"{name}_gi_star_p": self.gi_p,
            f"{name}_gi_star_q": self.gi_q,
            f"{name}_gi_star_cluster": self.clusters("gi_star", alpha),
            f"{name}_local_moran": self.moran,
            f"{name}_quadrant": quadrants.gather(self.quadrant),
            f"{name}_local_moran_p": self.moran_p,
            f"{name}_local_moran_q": self.moran_q,
            f"{name}_local_moran_cluster": self.clusters("local_moran", alpha),
        }


def spatial_statistics(
    need: FloatArray, neighbours: Neighbours, permutations: int = 999, seed: int = 1
) -> SpatialStatistics:
    """Compute Gi*, local and global Moran's I.

    Parameters
    ----------
    need
        The score of every area, high is more need; NaN = none, and the area is left out.
    neighbours
        Which areas are neighbours.
    permutations
        How many conditional permutations the p-values of the local Moran's I are made from; 0 =
        from its moments and the normal distribution.
    seed
        Of the permutations.

    Returns
    -------
    SpatialStatistics
        All NaN where fewer than 4 areas have a score, all scores are equal, or no two areas are
        neighbours.

    Notes
    -----
    With y the scores of the n areas, m their mean, s their standard deviation (divided by n),
    z = (y − m)/s, and c_i the number of neighbours of i:

        Gi*            (Σ_j y_j − k·m) / (s·√(k·(n − k)/(n − 1)))   j: i and its neighbours
        local Moran    I_i = (n − 1)/n · z_i · Σ_j z_j/c_i          j: the neighbours of i
        Moran          I = 1/S₀ · Σ_i z_i·Σ_j z_j/c_i

    where k = c_i + 1 and S₀ is the number of areas that have neighbours.

    The values are those of esda (Rey and Anselin), by its `G_Local` (binary weights, star),
    `Moran_Local` and `Moran` (row-standardised weights). esda's p-values are one-sided, on the side
    that the area happens to lie on; they are doubled here, so that they hold for hot or cold,
    high or low. Without permutations the expectation and variance of I_i are those under
    conditional randomisation (Sokal, Oden and Thomson 1998). Islands stand in n, m and s; their own
    statistics are NaN and no test is made of them.

    Sources: Ord and Getis 1995; Anselin 1995; Benjamini and Hochberg 1995.

    Examples
    --------
    >>> import shapely
    >>> from hyperlocal.analysis.clusters.neighbours import contiguity
    >>> left = np.arange(5.0) * 10
    >>> row = contiguity(shapely.box(left, 0, left + 10, 10))
    >>> found = spatial_statistics(np.array([9.0, 8.0, 2.0, 1.0, 0.0]), row, permutations=0)
    >>> found.gi_z.round(3)
    array([ 1.964,  1.528, -0.218, -1.964, -1.528])
    >>> round(found.overall["morans_i"], 3)
    0.657
    """
    scored = ~np.isnan(need)
    links = neighbours.among(scored)
    joined = links.sum(axis=1) > 0
    connected = scored.copy()
    connected[scored] = joined
    found = _Arrays(need.size, connected)
    score = need[scored]
    if score.size < FEWEST or not joined.any() or score.min() == score.max():
        return found.statistics(scored, {})
    from esda import G_Local, Moran, Moran_Local
    from libpysal.graph import Graph

    graph = Graph.from_sparse(links.tocoo())
    with _left_alone():
        # Gi* does not change when all scores are moved, but esda divides by their mean
        getis = G_Local(score - score.min() + score.std(), graph, "B", permutations=0, star=True)
        overall = Moran(score, graph, permutations=0)
        local = Moran_Local(
            score, graph, permutations=permutations, keep_simulations=False, seed=seed
        )
        moran_p = _two_sided(local, permutations)
    found.set("gi_z", getis.Zs[joined])
    found.set("gi_p", np.minimum(1.0, 2 * getis.p_norm[joined]))
    found.set("moran", local.Is[joined])
    found.set("moran_p", moran_p[joined])
    found.quadrant[connected] = local.q[joined]
    return found.statistics(
        scored,
        {
            "morans_i": float(overall.I),
            "expected": float(overall.EI),
            "z": float(overall.z_rand),
            "p": float(overall.p_rand),
        },
    )


class _Arrays:
    """Arrays of all areas that the values of connected ones are put into."""

    def __init__(self, areas: int, connected: BoolArray) -> None:
        self.connected = connected
        names = ("gi_z", "gi_p", "moran", "moran_p")
        self.values = {name: np.full(areas, np.nan) for name in names}
        self.quadrant = np.zeros(areas, np.intp)

    def set(self, name: str, values: FloatArray) -> None:
        self.values[name][self.connected] = values

    def statistics(self, scored: BoolArray, overall: dict[str, float]) -> SpatialStatistics:
        return SpatialStatistics(
            scored,
            self.connected,
            quadrant=self.quadrant,
            overall=overall,
            gi_q=false_discovery_rates(self.values["gi_p"]),
            moran_q=false_discovery_rates(self.values["moran_p"]),
            **self.values,
        )


def _two_sided(local: Any, permutations: int) -> FloatArray:
    """Return two-sided p-values of the local Moran's I."""
    if permutations:
        # esda keeps them in single precision: they are whole numbers over the permutations + 1
        whole = np.rint(local.p_sim.astype(np.float64) * (permutations + 1))
        return np.asarray(np.minimum(1.0, 2 * whole / (permutations + 1)))
    from scipy.stats import norm

    number = local.Is.size
    # esda's I_i has n − 1 where its moments have n
    z = (local.Is * number / (number - 1) - local.EIc) / np.sqrt(local.VIc)
    return np.asarray(2 * norm.sf(np.abs(z)))


@contextmanager
def _left_alone() -> Iterator[None]:
    """Keep esda from warning, and from seeding the random numbers of others."""
    state = np.random.get_state()  # noqa: NPY002 - esda seeds the global generator
    try:
        with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
