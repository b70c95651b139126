"""Shrinkage: move unreliable values of small areas towards the value of their larger area."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import (
    DoubleArray,
    FloatArray,
    precision_of,
    refuse_where,
    where_not,
)
from hyperlocal.methods._evidence import (
    Evidence,
    amounts,
    evidence_of_means,
    informative_areas,
    larger_areas_of,
    of_areas,
    variance_of_means,
)
from hyperlocal.methods.larger_areas import LargerAreas
from hyperlocal.methods.sampling_variance import sampling_standard_deviation

__all__ = [
    "LargerAreas",
    "Shrinkage",
    "shrink_means",
    "shrink_proportions",
    "shrink_ratios",
]


Scale = Literal["logit", "log", "identity"]


@dataclass(frozen=True, eq=False)
class Shrinkage:
    """Shrunk values with everything that they were computed from.

    The scale of `estimate`, `variance`, `larger_estimate`, `between_variance` and of the `group_`
    figures of that name is the one on which the weighted mean is taken: logits of proportions, logs
    of ratios, means as they are. NaN = missing or undefined.

    Attributes
    ----------
    shrunk : numpy.ndarray, shape (areas,)
        Shrunk proportion, ratio or mean.
    weight : numpy.ndarray, shape (areas,)
        w, from 0 (takes the value of its larger area) to 1 (keeps its own).
    estimate : numpy.ndarray, shape (areas,)
        m, the area's own value; NaN where there is no information.
    variance : numpy.ndarray, shape (areas,)
        s², its sampling variance; infinite where there is no information.
    larger_estimate : numpy.ndarray, shape (areas,)
        M, the value of the larger area that the area lies in.
    between_variance : numpy.ndarray, shape (areas,)
        t², the variance between the small areas of that larger area.
    scale : {"logit", "log", "identity"}
        The scale on which the weighted mean is taken.
    group_labels : numpy.ndarray, shape (larger areas,)
        Label of each larger area.
    group_estimate : numpy.ndarray, shape (larger areas,)
        M of each larger area; NaN if none of its areas has information.
    group_between_variance : numpy.ndarray, shape (larger areas,)
        t² of each larger area; NaN if fewer than two of its areas have information.
    group_areas : numpy.ndarray of int, shape (larger areas,)
        k, how many of its areas have information.
    group_numerator, group_denominator : numpy.ndarray of float64, shape (larger areas,)
        The totals that M is computed from: events and population, observed and expected, or
        the weighted sum of values and the sum of their weights.
    """

    shrunk: FloatArray
    weight: FloatArray
    estimate: FloatArray
    variance: FloatArray
    larger_estimate: FloatArray
    between_variance: FloatArray
    scale: Scale
    group_labels: NDArray[Any]
    group_estimate: FloatArray
    group_between_variance: FloatArray
    group_areas: NDArray[np.intp]
    group_numerator: DoubleArray
    group_denominator: DoubleArray

    @cached_property
    def posterior_mean(self) -> DoubleArray:
        """m*, the mean of what is believed of each area, on the scale of `scale`; NaN if missing.

        Notes
        -----
            m* = w·m + (1 − w)·M

        and M for an area without information.
        """
        own = np.where(np.isnan(self.estimate), self.larger_estimate, self.estimate)
        larger = np.where(self.weight == 1, 0.0, self.larger_estimate)  # of no weight, if undefined
        return np.asarray(self.weight * own + (1 - self.weight) * larger, dtype=np.float64)

    @cached_property
    def posterior_variance(self) -> DoubleArray:
        """v, the variance of what is believed of each area, on the scale of `scale`.

        Notes
        -----
            v = 1/(1/s² + 1/t²) = w·s²

        as of a normal distribution around the area's own value with variance s², before which the
        area was believed to be one of its larger area, with mean M and variance t². For an area
        without information v = t², or where that is not known the mean t² of all larger areas; for
        one alone in its larger area v = s². Neither the uncertainty of M nor that of t² is in it.
        """
        known = np.isfinite(self.variance)
        own = self.weight * np.where(known, self.variance, 0.0)
        there = self.group_between_variance[~np.isnan(self.group_between_variance)]
        usual = float(there.mean()) if there.size else 0.0
        between = np.where(np.isnan(self.between_variance), usual, self.between_variance)
        variance = np.where(known, own, between)
        return np.where(np.isnan(self.weight), np.nan, variance).astype(np.float64)

    def back(self, values: DoubleArray) -> DoubleArray:
        """Return values on the scale of `scale` as proportions, ratios or means."""
        return _BACK[self.scale](values)


def shrink_proportions(
    numerator: ArrayLike, denominator: ArrayLike, larger_area: LargerAreas | ArrayLike
) -> Shrinkage:
    """Shrink proportions r/n towards the proportion of the larger area, on the logit scale.

    Parameters
    ----------
    numerator : array_like, shape (areas,)
        r, events or people counted, 0 ≤ r ≤ n; need not be whole. NaN = missing.
    denominator : array_like, shape (areas,)
        n, the population at risk; 0 = no information, NaN = missing.
    larger_area : LargerAreas or array_like, shape (areas,)
        The larger area of each small area, or its label.

    Returns
    -------
    Shrinkage
        `shrunk` holds proportions between 0 and 1; `estimate` and `larger_estimate` are logits.
        In single precision if both counts are.

    Raises
    ------
    ValueError
        If the arrays differ in length, or a count is negative, infinite, or r is more than n by
        more than rounding.

    Notes
    -----
    For area j of the k areas of a larger area with totals r and n:

        m_j  = ln((r_j + ½)/(n_j − r_j + ½))
        s_j² = (n_j + 1)(n_j + 2) / (n_j (r_j + 1)(n_j − r_j + 1))
        M    = ln((r + ½)/(n − r + ½))
        t²   = Σ (m_j − M)² / (k − 1)
        w_j  = (1/s_j²) / (1/s_j² + 1/t²) = t² / (t² + s_j²)
        z_j  = 1/(1 + exp(−(w_j m_j + (1 − w_j) M)))

    Source: the technical reports of the English Indices of Deprivation (Noble and others) and of
    the Hyper-local Need measure, appendix B.

    An area alone in its larger area keeps its own value (w = 1, t² undefined). With t² = 0 all
    take the value of the larger area (w = 0). An area with n = 0 takes it too and counts neither in
    k nor in t². An area with a missing count stays missing and counts nowhere. Where no area of
    a larger area has a population, M is undefined and all of them are missing.

    Examples
    --------
    >>> result = shrink_proportions([1, 30, 20], [10, 100, 100], ["A", "A", "A"])
    >>> result.shrunk.round(4)
    array([0.203 , 0.2943, 0.209 ])
    >>> result.weight.round(3)
    array([0.331, 0.875, 0.844])
    """
    larger = larger_areas_of(larger_area)
    events = amounts(numerator, "numerator", larger)
    population = amounts(denominator, "denominator", larger)
    precision = precision_of(numerator, denominator)
    slack = 64 * float(np.finfo(precision).eps)
    refuse_where(events > population * (1 + slack), "The numerator is greater than the denominator")
    others = np.maximum(population - events, 0.0)
    with np.errstate(divide="ignore"):
        # (n + 2)/((r + 1)(n − r + 1)) = 1/(r + 1) + 1/(n − r + 1), which cannot overflow
        variance = (1 + 1 / population) * (1 / (events + 1) + 1 / (others + 1))
    missing = np.isnan(others)
    total_events = larger.sums(where_not(missing, events, 0.0))
    total_others = larger.sums(where_not(missing, others, 0.0))
    uninformative = missing | (population == 0)
    evidence = Evidence(
        estimate=np.log((events + 0.5) / (others + 0.5)),
        variance=variance,
        missing=missing,
        uninformative=uninformative,
        group_estimate=np.log((total_events + 0.5) / (total_others + 0.5)),
        group_areas=informative_areas(uninformative, larger),
        group_numerator=total_events,
        group_denominator=total_events + total_others,
    )
    return _shrink(evidence, larger, "logit", precision)


def shrink_ratios(
    observed: ArrayLike, expected: ArrayLike, larger_area: LargerAreas | ArrayLike
) -> Shrinkage:
    """Shrink ratios of observed to expected counts towards that of the larger area, in logs.

    Parameters
    ----------
    observed : array_like, shape (areas,)
        O, events counted, 0 or more; need not be whole. NaN = missing.
    expected : array_like, shape (areas,)
        E, events expected, by indirect standardisation for instance; 0 = no information (then O
        must be 0 too), NaN = missing.
    larger_area : LargerAreas or array_like, shape (areas,)
        The larger area of each small area, or its label.

    Returns
    -------
    Shrinkage
        `shrunk` holds ratios (1 = as expected); `estimate` and `larger_estimate` are logs of
        ratios. In single precision if both counts are.

    Raises
    ------
    ValueError
        If the arrays differ in length, a count is negative or infinite, or events were observed
        where none are expected.

    Notes
    -----
        m_j  = ln((O_j + ½)/E_j)
        s_j² = 1/(O_j + 1)
        M    = ln((ΣO + ½)/ΣE)

    with t², w and the areas without information as in `shrink_proportions`, of which this is the
    limit for rare events: with r = O and n = c·E, the shrunk proportion times c tends to the shrunk
    ratio as c grows. The shrunk ratio is exp(w m + (1 − w) M).

    Examples
    --------
    >>> shrink_ratios([0, 30, 8], [5.0, 20.0, 10.0], ["A", "A", "A"]).shrunk.round(4)
    array([0.1832, 1.5196, 0.858 ])
    """
    larger = larger_areas_of(larger_area)
    events = amounts(observed, "observed", larger)
    norm = amounts(expected, "expected", larger)
    refuse_where((norm == 0) & (events > 0), "Events were observed but none are expected")
    missing = np.isnan(events + norm)
    empty = norm == 0
    total_events = larger.sums(where_not(missing, events, 0.0))
    total = larger.sums(where_not(missing, norm, 0.0))
    with np.errstate(divide="ignore"):
        estimate = np.log((events + 0.5) / norm)
        group_estimate = np.log((total_events + 0.5) / total)
    evidence = Evidence(
        estimate=estimate,
        variance=where_not(empty, 1 / (events + 1), np.inf),
        missing=missing,
        uninformative=missing | empty,
        group_estimate=group_estimate,
        group_areas=informative_areas(missing | empty, larger),
        group_numerator=total_events,
        group_denominator=total,
    )
    return _shrink(evidence, larger, "log", precision_of(observed, expected))


def shrink_means(
    value: ArrayLike,
    larger_area: LargerAreas | ArrayLike,
    standard_error: ArrayLike | None = None,
    sample_size: ArrayLike | None = None,
    standard_deviation: float | ArrayLike | None = None,
) -> Shrinkage:
    """Shrink means (of points, prices, times) towards the mean of the larger area.

    Parameters
    ----------
    value : array_like, shape (areas,)
        m, the mean of each area, in any unit. NaN = missing.
    larger_area : LargerAreas or array_like, shape (areas,)
        The larger area of each small area, or its label.
    standard_error : array_like, shape (areas,), optional
        Standard error of each mean, in its unit; infinite = no information, 0 = fully reliable.
    sample_size : array_like, shape (areas,), optional
        n, how many observations each mean is taken over; 0 = no information.
    standard_deviation : float or array_like of shape (areas,), optional
        Standard deviation of single observations, to go with `sample_size`; estimated if not given.

    Returns
    -------
    Shrinkage
        `shrunk`, `estimate` and `larger_estimate` are in the unit of the means. In single
        precision if `value` is.

    Raises
    ------
    ValueError
        If not exactly one of `standard_error` and `sample_size` is given, `standard_deviation` is
        given without `sample_size`, the arrays differ in length, a number is negative or
        infinite, or the standard deviation cannot be estimated.

    Notes
    -----
        with standard errors:   s_j² = se_j²      M = Σ (m_j/se_j²) / Σ (1/se_j²)
        with sample sizes:      s_j² = sd²/n_j    M = Σ n_j m_j / Σ n_j

    and t² and w as in `shrink_proportions`. Areas without information take M even if their own
    value is missing, and do not count in M, k or t².

    An area with a standard error of 0 keeps its own value, and M is then the plain mean of such
    areas: the limit of the formula as their standard errors fall to 0 together. A standard error
    that is 0 for want of observations would do harm: give it as infinite.

    Where neither standard errors nor the standard deviation are known, it is estimated from how
    much wider small samples scatter: see `sampling_standard_deviation`, an extension of this
    package.

    Examples
    --------
    >>> result = shrink_means([10.0, 14.0, 12.0], ["A", "A", "A"], standard_error=[2.0, 2.0, 1.0])
    >>> result.larger_estimate
    array([12., 12., 12.])
    >>> result.shrunk
    array([11., 13., 12.])
    """
    if (standard_error is None) == (sample_size is None):
        raise ValueError("Give either standard_error or sample_size, and not both.")
    if standard_error is not None and standard_deviation is not None:
        raise ValueError("standard_deviation goes with sample_size, not with standard_error.")
    larger = larger_areas_of(larger_area)
    mean = of_areas(value, "value", larger)
    refuse_where(np.isinf(mean), "The value is infinite")
    if sample_size is None:
        error = of_areas(standard_error, "standard_error", larger)
        refuse_where(error < 0, "The standard error is negative")
        with np.errstate(divide="ignore", over="ignore"):
            variance = error**2
            share = 1 / variance
    else:
        share = amounts(sample_size, "sample_size", larger)
        if standard_deviation is None:
            standard_deviation = sampling_standard_deviation(mean, share, larger)
        variance = variance_of_means(standard_deviation, share)
    evidence = evidence_of_means(mean, variance, share, larger)
    return _shrink(evidence, larger, "identity", precision_of(value))


def _shrink(
    evidence: Evidence,
    larger: LargerAreas,
    scale: Scale,
    precision: np.dtype[np.floating[Any]],
) -> Shrinkage:
    """Weigh each area's estimate against that of its larger area and transform the mean back."""
    missing, uninformative = evidence.missing, evidence.uninformative
    group_estimate = where_not(evidence.group_areas == 0, evidence.group_estimate, np.nan)
    center = group_estimate[larger.codes]
    own = where_not(uninformative, evidence.estimate, center)
    squares = larger.sums(where_not(uninformative, (own - center) ** 2, 0.0))
    group_between = np.full(larger.number, np.nan)
    np.divide(squares, evidence.group_areas - 1, out=group_between, where=evidence.group_areas > 1)
    between = group_between[larger.codes]
    with np.errstate(invalid="ignore"):
        weight = between / (between + evidence.variance)
    weight = where_not(np.isnan(between) | (evidence.variance == 0), weight, 1.0)
    weight = where_not(uninformative, weight, 0.0)
    shrunk = _BACK[scale](weight * own + (1 - weight) * center)

    def stored(values: DoubleArray) -> FloatArray:
        return values.astype(precision, copy=False)

    return Shrinkage(
        shrunk=stored(where_not(missing, shrunk, np.nan)),
        weight=stored(where_not(missing, weight, np.nan)),
        estimate=stored(where_not(uninformative, own, np.nan)),
        variance=stored(where_not(missing, evidence.variance, np.nan)),
        larger_estimate=stored(center),
        between_variance=stored(between),
        scale=scale,
        group_labels=larger.labels,
        group_estimate=stored(group_estimate),
        group_between_variance=stored(group_between),
        group_areas=evidence.group_areas,
        group_numerator=evidence.group_numerator,
        group_denominator=evidence.group_denominator,
    )


def _antilogit(logit: DoubleArray) -> DoubleArray:
    """Return the proportion of which `logit` is the log odds."""
    proportion: DoubleArray = 1 / (1 + np.exp(-logit))
    return proportion


_BACK: dict[Scale, Callable[[DoubleArray], DoubleArray]] = {
    "logit": _antilogit,
    "log": np.exp,
    "identity": np.asarray,
}
