"""An index of prescribing: how far practices lie above what is usual, over several conditions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles
from hyperlocal.methods.transform import z_scores


def prescription_index(shares: ArrayLike) -> DoubleArray:
    """Add up how far the share of each condition lies from its mean over practices.

    Parameters
    ----------
    shares : array_like, shape (practices, conditions)
        The items prescribed for each condition, over all items of the practice.

    Returns
    -------
    numpy.ndarray of float64, shape (practices,)
        Without unit: 0 for usual prescribing, above 0 for more. Its mean over practices is 0.

    Raises
    ------
    ValueError
        If a condition has the same share in all practices.

    Notes
    -----
    With mean and sd those of condition c over all practices, each counting once:

        index_i = Σ_c (share_ic − mean_c) / sd_c

    Source: the report of the Wales Community Resilience Index, indicator CN5b, after the loneliness
    index of the British Red Cross and the Data Science Campus. The divisor of the variance is the
    number of practices.

    Examples
    --------
    >>> prescription_index([[0.10, 0.02], [0.20, 0.02], [0.30, 0.05]]).round(3)
    array([-1.932, -0.707,  2.639])
    """
    found = doubles(shares, "shares", 2)
    scores = [z_scores(condition) for condition in found.T]
    return np.asarray(np.sum(scores, axis=0), dtype=np.float64)
