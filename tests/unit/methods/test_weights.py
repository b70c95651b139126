import numpy as np
import pytest

from hyperlocal.methods import cap_weights, equal_weights, rescale_weights, weighted_sum

INF = float("inf")
NAN = float("nan")


def test_equal_weights() -> None:
    np.testing.assert_array_equal(equal_weights(2), [0.5, 0.5])
    with pytest.raises(ValueError, match="at least one child"):
        equal_weights(0)


class TestRescaleWeights:
    def test_english_weights_of_2025(self) -> None:
        # 0.225 + 0.225 + 0.135 + 0.135 + 3 · 0.093 = 0.999
        stated = [0.225, 0.225, 0.135, 0.135, 0.093, 0.093, 0.093]
        np.testing.assert_allclose(rescale_weights(stated), np.array(stated) / 0.999)

    @pytest.mark.parametrize("weights", [[-1.0, 2.0], [NAN, 1.0], [INF, 1.0]])
    def test_refuses_wrong_weights(self, weights: list[float]) -> None:
        with pytest.raises(ValueError, match="negative, missing or infinite"):
            rescale_weights(weights)

    def test_refuses_nothing_to_scale(self) -> None:
        with pytest.raises(ValueError, match="all 0"):
            rescale_weights([0.0, 0.0])


class TestCapWeights:
    def test_excess_is_shared_in_proportion(self) -> None:
        # 0.30 over the cap; the others, 0.3 and 0.2, get 3/5 and 2/5 of it: 0.48 and 0.32
        np.testing.assert_allclose(cap_weights([0.5, 0.3, 0.2], [0.2, INF, INF]), [0.2, 0.48, 0.32])

    def test_sharing_out_can_lift_another_over_its_cap(self) -> None:
        # First: 0.2, then 0.3 + 0.18 = 0.48 > 0.4, so 0.4, and the last takes 1 − 0.2 − 0.4.
        np.testing.assert_allclose(cap_weights([0.5, 0.3, 0.2], [0.2, 0.4, INF]), [0.2, 0.4, 0.4])

    def test_nothing_over_its_cap_is_unchanged(self) -> None:
        np.testing.assert_array_equal(cap_weights([0.1, 0.9], [0.1, INF]), [0.1, 0.9])

    def test_any_total_is_preserved(self) -> None:
        np.testing.assert_allclose(cap_weights([60.0, 20.0, 20.0], [40.0, INF, INF]), [40, 30, 30])

    def test_caps_that_just_suffice(self) -> None:
        np.testing.assert_allclose(cap_weights([0.7, 0.2, 0.1], [0.1, 0.2, 0.7]), [0.1, 0.2, 0.7])
        thirds = [1 / 3, 1 / 3, 1 / 3]
        np.testing.assert_allclose(cap_weights([0.9, 0.1, 0.0], [0.9, 0.1, 0.0]), [0.9, 0.1, 0.0])
        np.testing.assert_allclose(cap_weights([0.9, 0.05, 0.05], thirds), thirds)

    def test_welsh_cap_of_sixteen_per_cent(self) -> None:
        # WIMD 2019, education: published weights 9.9, 11.7, 27.6, 21.7, 13.2 and, capped, 16.0
        others = np.array([9.9, 11.7, 27.6, 21.7, 13.2])
        before = np.append(others * 0.7 / others.sum(), 0.3)
        after = cap_weights(before, [INF] * 5 + [0.16])
        np.testing.assert_allclose(after[5], 0.16)
        np.testing.assert_allclose(after[:5], others * 0.84 / others.sum())

    @pytest.mark.parametrize(
        ("weights", "caps", "message"),
        [
            ([0.5, 0.5], [0.4, 0.4], "caps add to 0.8, less than the weights, which add to 1"),
            ([1.0, 0.0], [0.5, INF], "cannot be shared out"),
            ([0.5, 0.5], [0.6], "1 caps for 2 weights"),
            ([0.5, 0.5], [NAN, 1.0], "negative or missing"),
            ([0.5, 0.5], [-1.0, 2.0], "negative or missing"),
            ([-0.5, 1.5], [1.0, 1.0], "negative, missing or infinite"),
        ],
    )
    def test_refusals(self, weights: list[float], caps: list[float], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            cap_weights(weights, caps)


class TestWeightedSum:
    def test_by_hand(self) -> None:
        # 0.75 · 10 + 0.25 · 30 = 15;  0.75 · 20 + 0.25 · 40 = 25
        np.testing.assert_array_equal(
            weighted_sum([[10.0, 20.0], [30.0, 40.0]], [0.75, 0.25]), [15, 25]
        )

    def test_a_missing_child_makes_the_sum_missing(self) -> None:
        np.testing.assert_array_equal(weighted_sum([[1.0, NAN], [1.0, 2.0]], [1.0, 0.0]), [1, NAN])

    def test_the_rows_of_a_matrix_are_children(self) -> None:
        np.testing.assert_array_equal(weighted_sum(np.ones((3, 2)), [1, 2, 3]), [6, 6])

    def test_does_not_change_its_arguments(self) -> None:
        child = np.array([1.0, 2.0])
        result = weighted_sum([child], [1.0])
        result[0] = 99
        np.testing.assert_array_equal(child, [1, 2])

    def test_single_precision_is_rounded_once(self) -> None:
        children = [np.array([1 / 3], np.float32), np.array([1e-8], np.float32)]
        result = weighted_sum(children, [0.1, 3.0])
        assert result.dtype == np.float32
        exact = float(children[0][0]) * 0.1 + float(children[1][0]) * 3.0
        assert result[0] == np.float32(exact)
        assert weighted_sum([children[0], [1.0]], [1, 1]).dtype == np.float64

    @pytest.mark.parametrize(
        ("children", "weights", "message"),
        [
            ([], [], "0 weights for 0 children"),
            ([[1.0]], [1.0, 2.0], "2 weights for 1 children"),
            ([[1.0], [1.0, 2.0]], [1.0, 1.0], r"different numbers of areas: \[1, 2\]"),
            ([[1.0]], [NAN], "missing or infinite"),
            ([[[1.0]]], [1.0], "child 0 must have 1 dimension"),
        ],
    )
    def test_refusals(
        self, children: list[list[float]], weights: list[float], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            weighted_sum(children, weights)
