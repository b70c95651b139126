"""What holds of the ratios of practices, whatever they are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hyperlocal.indicators.provision import ratios_of_practices

NUMBER = 6
DEMAND = arrays(float, NUMBER, elements=st.floats(1, 1e5))
SUPPLY = arrays(float, NUMBER, elements=st.sampled_from([0.0, 0.25, 1.0, 3.5, 12.0]))
USERS = arrays(float, (4, NUMBER), elements=st.floats(0, 1000))


@given(DEMAND, SUPPLY, USERS)
def test_the_mean_of_an_area_lies_between_the_ratios_of_its_practices(demand, supply, users):
    ratio = ratios_of_practices(demand, supply, "leave_out")
    assert np.isnan(ratio).tolist() == (supply == 0).tolist()
    known = ~np.isnan(ratio)
    among = users[:, known].sum(axis=1)
    used = among > 1e-6
    if not used.any():
        return
    mean = (users[:, known] @ ratio[known])[used] / among[used]
    assert (mean >= ratio[known].min() * (1 - 1e-9)).all()
    assert (mean <= ratio[known].max() * (1 + 1e-9)).all()


@given(DEMAND, SUPPLY, st.floats(0.01, 100))
def test_ratios_scale_with_demand_and_know_no_order(demand, supply, factor):
    for without in ("leave_out", "highest"):
        ratio = ratios_of_practices(demand, supply, without)
        more = ratios_of_practices(demand * factor, supply, without)
        np.testing.assert_allclose(more, ratio * factor, rtol=1e-12)
        turned = ratios_of_practices(demand[::-1], supply[::-1], without)
        np.testing.assert_array_equal(turned[::-1], ratio)
    if (supply > 0).any():
        assert not np.isnan(ratio).any()
        assert ratio[supply == 0].tolist() == [ratio[supply > 0].max()] * int((supply == 0).sum())
