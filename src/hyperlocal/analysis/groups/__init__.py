"""Groups of areas: districts, regions, wards, or whatever a user draws or lists."""

from hyperlocal.analysis.groups.chosen import groups_for
from hyperlocal.analysis.groups.lookups import (
    Groups,
    file_and_column,
    file_and_columns,
    from_tables,
    within,
)

__all__ = [
    "Groups",
    "file_and_column",
    "file_and_columns",
    "from_tables",
    "groups_for",
    "within",
]
