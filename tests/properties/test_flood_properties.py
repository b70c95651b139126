"""What holds for damages of floods whatever the curve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyperlocal.methods.flood import annual_average_damage, damage_at

curves = st.lists(
    st.tuples(st.integers(1, 5000), st.integers(0, 100_000)),
    min_size=2,
    max_size=12,
    unique_by=lambda flood: flood[0],
).map(lambda floods: tuple(map(list, zip(*sorted(floods), strict=True))))


@given(curves, st.integers(1, 6000))
def test_a_flood_that_is_read_off_the_curve_and_put_into_it_changes_nothing(curve, period):
    periods, damages = curve
    if not periods[0] < period < periods[-1] or period in periods:
        return
    at = int(np.searchsorted(periods, period))
    more = [*periods[:at], period, *periods[at:]]
    read = [*damages[:at], float(damage_at([period], periods, damages)[0]), *damages[at:]]
    assert annual_average_damage(more, read) == pytest.approx(
        annual_average_damage(periods, damages), rel=1e-9, abs=1e-9
    )


@given(curves, st.floats(0.5, 6000), st.floats(0.5, 6000), st.floats(0.1, 50))
def test_what_floods_later_loses_no_more_and_damages_scale(curve, one, other, factor):
    sooner, later = sorted((one, other))
    assert annual_average_damage(*curve, later) <= annual_average_damage(*curve, sooner) + 1e-9
    periods, damages = curve
    scaled = [damage * factor for damage in damages]
    assert annual_average_damage(periods, scaled, later) == pytest.approx(
        factor * annual_average_damage(periods, damages, later), rel=1e-9, abs=1e-9
    )
