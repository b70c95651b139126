"""What a publisher supplies beside a finished index: larger areas, people, other versions."""

from hyperlocal.analysis.supplied.intervals import Intervals
from hyperlocal.analysis.supplied.larger import (
    LargerAreas,
    identifier,
    read_larger_areas,
)
from hyperlocal.analysis.supplied.populations import KnownPopulations, read_populations
from hyperlocal.analysis.supplied.reading import Reading, Tell
from hyperlocal.analysis.supplied.sources import Sources, Supplied, read_supplied
from hyperlocal.analysis.supplied.summaries import SUMMARISED, summaries
from hyperlocal.analysis.supplied.versions import OtherVersion, VersionSource

__all__ = [
    "SUMMARISED",
    "Intervals",
    "KnownPopulations",
    "LargerAreas",
    "OtherVersion",
    "Reading",
    "Sources",
    "Supplied",
    "Tell",
    "VersionSource",
    "identifier",
    "read_larger_areas",
    "read_populations",
    "read_supplied",
    "summaries",
]
