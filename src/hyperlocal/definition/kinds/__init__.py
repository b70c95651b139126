"""Kinds of indicators that are gathered from records, as they are written: one module each."""

from hyperlocal.definition.kinds import (
    air_quality,
    average,
    density,
    event_share,
    flood_risk,
    grants,
    modelled_condition,
    organisations,
    points_score,
    prescription_index,
    provision,
    proximity,
    rate,
    standardised,
    survey_allocation,
    travel_time,
)

MODULES = (
    air_quality,
    average,
    density,
    event_share,
    flood_risk,
    grants,
    modelled_condition,
    organisations,
    points_score,
    prescription_index,
    provision,
    proximity,
    rate,
    standardised,
    survey_allocation,
    travel_time,
)
