"""The mean, over dwellings, of the combined size of the sites within a distance."""

from __future__ import annotations

from hyperlocal.definition.kinds.proximity import AreaWithinIndicator
from hyperlocal.definition.resolve import ResolvedNode
from hyperlocal.indicators.gathering import Gathered, Gathering
from hyperlocal.indicators.measured import Kind
from hyperlocal.indicators.parts import quotient
from hyperlocal.indicators.proximity import gather


def _gather(node: ResolvedNode, gathering: Gathering) -> Gathered:
    written = node.written
    assert isinstance(written, AreaWithinIndicator)
    metres = written.within
    return gather(node, gathering, lambda sites, x, y: sites.sizes_within(x, y, metres), sized=True)


KIND = Kind("area_within", quotient.measure, quotient.faults, gather=_gather)
