"""Correspondences between geographies and vintages: how areas lie in others, and what follows.

A correspondence is made by a builder (`nested`, `best_fit`, `changes`, `weighted`,
`points_in_both`, `dwellings`, `overlap`), can be saved, reversed and joined to others, and converts
counts, means and the values of larger areas.
"""

# _arrays: what every conversion takes and returns
from hyperlocal.geography._arrays import FloatArray

# boundaries: polygons of areas, read and checked
from hyperlocal.geography.boundaries import Boundaries, read_boundaries

# changes: published changes between two vintages
from hyperlocal.geography.changes import AreaWeights, changes

# codes: what codes of areas look like
from hyperlocal.geography.codes import describe_codes, missing_correspondence, unexpected_codes

# coordinates: the National Grid and degrees
from hyperlocal.geography.coordinates import (
    DEGREES,
    NATIONAL_GRID,
    likely_system,
    tell_system,
    to_degrees,
    to_national_grid,
)

# correspondence: the table of shares, and what it does to values
from hyperlocal.geography.correspondence import Correspondence

# grids: which square a place lies in
from hyperlocal.geography.grids import Grid

# left_out: records that a correspondence is made without
from hyperlocal.geography.left_out import LeftOut

# lookups: one parent per child, or stated weights
from hyperlocal.geography.lookups import Lookup, best_fit, nested, weighted

# near: areas within a distance of points
from hyperlocal.geography.near import areas_near

# overlap: ground in common
from hyperlocal.geography.overlap import overlap

# points: places in areas
from hyperlocal.geography.points import Placement, Points, place_points, points_in_both

# postcodes: their spelling, their dwellings, and records by postcode
from hyperlocal.geography.postcodes import (
    RecordCounts,
    clean_postcodes,
    count_records,
    dwellings,
)

# sharing: events shared among the areas near them
from hyperlocal.geography.sharing import SharedEvents, share_events

# sites: parks and the like, and how far they are from points
from hyperlocal.geography.sites import Sites

__all__ = [
    "DEGREES",
    "NATIONAL_GRID",
    "AreaWeights",
    "Boundaries",
    "Correspondence",
    "FloatArray",
    "Grid",
    "LeftOut",
    "Lookup",
    "Placement",
    "Points",
    "RecordCounts",
    "SharedEvents",
    "Sites",
    "areas_near",
    "best_fit",
    "changes",
    "clean_postcodes",
    "count_records",
    "describe_codes",
    "dwellings",
    "likely_system",
    "missing_correspondence",
    "nested",
    "overlap",
    "place_points",
    "points_in_both",
    "read_boundaries",
    "share_events",
    "tell_system",
    "to_degrees",
    "to_national_grid",
    "unexpected_codes",
    "weighted",
]
