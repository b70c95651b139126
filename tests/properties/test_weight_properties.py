import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods import (
    cap_weights,
    correlation_matrix,
    factor_weights,
    one_factor,
    rescale_weights,
    weighted_sum,
)

relaxed = settings(deadline=None)
weights = st.lists(st.floats(0.001, 100), min_size=1, max_size=12)
loadings = st.lists(st.floats(0.2, 0.95), min_size=3, max_size=9)
seeds = st.integers(0, 2**32 - 1)


@relaxed
@given(weights)
def test_rescaled_weights_add_to_one_and_keep_their_proportions(given_weights: list[float]) -> None:
    scaled = rescale_weights(given_weights)
    assert scaled.sum() == pytest.approx(1)
    np.testing.assert_allclose(scaled / scaled[0], np.array(given_weights) / given_weights[0])


@relaxed
@given(st.lists(st.tuples(st.floats(0.001, 1), st.floats(0.05, 3)), min_size=1, max_size=12))
def test_capped_weights_keep_the_total_and_their_caps(rows: list[tuple[float, float]]) -> None:
    before, caps = (np.array(column) for column in zip(*rows, strict=True))
    if caps.sum() < before.sum():
        with pytest.raises(ValueError, match="caps add to"):
            cap_weights(before, caps)
        return
    after = cap_weights(before, caps)
    assert after.sum() == pytest.approx(before.sum())
    assert (after <= caps * (1 + 1e-9)).all()
    np.testing.assert_allclose(cap_weights(after, caps), after)
    free = after < caps * (1 - 1e-9)
    if free.any():
        # those that are not capped keep their proportions, and none of them loses
        np.testing.assert_allclose(after[free] / before[free], (after[free] / before[free])[0])
        assert (after[free] >= before[free] * (1 - 1e-9)).all()


@relaxed
@given(seeds, st.integers(1, 8), st.integers(1, 2000), st.sampled_from([np.float32, np.float64]))
def test_equal_areas_have_equal_sums_to_the_last_bit(
    seed: int, children: int, areas: int, precision: type
) -> None:
    generator = np.random.default_rng(seed)
    score = generator.normal(size=(children, areas)).astype(precision)
    weight = generator.uniform(0, 1, children)
    once = weighted_sum(score, weight)
    order = generator.permutation(areas)
    np.testing.assert_array_equal(weighted_sum(score[:, order], weight), once[order])
    np.testing.assert_array_equal(weighted_sum(list(score[:, :1]), weight), once[:1])


@relaxed
@given(loadings)
def test_a_perfect_factor_is_recovered(true: list[float]) -> None:
    matrix = np.outer(true, true)
    np.fill_diagonal(matrix, 1.0)
    factor = one_factor(matrix)
    assert factor.converged
    np.testing.assert_allclose(factor.loadings, true, atol=1e-5)
    for choice in ("loadings", "regression_scores", "bartlett_scores"):
        weight = factor_weights(factor, choice)  # type: ignore[arg-type]
        assert weight.sum() == pytest.approx(1)
        assert (weight > 0).all()


def scatter(seed: int, indicators: int) -> np.ndarray:
    """Return scores of 300 areas that have a factor in common, and noise."""
    generator = np.random.default_rng(seed)
    strength = generator.uniform(0.3, 2, indicators)
    return generator.normal(size=(300, 1)) * strength + generator.normal(size=(300, indicators))


@relaxed
@given(seeds, st.integers(3, 8))
def test_the_order_and_the_unit_of_indicators_do_not_matter(seed: int, indicators: int) -> None:
    score = scatter(seed, indicators)
    order = np.random.default_rng(seed).permutation(indicators)
    factor = one_factor(correlation_matrix(score))
    other = one_factor(correlation_matrix(7 + 3 * score[:, order]))
    assert factor.converged
    assert other.converged
    np.testing.assert_allclose(other.loadings, factor.loadings[order], atol=1e-5)


@relaxed
@given(seeds, st.integers(3, 8))
def test_fit_is_a_maximum_of_the_likelihood(seed: int, indicators: int) -> None:
    matrix = correlation_matrix(scatter(seed, indicators))
    factor = one_factor(matrix)
    generator = np.random.default_rng(seed)
    for _ in range(20):
        change = generator.normal(scale=0.01, size=(2, indicators))
        loading = factor.loadings + change[0]
        uniqueness = np.maximum(factor.uniquenesses + change[1], 0.005)
        fitted = np.outer(loading, loading) + np.diag(uniqueness)
        discrepancy = (
            np.linalg.slogdet(fitted)[1]
            - np.linalg.slogdet(matrix)[1]
            + np.trace(np.linalg.solve(fitted, matrix))
            - indicators
        )
        assert discrepancy >= factor.discrepancy - 1e-10


@relaxed
@given(seeds, st.integers(3, 8))
def test_indicators_that_are_explained_add_up_to_their_variance(seed: int, indicators: int) -> None:
    factor = one_factor(correlation_matrix(scatter(seed, indicators)))
    explained = factor.loadings**2 + factor.uniquenesses
    np.testing.assert_allclose(explained[~factor.heywood], 1, atol=1e-6)
