"""How much single observations scatter, learnt from means over samples of different size."""

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles
from hyperlocal.methods.larger_areas import LargerAreas


def sampling_standard_deviation(
    value: ArrayLike, sample_size: ArrayLike, larger_area: LargerAreas
) -> float:
    """Estimate the standard deviation of single observations from means and sample sizes.

    Parameters
    ----------
    value : array_like, shape (areas,)
        The mean of each area; NaN = missing, not used.
    sample_size : array_like, shape (areas,)
        How many observations each mean is taken over; 0 or NaN = not used.
    larger_area : LargerAreas
        The larger area that each area lies in.

    Returns
    -------
    float
        sd, in the unit of the values; 0 if small samples scatter no more than large ones.

    Raises
    ------
    ValueError
        If no larger area has two areas, or all samples in such larger areas are of one size.

    Notes
    -----
    The mean of n observations scatters around its larger area's mean M for two reasons: areas
    differ (variance a), and samples do (variance sd²/n). Pooled over all larger areas with k > 1:

        d_j = (m_j − M)² · k/(k − 1)          M = Σ n_j m_j / Σ n_j over the larger area
        d_j ≈ a + b/n_j                       least squares with a ≥ 0 and b ≥ 0
        sd  = √b

    This is an extension of this package for published means without standard errors. It assumes
    that the standard deviation is the same everywhere.

    Examples
    --------
    >>> larger = LargerAreas(codes=[0, 0, 1, 1], labels=["A", "B"])
    >>> sampling_standard_deviation([4.0, 6.0, 9.5, 10.5], [1, 1, 4, 4], larger)
    1.4142135623730951
    """
    mean, size = doubles(value, "value"), doubles(sample_size, "sample_size")
    usable = (size > 0) & ~np.isnan(mean)
    share = np.where(usable, size, 0.0)
    areas = larger_area.sums(usable)
    totals = np.maximum(larger_area.sums(share), np.finfo(np.float64).tiny)
    center = larger_area.sums(share * np.where(usable, mean, 0.0)) / totals
    usable &= (areas > 1)[larger_area.codes]
    codes = larger_area.codes[usable]
    inverse = 1 / size[usable]
    if inverse.size == 0 or inverse.min() == inverse.max():
        raise ValueError(
            "The standard deviation cannot be estimated: it takes a larger area with two areas or "
            "more, and samples of different sizes. Give standard_deviation or standard_error."
        )
    squares = (mean[usable] - center[codes]) ** 2 * (areas / np.maximum(areas - 1, 1))[codes]
    return float(np.sqrt(_slope(inverse, squares)))


def _slope(inverse: DoubleArray, squares: DoubleArray) -> float:
    """Return b of the least-squares fit a + b·inverse with a ≥ 0 and b ≥ 0."""
    deviation = inverse - inverse.mean()
    slope = float(deviation @ squares / (deviation @ deviation))
    intercept = float(squares.mean() - slope * inverse.mean())
    if slope >= 0 and intercept < 0:
        return float(inverse @ squares / (inverse @ inverse))
    return max(slope, 0.0)
