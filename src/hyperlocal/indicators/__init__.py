"""Kinds of indicators: one module each, behind one registry."""

from hyperlocal.indicators import change, count, mean, rate, ratio, value
from hyperlocal.indicators.measured import Fault, Kind, Measured

REGISTRY: dict[str, Kind] = {
    module.KIND.name: module.KIND for module in (value, count, rate, ratio, mean, change)
}

__all__ = ["REGISTRY", "Fault", "Kind", "Measured"]
