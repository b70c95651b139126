"""What holds for means over pollutants, and for grids, whatever the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.geography import Grid
from hyperlocal.methods.pollution import pollution_score

amounts = st.floats(0, 1000).map(lambda value: round(value, 6))
tables = st.integers(1, 5).flatmap(
    lambda k: st.tuples(
        arrays(float, (4, k), elements=amounts), arrays(float, k, elements=st.floats(0.5, 200))
    )
)


@given(tables, st.floats(1, 40), st.floats(1, 40))
def test_a_higher_power_never_gives_less_and_the_highest_ratio_bounds_it(table, one, other):
    concentrations, objectives = table
    lower, higher = sorted((one, other))
    highest = (concentrations / objectives).max(axis=1)
    slack = 1e-9 * (1 + highest)
    at_lower, at_higher = (pollution_score(*table, power) for power in (lower, higher))
    assert (at_lower <= at_higher + slack).all()
    assert (at_higher <= highest + slack).all()
    assert (at_higher >= highest / len(objectives) ** (1 / higher) - slack).all()
    assert np.array_equal(pollution_score(*table, np.inf), highest)


@given(tables, st.floats(1, 10), st.randoms())
def test_the_order_and_the_units_of_pollutants_do_not_matter(table, power, random):
    concentrations, objectives = table
    order = list(range(len(objectives)))
    random.shuffle(order)
    units = np.array([10.0 ** random.randint(-3, 3) for _ in order])
    moved = pollution_score((concentrations * units)[:, order], (objectives * units)[order], power)
    assert moved == pytest.approx(pollution_score(*table, power), rel=1e-9, abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=1, unique=True),
    st.floats(0, 0.999),
    st.floats(0, 0.999),
    st.sampled_from([1.0, 250.0, 1000.0]),
)
def test_every_place_in_a_cell_is_found_in_it(cells, right, up, side):
    columns, rows = np.array(cells).T
    grid = Grid((columns + 0.5) * side, (rows + 0.5) * side, side)
    found = grid.cells_at((columns + right) * side, (rows + up) * side)
    assert found.tolist() == list(range(len(cells)))
