"""What small and larger areas say of a value before they are weighed against each other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import BoolArray, DoubleArray, doubles, refuse_where, where_not
from hyperlocal.methods.larger_areas import LargerAreas


@dataclass(frozen=True)
class Evidence:
    """The estimates of small areas and of the larger areas, on the scale of the weighted mean.

    Attributes
    ----------
    estimate, variance : numpy.ndarray, shape (areas,)
        m and s²; anything where there is no information.
    missing, uninformative : numpy.ndarray of bool, shape (areas,)
        Whether the area gets no value, and whether it has no estimate of its own: because it is
        missing, or because there is nobody in it (then it gets that of its larger area).
    group_estimate : numpy.ndarray, shape (larger areas,)
        M; anything where no area has information.
    group_areas : numpy.ndarray of int, shape (larger areas,)
        k.
    group_numerator, group_denominator : numpy.ndarray, shape (larger areas,)
        The totals that M is computed from.
    """

    estimate: DoubleArray
    variance: DoubleArray
    missing: BoolArray
    uninformative: BoolArray
    group_estimate: DoubleArray
    group_areas: NDArray[np.intp]
    group_numerator: DoubleArray
    group_denominator: DoubleArray


def larger_areas_of(larger_area: LargerAreas | ArrayLike) -> LargerAreas:
    """Return the larger areas, found among the labels if they were not found before."""
    if isinstance(larger_area, LargerAreas):
        return larger_area
    return LargerAreas.from_labels(larger_area)


def of_areas(values: ArrayLike | None, name: str, larger: LargerAreas) -> DoubleArray:
    """Return one number per area, checked to be as many as there are areas."""
    numbers = doubles(np.asarray(values), name)
    if numbers.size != larger.codes.size:
        raise ValueError(
            f"{name} has {numbers.size} values, but larger_area has {larger.codes.size}."
        )
    return numbers


def amounts(values: ArrayLike, name: str, larger: LargerAreas) -> DoubleArray:
    """Return one finite number of 0 or more per area."""
    numbers = of_areas(values, name, larger)
    refuse_where((numbers < 0) | np.isinf(numbers), f"{name} is negative or infinite")
    return numbers


def informative_areas(uninformative: BoolArray, larger: LargerAreas) -> NDArray[np.intp]:
    """Return k, the number of areas with information in each larger area."""
    codes = larger.codes[~uninformative] if uninformative.any() else larger.codes
    return np.bincount(codes, minlength=larger.number)


def variance_of_means(
    standard_deviation: float | ArrayLike, sample_size: DoubleArray
) -> DoubleArray:
    """Return the sampling variance sd²/n of means, infinite where n = 0."""
    spread = doubles(standard_deviation, "standard_deviation", dimensions=None)
    if spread.shape not in ((), sample_size.shape):
        raise ValueError(
            "standard_deviation must be one number or one per area "
            f"({sample_size.size}), not of shape {spread.shape}."
        )
    refuse_where(
        np.atleast_1d((spread < 0) | np.isinf(spread)),
        "standard_deviation is negative or infinite",
    )
    variance = np.full(sample_size.shape, np.inf)
    np.divide(spread**2, sample_size, out=variance, where=sample_size != 0)
    return variance


def evidence_of_means(
    mean: DoubleArray, variance: DoubleArray, share: DoubleArray, larger: LargerAreas
) -> Evidence:
    """Return the evidence of means, of which `share` is the weight in the larger area's mean."""
    empty = share == 0
    uninformative = np.isnan(mean + variance + share) | empty
    certain = np.isinf(share) & ~uninformative
    only_certain = (larger.sums(certain) > 0)[larger.codes]
    shares = np.where(only_certain, certain, where_not(uninformative, share, 0.0))
    numerator = larger.sums(shares * where_not(uninformative, mean, 0.0))
    denominator = larger.sums(shares)
    with np.errstate(invalid="ignore"):
        group_estimate = numerator / denominator
    return Evidence(
        estimate=mean.copy(),
        variance=variance,
        missing=uninformative & ~empty,
        uninformative=uninformative,
        group_estimate=group_estimate,
        group_areas=informative_areas(uninformative, larger),
        group_numerator=numerator,
        group_denominator=denominator,
    )
