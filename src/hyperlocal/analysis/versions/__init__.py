"""What changed between two versions of an index, and what the change of ranks is due to."""

from hyperlocal.analysis.versions.compare import Grouping, compare
from hyperlocal.analysis.versions.placing import place_alone
from hyperlocal.analysis.versions.version import Version, open_version

__all__ = ["Grouping", "Version", "compare", "open_version", "place_alone"]
