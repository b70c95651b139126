"""Why an area stands where it does: every step, every part, its like, and what would move it."""

from hyperlocal.analysis.explaining.chain import Explanation, as_text, explain, explain_by
from hyperlocal.analysis.explaining.decomposition import decompose
from hyperlocal.analysis.explaining.similar import similar_areas
from hyperlocal.analysis.explaining.steps import Step
from hyperlocal.analysis.explaining.thresholds import thresholds

__all__ = [
    "Explanation",
    "Step",
    "as_text",
    "decompose",
    "explain",
    "explain_by",
    "similar_areas",
    "thresholds",
]
