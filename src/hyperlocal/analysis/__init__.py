"""What is asked of a finished index; reads the results folder and nothing else."""

from hyperlocal.analysis.explain import Explanation, as_text, explain
from hyperlocal.analysis.steps import Step

__all__ = ["Explanation", "Step", "as_text", "explain"]
