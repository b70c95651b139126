"""The same numbers from scipy and statsmodels."""

import warnings

import numpy as np
import pytest

from hyperlocal.methods import (
    correlation_matrix,
    describe_values,
    factor_weights,
    normal_scores,
    one_factor,
    tie_ranks,
    z_scores,
)

pytestmark = pytest.mark.oracle


def tied_scores(seed: int) -> np.ndarray:
    """Return 3,000 scores with many ties and some missing."""
    generator = np.random.default_rng(seed)
    score = generator.integers(0, 400, 3000).astype(float)
    score[generator.random(3000) < 0.05] = np.nan
    return score


@pytest.mark.parametrize("seed", range(5))
def test_ranks_against_scipy(seed: int) -> None:
    from scipy.stats import rankdata

    score = tied_scores(seed)
    ranks = tie_ranks(score)
    for ours, method in ((ranks.lowest, "min"), (ranks.highest, "max"), (ranks.average, "average")):
        np.testing.assert_array_equal(ours, rankdata(-score, method, nan_policy="omit"))


@pytest.mark.parametrize("seed", range(5))
def test_normal_scores_and_z_scores_against_scipy(seed: int) -> None:
    from scipy.stats import norm, rankdata, zscore

    score = tied_scores(seed)
    place = rankdata(score, nan_policy="omit")
    number = np.count_nonzero(~np.isnan(score))
    for formula, probability in (
        ("r/(n+1)", place / (number + 1)),
        ("(r-1/2)/n", (place - 0.5) / number),
        ("(r-3/8)/(n+1/4)", (place - 0.375) / (number + 0.25)),
    ):
        np.testing.assert_allclose(
            normal_scores(score, formula),  # type: ignore[arg-type]
            norm.ppf(probability),
            rtol=1e-11,
            atol=1e-14,
        )
    np.testing.assert_allclose(z_scores(score), zscore(score, nan_policy="omit"), rtol=1e-12)


def test_description_against_scipy() -> None:
    from scipy.stats import kurtosis, skew

    values = np.random.default_rng(1).gamma(2, size=3000)
    description = describe_values(values)
    assert description["skewness"] == pytest.approx(skew(values), rel=1e-12)
    assert description["excess_kurtosis"] == pytest.approx(kurtosis(values), rel=1e-12)
    assert description["standard_deviation"] == pytest.approx(np.std(values), rel=1e-12)


@pytest.mark.parametrize("policy", ["listwise", "pairwise"])
def test_correlations_against_pandas(policy: str) -> None:
    import pandas as pd

    scores = np.column_stack([tied_scores(seed) for seed in range(4)]) + np.arange(4.0)
    table = pd.DataFrame(scores)
    expected = (table.dropna() if policy == "listwise" else table).corr().to_numpy()
    np.testing.assert_allclose(
        correlation_matrix(scores, policy),  # type: ignore[arg-type]
        expected,
        rtol=1e-10,
    )


@pytest.mark.parametrize("seed", range(8))
def test_one_factor_against_statsmodels(seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # importing statsmodels may warn of its own dependencies
        from statsmodels.multivariate.factor import Factor

    generator = np.random.default_rng(seed)
    indicators = 3 + seed
    strength = generator.uniform(0.5, 2, indicators)
    scores = generator.normal(size=(2000, 1)) * strength
    scores += generator.normal(size=scores.shape)
    matrix = correlation_matrix(scores)
    factor = one_factor(matrix)
    assert factor.converged
    assert not factor.heywood.any()

    # Theirs solve the same problem to about five digits; the sign is arbitrary.
    start = np.full((indicators, 1), 0.6), np.full(indicators, 0.6)
    theirs = Factor(corr=matrix, n_factor=1, method="ml", nobs=2000).fit(start=start)
    loadings = theirs.loadings[:, 0] * np.sign(theirs.loadings[:, 0].sum())
    np.testing.assert_allclose(factor.loadings, loadings, atol=2e-5)
    np.testing.assert_allclose(factor.uniquenesses, theirs.uniqueness, atol=5e-5)

    regression = theirs.factor_score_params(method="regression")[:, 0]
    np.testing.assert_allclose(
        factor_weights(factor, "regression_scores"), regression / regression.sum(), atol=1e-4
    )
    bartlett = theirs.factor_score_params(method="bartlett")[:, 0]
    np.testing.assert_allclose(
        factor_weights(factor, "bartlett_scores"), bartlett / bartlett.sum(), atol=1e-4
    )
