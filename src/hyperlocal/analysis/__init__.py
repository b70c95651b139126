"""What is asked of a finished index; reads the results folder and nothing else."""

from hyperlocal.analysis.explain import Explanation, as_text, explain
from hyperlocal.analysis.fitness import as_lines as quality_lines
from hyperlocal.analysis.fitness import quality_table
from hyperlocal.analysis.report import Report
from hyperlocal.analysis.steps import Step

__all__ = ["Explanation", "Report", "Step", "as_text", "explain", "quality_lines", "quality_table"]
