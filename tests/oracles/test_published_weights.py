"""Weights that published domain scores reveal.

Contains public sector information licensed under the Open Government Licence v3.0. Source: Ministry
of Housing, Communities and Local Government, English Indices of Deprivation 2025. © Crown
copyright.
"""

import numpy as np
import pytest

from hyperlocal.methods import factor_weights, one_factor

pytestmark = pytest.mark.oracle

# Normal scores r/(n + 1), ties at their mid-rank, of the four published indicators of the health
# domain over 33,755 areas: years of potential life lost, comparative illness and disability ratio,
# acute morbidity, mental health.
CORRELATION = [
    [1.0, 0.789050217166149, 0.655717071963852, 0.651061350848888],
    [0.789050217166149, 1.0, 0.731250664232649, 0.808921026832717],
    [0.655717071963852, 0.731250664232649, 1.0, 0.567614176691049],
    [0.651061350848888, 0.808921026832717, 0.567614176691049, 1.0],
]
# Least squares of the published health scores (three decimals) on the same normal scores; nothing
# is left over but 0.0035 at most.
REVEALED = [0.239988808268748, 0.293617106722015, 0.221977695534942, 0.244417541307434]


def test_health_weights_of_england_2025_are_scaled_loadings() -> None:
    factor = one_factor(CORRELATION)
    assert factor.converged
    assert not factor.heywood.any()
    np.testing.assert_allclose(factor_weights(factor, "loadings"), REVEALED, atol=5e-6)


def test_they_are_not_scaled_regression_coefficients() -> None:
    weights = factor_weights(one_factor(CORRELATION), "regression_scores")
    assert np.abs(weights - REVEALED).max() > 0.5
