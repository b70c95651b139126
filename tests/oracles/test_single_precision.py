"""Single precision as published indices have it: stored in four bytes, evaluated in eight.

The Wales Community Assets Index (OCSI, 2022) adds up the exponentially transformed ranks of three
domains for 410 areas, ties at their mid-rank, and publishes the sums in single precision. All 410
follow to the last bit if R, exp(−100/23), the transformed ranks and the sum are stored in single
precision and all between is evaluated in double. The two areas below tell this from alternatives.
"""

import numpy as np
import pytest

from hyperlocal.methods import exponential_transform, rank_fraction, weighted_sum

pytestmark = pytest.mark.oracle

# Domain ranks (civic assets, connectedness, engaged community) and the published overall score.
SWANSEA_LANDORE = ([389, 43, 242], np.float32(63.201172))
NORTH_BLACKWOOD = ([383, 303, 43], np.float32(58.466732))


@pytest.mark.parametrize(("ranks", "published"), [SWANSEA_LANDORE, NORTH_BLACKWOOD])
def test_scores_follow_to_the_last_bit(ranks: list[int], published: np.float32) -> None:
    children = [
        exponential_transform(rank_fraction(np.array([rank], np.float32), 410)) for rank in ranks
    ]
    total = weighted_sum(children, [1, 1, 1])
    assert total.dtype == np.float32
    assert total[0] == published


@pytest.mark.parametrize(("ranks", "published"), [SWANSEA_LANDORE, NORTH_BLACKWOOD])
def test_double_precision_differs_in_the_last_place(
    ranks: list[int], published: np.float32
) -> None:
    total = weighted_sum(
        [exponential_transform(rank_fraction([rank], 410)) for rank in ranks], [1, 1, 1]
    )
    assert np.float32(total[0]) != published
    assert total[0] == pytest.approx(float(published), abs=3e-5)
