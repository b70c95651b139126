"""Which areas meet rules that stand in a file: flags as data, over one index or several."""

from hyperlocal.analysis.flags.areas import flag_areas
from hyperlocal.analysis.flags.file import FlagFile, load_flags, parse_flags

__all__ = ["FlagFile", "flag_areas", "load_flags", "parse_flags"]
