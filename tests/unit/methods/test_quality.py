import json
import math

import numpy as np
import pytest

from hyperlocal.methods import describe_values

NAN = float("nan")


def test_by_hand() -> None:
    # 0 0 1 3 6: mean 2, deviations −2 −2 −1 1 4, squares 4 4 1 1 16 (26), cubes −8 −8 −1 1 64 (48),
    # fourth powers 16 16 1 1 256 (290); variance 26/5 = 5.2
    description = describe_values([0.0, 3.0, NAN, 0.0, 6.0, 1.0, math.inf])
    assert description["number"] == 5
    assert description["missing"] == 1
    assert description["infinite"] == 1
    assert description["zero_share"] == pytest.approx(2 / 5)
    assert description["at_minimum_share"] == pytest.approx(2 / 5)
    assert description["at_maximum_share"] == pytest.approx(1 / 5)
    assert description["distinct"] == 4
    assert description["minimum"] == 0
    assert description["maximum"] == 6
    assert description["mean"] == pytest.approx(2)
    assert description["standard_deviation"] == pytest.approx(math.sqrt(5.2))
    assert description["skewness"] == pytest.approx((48 / 5) / 5.2**1.5)
    assert description["excess_kurtosis"] == pytest.approx((290 / 5) / 5.2**2 - 3)


def test_upper_limit() -> None:
    description = describe_values([100.0, 100.0, 100.0, 50.0])
    assert description["at_maximum_share"] == 0.75
    assert description["at_minimum_share"] == 0.25
    assert description["zero_share"] == 0


def test_the_figures_are_plain_numbers() -> None:
    description = describe_values(np.array([1, 2, 4], np.float32))
    assert {type(value) for value in description.values()} == {int, float}
    assert json.loads(json.dumps(description)) == description


def test_equal_values_have_no_shape() -> None:
    description = describe_values([0.1] * 7)
    assert description["standard_deviation"] == 0
    assert description["mean"] == 0.1
    assert description["at_minimum_share"] == description["at_maximum_share"] == 1
    assert math.isnan(description["skewness"])
    assert math.isnan(description["excess_kurtosis"])


@pytest.mark.parametrize("values", [[], [NAN, NAN]])
def test_no_values(values: list[float]) -> None:
    description = describe_values(values)
    assert list(description) == list(describe_values([1.0, 2.0]))
    assert description["number"] == 0
    assert description["distinct"] == 0
    assert description["missing"] == len(values)
    assert math.isnan(description["mean"])
    assert math.isnan(description["zero_share"])


def test_refuses_a_table() -> None:
    with pytest.raises(ValueError, match="1 dimension"):
        describe_values([[1.0]])
