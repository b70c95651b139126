"""Kinds of indicators: one module each, behind one registry."""

from hyperlocal.indicators import change, count, flood_risk, mean, rate, ratio, value
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Fault, Kind, Measured

_MODULES = (value, count, rate, ratio, mean, change, flood_risk)
REGISTRY: dict[str, Kind] = {module.KIND.name: module.KIND for module in _MODULES}

__all__ = [
    "REGISTRY",
    "Batch",
    "Fault",
    "Gathered",
    "Gathering",
    "Kind",
    "Measured",
    "RecordTable",
]
