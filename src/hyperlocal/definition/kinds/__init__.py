"""Kinds of indicators that are gathered from records, as they are written: one module each."""

from hyperlocal.definition.kinds import flood_risk

MODULES = (flood_risk,)
