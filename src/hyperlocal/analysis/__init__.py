"""What is asked of a finished index; reads the results folder and nothing else."""

from hyperlocal.analysis.districts import districts
from hyperlocal.analysis.explain import Explanation, as_text, explain
from hyperlocal.analysis.fitness import as_lines as quality_lines
from hyperlocal.analysis.fitness import quality_table
from hyperlocal.analysis.groups import Groups, groups_by
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.populations import Populations, populations
from hyperlocal.analysis.report import Report, check_out
from hyperlocal.analysis.steps import Step

__all__ = [
    "Explanation",
    "Groups",
    "Measure",
    "Populations",
    "Report",
    "Step",
    "as_text",
    "check_out",
    "districts",
    "explain",
    "groups_by",
    "measures",
    "populations",
    "quality_lines",
    "quality_table",
]
