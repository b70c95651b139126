"""Kinds of indicators: one module each, behind one registry."""

from hyperlocal.indicators import (
    air_quality,
    area_within,
    average,
    change,
    count,
    density,
    distance,
    event_share,
    flood_risk,
    grants,
    mean,
    modelled_condition,
    organisations,
    points_score,
    prescription_index,
    provision,
    proximity,
    rate,
    ratio,
    standardised,
    survey_allocation,
    travel_time,
    value,
)
from hyperlocal.indicators.gathering import Batch, Gathered, Gathering, RecordTable
from hyperlocal.indicators.measured import Fault, Kind, Measured

_MODULES = (
    value,
    count,
    rate,
    ratio,
    mean,
    change,
    air_quality,
    flood_risk,
    modelled_condition,
    survey_allocation,
    prescription_index,
    density,
    event_share,
    proximity,
    distance,
    average,
    area_within,
    travel_time,
    points_score,
    provision,
    standardised,
    organisations,
    grants,
)
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
