"""What is asked of a finished index; reads the results folder and nothing else."""

from hyperlocal.analysis.explain import Explanation, Step, as_text, explain

__all__ = ["Explanation", "Step", "as_text", "explain"]
