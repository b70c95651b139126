from fractions import Fraction
from math import ceil, floor, isnan

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods import deciles, rank_areas, rank_fraction, tie_ranks

relaxed = settings(deadline=None)
whole = st.integers(-1000, 1000)
scores = st.lists(st.one_of(whole.map(float), st.just(float("nan"))), min_size=1, max_size=60)
any_scores = st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60)


@relaxed
@given(any_scores)
def test_ranks_are_what_the_definition_counts(score: list[float]) -> None:
    ranks = tie_ranks(score)
    present = [value for value in score if not isnan(value)]
    assert ranks.number == len(present)
    for value, lowest, highest in zip(score, ranks.lowest, ranks.highest, strict=True):
        if not isnan(value):
            assert lowest == 1 + sum(other > value for other in present)
            assert highest == sum(other >= value for other in present)
        else:
            assert np.isnan(lowest)
            assert np.isnan(highest)


@relaxed
@given(scores)
def test_increasing_functions_leave_ranks_alone(score: list[float]) -> None:
    values = np.array(score)
    for changed in (3 * values + 7, values**3, np.exp(values / 100)):
        np.testing.assert_array_equal(rank_areas(changed), rank_areas(values))


@relaxed
@given(scores, st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(score: list[float], random: object) -> None:
    order = list(range(len(score)))
    random.shuffle(order)  # type: ignore[attr-defined]
    values = np.array(score)
    np.testing.assert_array_equal(
        tie_ranks(values[order]).average, tie_ranks(values).average[order]
    )


@relaxed
@given(scores)
def test_average_ranks_add_up_as_if_nothing_were_tied(score: list[float]) -> None:
    ranks = tie_ranks(score)
    assert np.nansum(ranks.average) == ranks.number * (ranks.number + 1) / 2


@relaxed
@given(scores)
def test_turning_scores_around_turns_ranks_around(score: list[float]) -> None:
    ranks, turned = tie_ranks(score), tie_ranks(-np.array(score))
    np.testing.assert_array_equal(turned.lowest, ranks.number + 1 - ranks.highest)


@relaxed
@given(st.integers(1, 5000), st.integers(0, 20), st.sampled_from(["(N-rank+1)/N", "(N-rank)/N"]))
def test_fractions_lie_between_nothing_and_one_and_fall(
    number: int, more: int, formula: str
) -> None:
    fraction = rank_fraction(
        np.arange(1, number + 1),
        number,
        total=number + more,
        formula=formula,  # type: ignore[arg-type]
    )
    assert fraction[0] <= 1
    assert fraction[-1] >= 0
    assert (np.diff(fraction) < 0).all()


@relaxed
@given(st.integers(1, 40_000), st.integers(1, 100), st.data())
def test_deciles_are_exact(number: int, groups: int, data: st.DataObject) -> None:
    twice = data.draw(st.integers(2, 2 * number))
    rank = Fraction(twice, 2)
    exact = {
        "ceil(10*rank/N)": ceil(groups * rank / number),
        "floor(10*(rank-1)/N)+1": floor(groups * (rank - 1) / number) + 1,
    }
    for rule, expected in exact.items():
        assert deciles([twice / 2], number, rule, groups).tolist() == [expected]  # type: ignore[arg-type]


@relaxed
@given(st.integers(10, 3000), st.sampled_from(["ceil(10*rank/N)", "floor(10*(rank-1)/N)+1"]))
def test_deciles_rise_with_the_rank_and_differ_in_size_by_one(number: int, rule: str) -> None:
    group = deciles(np.arange(1, number + 1), number, rule)  # type: ignore[arg-type]
    assert (np.diff(group) >= 0).all()
    sizes = np.bincount(group.astype(int), minlength=11)[1:]
    assert len(sizes) == 10
    assert sizes.max() - sizes.min() <= 1
