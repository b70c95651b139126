"""The table of the twenty areas of highest hyper-local need, from nothing but their ranks.

The report of the Hyper-local Need measure prints the overall score of its first twenty areas. It is
the exponential transformation of their overall rank. 33,754 areas are ranked: one of England's
33,755, the Isles of Scilly, is left out for want of data.

The table leaves little room. To two decimals, rounded to the nearest, all twenty scores follow from
the constant 23 and R = (33754 − rank + 1)/33755, where the area left out counts in N. R cannot
start at 1, which would print 100.00. What the table cannot tell is how R came to fall short of 1:
Scotland's (N − rank)/N gives the same twenty figures with any N from 33,753 to 33,790. Nor can it
tell double precision from single.
"""

import numpy as np
import pytest

from hyperlocal.methods import EXACT_CONSTANT, exponential_transform, rank_fraction

pytestmark = pytest.mark.oracle

PUBLISHED = [
    "99.95",
    "99.90",
    "99.84",
    "99.79",
    "99.74",
    "99.69",
    "99.64",
    "99.59",
    "99.54",
    "99.49",
    "99.44",
    "99.38",
    "99.33",
    "99.28",
    "99.23",
    "99.18",
    "99.13",
    "99.08",
    "99.03",
    "98.98",
]
RANKS = np.arange(1, 21)
RANKED, ALL = 33_754, 33_755


def printed(score: np.ndarray) -> list[str]:
    return [f"{value:.2f}" for value in score]


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_all_twenty_scores_follow_from_the_ranks(precision: type) -> None:
    fraction = rank_fraction(RANKS.astype(precision), RANKED, total=ALL)
    assert fraction.dtype == precision
    assert printed(exponential_transform(fraction)) == PUBLISHED


@pytest.mark.parametrize(
    ("number", "same"),
    [(33_752, False), (33_753, True), (RANKED, True), (ALL, True), (33_790, True), (33_791, False)],
)
def test_the_scottish_fraction_gives_the_same_figures(number: int, same: bool) -> None:
    fraction = rank_fraction(RANKS, number, formula="(N-rank)/N")
    assert (printed(exponential_transform(fraction)) == PUBLISHED) is same


@pytest.mark.parametrize("number", [RANKED, ALL])
def test_a_fraction_that_starts_at_one_gives_none_of_them(number: int) -> None:
    scores = printed(exponential_transform(rank_fraction(RANKS, number)))
    assert scores[0] == "100.00"
    assert not any(ours == theirs for ours, theirs in zip(scores, PUBLISHED, strict=True))


@pytest.mark.parametrize("constant", [22.99, 23.01, EXACT_CONSTANT])
def test_the_constant_is_twenty_three(constant: float) -> None:
    fraction = rank_fraction(RANKS, RANKED, total=ALL)
    assert printed(exponential_transform(fraction, constant)) != PUBLISHED


def test_scores_are_rounded_not_cut_off() -> None:
    score = exponential_transform(rank_fraction(RANKS, RANKED, total=ALL))
    cut = [f"{value:.2f}" for value in np.floor(100 * score) / 100]
    assert sum(ours == theirs for ours, theirs in zip(cut, PUBLISHED, strict=True)) == 13
