"""How sure ranks are: an index computed many times with its counts, weights and methods varied."""

from hyperlocal.analysis.uncertainty.design import Design, read_design, usual_design
from hyperlocal.analysis.uncertainty.rates import rate_intervals
from hyperlocal.analysis.uncertainty.study import forget_draws, kept_draws, study

__all__ = [
    "Design",
    "forget_draws",
    "kept_draws",
    "rate_intervals",
    "read_design",
    "study",
    "usual_design",
]
