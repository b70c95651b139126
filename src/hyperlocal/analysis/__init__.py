"""What is asked of a finished index; reads the results folder and nothing else."""

# clusters: how needs come together
from hyperlocal.analysis.clusters import ClusterSettings, clusters

# districts: how need lies in larger areas
from hyperlocal.analysis.districts import districts

# explaining: why an area stands where it does
from hyperlocal.analysis.explaining import (
    Explanation,
    Step,
    as_text,
    decompose,
    explain,
    explain_by,
    similar_areas,
    thresholds,
)

# fitness: how fit the indicators are
from hyperlocal.analysis.fitness import as_lines as quality_lines
from hyperlocal.analysis.fitness import quality_table

# flags: which areas meet rules
from hyperlocal.analysis.flags import FlagFile, flag_areas, load_flags

# groups and populations: what districts are, and what weighs
from hyperlocal.analysis.groups import Groups, groups_for
from hyperlocal.analysis.measures import Measure, measures
from hyperlocal.analysis.populations import Populations, populations

# report: what every analysis leaves
from hyperlocal.analysis.report import Report, check_out

# uncertainty: how sure ranks are
from hyperlocal.analysis.uncertainty import Design, rate_intervals, read_design, study

# versions: what changed since the last index
from hyperlocal.analysis.versions import Grouping, Version, compare, open_version, place_alone

__all__ = [
    "ClusterSettings",
    "Design",
    "Explanation",
    "FlagFile",
    "Grouping",
    "Groups",
    "Measure",
    "Populations",
    "Report",
    "Step",
    "Version",
    "as_text",
    "check_out",
    "clusters",
    "compare",
    "decompose",
    "districts",
    "explain",
    "explain_by",
    "flag_areas",
    "groups_for",
    "load_flags",
    "measures",
    "open_version",
    "place_alone",
    "populations",
    "quality_lines",
    "quality_table",
    "rate_intervals",
    "read_design",
    "similar_areas",
    "study",
    "thresholds",
]
