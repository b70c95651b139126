"""The mean distance of dwellings from the nearest site."""

from __future__ import annotations

from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.indicators.proximity import gather


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    return gather(node, gathering, lambda sites, x, y: sites.distances(x, y))


KIND = Kind("distance", quotient.measure, quotient.faults, gather=_gather)
