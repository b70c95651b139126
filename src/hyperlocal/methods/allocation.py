"""Estimates for kinds of places given to areas, with the number of answers behind them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from hyperlocal.methods._arrays import DoubleArray, doubles


class Estimate(NamedTuple):
    """The share of each area that says yes.

    Attributes
    ----------
    share : numpy.ndarray of float64, shape (areas,)
        From 0 to 1; NaN = missing.
    answers : numpy.ndarray of float64, shape (areas,)
        The number of answers of equal weight that would tell it as precisely; 0 where it is
        missing.
    """

    share: DoubleArray
    answers: DoubleArray


def effective_answers(weights: ArrayLike, squares: ArrayLike) -> DoubleArray:
    """Return the number of answers of equal weight that weighted answers are worth.

    Parameters
    ----------
    weights, squares : array_like, shape (cells,)
        Σ w and Σ w² over the answers of each cell.

    Returns
    -------
    numpy.ndarray of float64, shape (cells,)
        Not more than the number of answers; 0 where there are none.

    Notes
    -----
        n = (Σ w)² / Σ w²

    Source: Kish (1965), Survey Sampling, chapter 11.

    Examples
    --------
    Four answers with the weights 1, 1, 1 and 3:

    >>> effective_answers([6.0], [12.0])
    array([3.])
    """
    total, squared = doubles(weights, "weights"), doubles(squares, "squares")
    answers = np.zeros_like(total)
    np.divide(total**2, squared, out=answers, where=squared > 0)
    return answers


def allocate(people: Any, share: ArrayLike, answers: ArrayLike) -> Estimate:
    """Give areas the shares of the cells that their people belong to.

    Parameters
    ----------
    people : array_like or sparse, shape (areas, cells)
        The people of each area in each cell.
    share : array_like, shape (cells,)
        p, the share of each cell that says yes; NaN = missing.
    answers : array_like, shape (cells,)
        n, the answers behind it.

    Returns
    -------
    Estimate
        An area with people in a cell without a share is missing, and so is one without people.

    Notes
    -----
    With s_c the share of an area's people in cell c:

        share = Σ s_c p_c        answers = 1 / Σ (s_c² / n_c)

    An area in one cell has the answers of that cell behind it, one in several cells those of all
    of them if its people divide as the answers do, else fewer. The sampling variance of the share
    is then share (1 − share)/answers, as if drawn for the area, where the cells are alike. It does
    not tell how far the area may differ from others of its kind. Source: the report of the Wales
    Community Resilience Index, indicators CN4c, AE2 and AE3; Kish (1965), chapter 3.

    Examples
    --------
    One area lies in the first cell, one half in each.

    >>> allocate([[300.0, 0.0], [200.0, 200.0]], [0.2, 0.4], [100.0, 100.0])
    Estimate(share=array([0.2, 0.3]), answers=array([100., 200.]))
    """
    p, n = doubles(share, "share"), doubles(answers, "answers")
    known = ~np.isnan(p) & (n > 0)
    total = np.asarray(people @ np.ones(len(p)))
    lost = np.asarray(people @ (~known).astype(np.float64)) > 0
    missing = lost | (total == 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.asarray(people @ np.where(known, p, 0.0)) / total
        squares = people.power(2) if hasattr(people, "power") else np.square(people)
        spread = np.asarray(squares @ np.where(known, 1 / n, 0.0)) / total**2
        behind = np.where(missing, 0.0, 1 / spread)
    return Estimate(np.where(missing, np.nan, mean), behind)


def pool(estimates: list[Estimate]) -> Estimate:
    """Pool estimates of the same share from different answers, by the number of answers.

    Parameters
    ----------
    estimates
        One for each survey.

    Returns
    -------
    Estimate
        Missing where one of them is.

    Notes
    -----
        share = Σ n p / Σ n        answers = Σ n

    Examples
    --------
    >>> first = Estimate(np.array([0.2]), np.array([100.0]))
    >>> second = Estimate(np.array([0.5]), np.array([50.0]))
    >>> pool([first, second])
    Estimate(share=array([0.3]), answers=array([150.]))
    """
    share = np.stack([one.share for one in estimates])
    answers = np.stack([one.answers for one in estimates])
    missing = np.isnan(share).any(axis=0)
    total = answers.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (np.where(missing, 0.0, share) * answers).sum(axis=0) / total
    return Estimate(np.where(missing, np.nan, mean), np.where(missing, 0.0, total))


def average(estimates: list[Estimate]) -> Estimate:
    """Take the mean of the shares of different questions.

    Parameters
    ----------
    estimates
        One for each question.

    Returns
    -------
    Estimate
        Missing where one of them is.

    Notes
    -----
    Of k questions:

        share = Σ p / k        answers = k² / Σ (1/n)

    as if different people had answered them.

    Examples
    --------
    >>> first = Estimate(np.array([0.2]), np.array([100.0]))
    >>> second = Estimate(np.array([0.4]), np.array([100.0]))
    >>> average([first, second])
    Estimate(share=array([0.3]), answers=array([200.]))
    """
    share = np.mean([one.share for one in estimates], axis=0)
    with np.errstate(divide="ignore"):
        spread = sum(1 / one.answers for one in estimates)
    return Estimate(share, np.asarray(len(estimates) ** 2 / spread))
