"""Methods of the literature: numpy arrays in, arrays out; one formula each.

NaN is a missing value: it stays missing in the result and influences no other value, unless
a function says otherwise. Results are in double precision, or in single precision where all
the arrays given are: evaluated in double, rounded once.
"""

# arrays: what every method takes and returns
from hyperlocal.methods._arrays import FloatArray

# factor_analysis: one common factor by maximum likelihood
from hyperlocal.methods.factor_analysis import (
    MissingPolicy,
    OneFactor,
    WeightsFrom,
    correlation_matrix,
    factor_weights,
    one_factor,
)

# larger_areas: the districts that small areas lie in, as codes
from hyperlocal.methods.larger_areas import LargerAreas

# quality: figures that show whether an indicator is fit for an index
from hyperlocal.methods.quality import describe_values, rank_correlations

# ranks: ranks under any convention for ties, fractions, deciles
from hyperlocal.methods.ranks import (
    DecileRule,
    PercentileRule,
    RankFractionFormula,
    TieMethod,
    TieRanks,
    deciles,
    most_deprived,
    percentiles,
    rank_areas,
    rank_fraction,
    tie_ranks,
)

# sampling_variance: how single observations scatter, learnt from means of samples
from hyperlocal.methods.sampling_variance import sampling_standard_deviation

# shrinkage: unreliable values moved towards the value of the larger area
from hyperlocal.methods.shrinkage import (
    Shrinkage,
    shrink_means,
    shrink_proportions,
    shrink_ratios,
)

# transform: normal scores, z-scores, exponential transformation
from hyperlocal.methods.transform import (
    EXACT_CONSTANT,
    NormalScoreFormula,
    exponential_transform,
    normal_scores,
    normal_scores_of_ranks,
    z_scores,
)

# weights: equal, rescaled and capped weights; the weighted sum
from hyperlocal.methods.weights import cap_weights, equal_weights, rescale_weights, weighted_sum

__all__ = [
    "EXACT_CONSTANT",
    "DecileRule",
    "FloatArray",
    "LargerAreas",
    "MissingPolicy",
    "NormalScoreFormula",
    "OneFactor",
    "PercentileRule",
    "RankFractionFormula",
    "Shrinkage",
    "TieMethod",
    "TieRanks",
    "WeightsFrom",
    "cap_weights",
    "correlation_matrix",
    "deciles",
    "describe_values",
    "equal_weights",
    "exponential_transform",
    "factor_weights",
    "most_deprived",
    "normal_scores",
    "normal_scores_of_ranks",
    "one_factor",
    "percentiles",
    "rank_areas",
    "rank_correlations",
    "rank_fraction",
    "rescale_weights",
    "sampling_standard_deviation",
    "shrink_means",
    "shrink_proportions",
    "shrink_ratios",
    "tie_ranks",
    "weighted_sum",
    "z_scores",
]
