import math

import numpy as np
import pytest

from hyperlocal.methods import (
    LargerAreas,
    Shrinkage,
    sampling_standard_deviation,
    shrink_means,
    shrink_proportions,
    shrink_ratios,
)

NAN = float("nan")
INF = float("inf")


class TestLargerAreas:
    def test_labels_of_any_kind(self) -> None:
        for labels in (["b", "a", "b"], np.array(["b", "a", "b"], object), [20, 10, 20]):
            larger = LargerAreas.from_labels(labels)
            np.testing.assert_array_equal(larger.codes, [1, 0, 1])
            assert larger.number == 2

    def test_codes_that_were_made_before(self) -> None:
        larger = LargerAreas(codes=np.array([1, 0, 1], np.uint16), labels=["x", "y"])
        assert larger.codes.dtype == np.intp
        np.testing.assert_array_equal(larger.sums(np.array([1.0, 2.0, 4.0])), [2, 5])
        np.testing.assert_array_equal(larger.sums(np.array([True, False, True])), [0, 2])

    def test_a_larger_area_without_small_areas_sums_to_zero(self) -> None:
        np.testing.assert_array_equal(LargerAreas([0], ["x", "y"]).sums(np.array([3.0])), [3, 0])

    def test_no_areas(self) -> None:
        assert LargerAreas.from_labels([]).number == 0
        assert LargerAreas([], []).codes.dtype == np.intp

    @pytest.mark.parametrize(
        "labels", [[1.0, NAN], np.array(["a", None], object), np.array(["a", NAN], object)]
    )
    def test_refuses_missing_labels(self, labels: object) -> None:
        with pytest.raises(ValueError, match="no label"):
            LargerAreas.from_labels(labels)  # type: ignore[arg-type]

    def test_refuses_wrong_codes(self) -> None:
        with pytest.raises(ValueError, match="between 0 and 1, the positions"):
            LargerAreas([0, 2], ["x", "y"])
        with pytest.raises(ValueError, match="between 0 and 1, the positions"):
            LargerAreas([-1, 0], ["x", "y"])
        with pytest.raises(ValueError, match="one-dimensional array of whole numbers"):
            LargerAreas([0.0, 1.0], ["x", "y"])
        with pytest.raises(ValueError, match="1 dimension, not 2"):
            LargerAreas.from_labels([["x"]])


class TestShrinkProportions:
    def test_by_hand(self) -> None:
        # Three areas of one district: 1 of 10, 30 of 100, 20 of 100; together 51 of 210.
        m = [math.log(1.5 / 9.5), math.log(30.5 / 70.5), math.log(20.5 / 80.5)]
        # −1.84583, −0.83789, −1.36783
        s2 = [11 * 12 / (10 * 2 * 10), 101 * 102 / (100 * 31 * 71), 101 * 102 / (100 * 21 * 81)]
        # 0.66000, 0.04681, 0.06056
        district = math.log(51.5 / 159.5)
        # −1.13046
        t2 = sum((own - district) ** 2 for own in m) / 2
        # (0.51175 + 0.08560 + 0.05634) / 2 = 0.32685
        assert t2 == pytest.approx(0.32685, abs=1e-5)
        w = [(1 / one) / (1 / one + 1 / t2) for one in s2]
        # 0.33120, 0.87473, 0.84367
        logit = [w[j] * m[j] + (1 - w[j]) * district for j in range(3)]
        expected = [math.exp(one) / (1 + math.exp(one)) for one in logit]

        result = shrink_proportions([1, 30, 20], [10, 100, 100], ["A", "A", "A"])

        np.testing.assert_allclose(result.estimate, m, rtol=1e-14)
        np.testing.assert_allclose(result.variance, s2, rtol=1e-14)
        np.testing.assert_allclose(result.larger_estimate, [district] * 3, rtol=1e-14)
        np.testing.assert_allclose(result.between_variance, [t2] * 3, rtol=1e-13)
        np.testing.assert_allclose(result.weight, w, rtol=1e-13)
        np.testing.assert_allclose(result.shrunk, expected, rtol=1e-13)
        np.testing.assert_allclose(result.shrunk, [0.20304, 0.29431, 0.20904], atol=1e-5)

    def test_small_table_of_the_districts(self) -> None:
        result = shrink_proportions(
            [1, 30, 4, 20, NAN], [10, 100, 40, 100, 9], ["B", "B", "A", "B", "A"]
        )
        assert result.group_labels.tolist() == ["A", "B"]
        np.testing.assert_array_equal(result.group_areas, [1, 3])
        np.testing.assert_array_equal(result.group_numerator, [4, 51])
        np.testing.assert_array_equal(result.group_denominator, [40, 210])
        np.testing.assert_allclose(
            result.group_estimate, [math.log(4.5 / 36.5), math.log(51.5 / 159.5)]
        )
        assert math.isnan(result.group_between_variance[0])
        assert result.group_between_variance[1] == pytest.approx(0.32685, abs=1e-5)

    def test_districts_do_not_touch_each_other(self) -> None:
        one = shrink_proportions([1, 30], [10, 100], ["A", "A"])
        other = shrink_proportions([5, 8], [50, 20], ["B", "B"])
        both = shrink_proportions([1, 5, 30, 8], [10, 50, 100, 20], ["A", "B", "A", "B"])
        np.testing.assert_array_equal(both.shrunk[[0, 2]], one.shrunk)
        np.testing.assert_array_equal(both.shrunk[[1, 3]], other.shrunk)

    def test_area_alone_keeps_its_own_corrected_rate(self) -> None:
        result = shrink_proportions([3], [10], ["A"])
        assert result.weight.tolist() == [1]
        assert math.isnan(result.between_variance[0])
        assert result.shrunk[0] == pytest.approx(3.5 / 11)

    def test_no_variance_between_areas_gives_all_the_district(self) -> None:
        # 5 of 10 and 50 of 100 have logit 0, and so has 55 of 110.
        result = shrink_proportions([5, 50], [10, 100], ["A", "A"])
        assert result.between_variance.tolist() == [0, 0]
        assert result.weight.tolist() == [0, 0]
        assert result.shrunk.tolist() == [0.5, 0.5]

    def test_nobody_and_everybody(self) -> None:
        # r = 0: m = ln(0.5/10.5), s² = 11·12/(10·1·11) = 1.2; r = n is its mirror image.
        result = shrink_proportions([0, 10], [10, 10], ["A", "A"])
        np.testing.assert_allclose(result.estimate, [math.log(0.5 / 10.5), math.log(10.5 / 0.5)])
        np.testing.assert_allclose(result.variance, [1.2, 1.2])
        np.testing.assert_allclose(result.larger_estimate, [0, 0])
        assert result.shrunk[0] + result.shrunk[1] == pytest.approx(1)
        assert 0 < result.shrunk[0] < 0.5

    def test_area_without_population_takes_the_district_and_counts_nowhere(self) -> None:
        without = shrink_proportions([1, 30], [10, 100], ["A", "A"])
        result = shrink_proportions([1, 0, 30], [10, 0, 100], ["A", "A", "A"])
        np.testing.assert_array_equal(result.shrunk[[0, 2]], without.shrunk)
        assert result.shrunk[1] == pytest.approx(31.5 / 111)
        assert result.weight[1] == 0
        assert result.variance[1] == INF
        assert math.isnan(result.estimate[1])
        assert result.group_areas.tolist() == [2]

    def test_area_without_population_beside_a_single_other(self) -> None:
        result = shrink_proportions([3, 0], [10, 0], ["A", "A"])
        assert result.weight.tolist() == [1, 0]
        np.testing.assert_allclose(result.shrunk, [3.5 / 11, 3.5 / 11])

    def test_district_without_population_has_no_values(self) -> None:
        result = shrink_proportions([0, 0, 2], [0, 0, 9], ["A", "A", "B"])
        assert np.isnan(result.shrunk[:2]).all()
        assert np.isnan(result.group_estimate[0])
        assert result.group_areas.tolist() == [0, 1]
        assert result.shrunk[2] == pytest.approx(2.5 / 10)

    @pytest.mark.parametrize(("missing", "beside"), [((NAN, 50), 0), ((5, NAN), 0), ((NAN, 0), 0)])
    def test_missing_count_stays_missing_and_counts_nowhere(
        self, missing: tuple[float, float], beside: int
    ) -> None:
        without = shrink_proportions([1, 30], [10, 100], ["A", "A"])
        result = shrink_proportions([1, missing[0], 30], [10, missing[1], 100], ["A", "A", "A"])
        np.testing.assert_array_equal(result.shrunk, np.insert(without.shrunk, 1, NAN))
        assert math.isnan(result.weight[1])
        assert result.group_areas.tolist() == [2]
        np.testing.assert_array_equal(result.group_denominator, [110])

    def test_shares_of_people_and_rounding_of_sums_are_accepted(self) -> None:
        result = shrink_proportions([0.25, 0.1 + 0.2], [7.5, 0.3], ["A", "A"])
        assert np.isfinite(result.shrunk).all()

    def test_single_precision_is_the_double_result_rounded_once(self) -> None:
        counts = np.array([1, 30, 20], np.float32), np.array([10, 100, 100], np.float32)
        single = shrink_proportions(*counts, ["A", "A", "A"])
        double = shrink_proportions(*(c.astype(np.float64) for c in counts), ["A", "A", "A"])
        for name in ("shrunk", "weight", "estimate", "variance", "group_estimate"):
            assert getattr(single, name).dtype == np.float32
            np.testing.assert_array_equal(
                getattr(single, name), getattr(double, name).astype(np.float32)
            )

    def test_no_areas(self) -> None:
        assert shrink_proportions([], [], []).shrunk.shape == (0,)

    @pytest.mark.parametrize(
        ("numerator", "denominator", "message"),
        [
            ([-1, 1], [10, 10], "numerator is negative or infinite in 1 of 2 places, first at"),
            ([1, 1], [10, -1], "denominator is negative or infinite"),
            ([1, 1], [10, INF], "denominator is negative or infinite"),
            ([1, 11], [10, 10], "numerator is greater than the denominator in 1 of 2"),
            ([1, 1], [10, 0], "numerator is greater than the denominator"),
            ([1], [10, 10], "numerator has 1 values, but larger_area has 2"),
            ([1, 1], [10], "denominator has 1 values, but larger_area has 2"),
            ([[1, 1]], [10, 10], "numerator must have 1 dimension"),
            (["1", "1"], [10, 10], "numerator must be real numbers"),
        ],
    )
    def test_refusals(self, numerator: object, denominator: object, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            shrink_proportions(numerator, denominator, ["A", "A"])  # type: ignore[arg-type]


class TestShrinkRatios:
    def test_by_hand(self) -> None:
        # O = 0, 30, 8 and E = 5, 20, 10; together 38 of 35.
        m = [math.log(0.5 / 5), math.log(30.5 / 20), math.log(8.5 / 10)]
        s2 = [1 / 1, 1 / 31, 1 / 9]
        district = math.log(38.5 / 35)
        t2 = sum((own - district) ** 2 for own in m) / 2
        w = [t2 / (t2 + one) for one in s2]
        result = shrink_ratios([0, 30, 8], [5.0, 20.0, 10.0], ["A", "A", "A"])
        np.testing.assert_allclose(result.estimate, m)
        np.testing.assert_allclose(result.variance, s2)
        np.testing.assert_allclose(result.weight, w)
        np.testing.assert_allclose(
            result.shrunk, [math.exp(w[j] * m[j] + (1 - w[j]) * district) for j in range(3)]
        )
        np.testing.assert_array_equal(result.group_numerator, [38])
        np.testing.assert_array_equal(result.group_denominator, [35])

    def test_nothing_expected_takes_the_district(self) -> None:
        without = shrink_ratios([0, 30], [5.0, 20.0], ["A", "A"])
        result = shrink_ratios([0, 0, 30], [5.0, 0.0, 20.0], ["A", "A", "A"])
        np.testing.assert_array_equal(result.shrunk[[0, 2]], without.shrunk)
        assert result.shrunk[1] == pytest.approx(30.5 / 25)
        assert result.variance[1] == INF

    def test_missing_and_empty_districts(self) -> None:
        result = shrink_ratios([NAN, 3, 0], [5.0, NAN, 0.0], ["A", "A", "B"])
        assert np.isnan(result.shrunk).all()
        assert np.isnan(result.group_estimate).all()

    def test_single_precision(self) -> None:
        single = shrink_ratios(np.array([1, 9], np.float32), np.array([2, 5], np.float32), [0, 0])
        double = shrink_ratios([1, 9], [2, 5], [0, 0])
        assert single.shrunk.dtype == np.float32
        np.testing.assert_array_equal(single.shrunk, double.shrunk.astype(np.float32))

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="observed but none are expected in 1 of 2"):
            shrink_ratios([1, 1], [0.0, 1.0], ["A", "A"])
        with pytest.raises(ValueError, match="expected is negative"):
            shrink_ratios([1], [-1.0], ["A"])


class TestShrinkMeansWithStandardErrors:
    def test_by_hand(self) -> None:
        # precisions 1/4, 1/4, 1: M = (10/4 + 14/4 + 12)/1.5 = 12, t² = (4 + 4 + 0)/2 = 4
        # w = 4/(4 + 4) = ½ for the first two, 4/(4 + 1) = 0.8 for the third
        result = shrink_means([10.0, 14.0, 12.0], ["A"] * 3, standard_error=[2.0, 2.0, 1.0])
        np.testing.assert_allclose(result.larger_estimate, [12, 12, 12])
        np.testing.assert_allclose(result.between_variance, [4, 4, 4])
        np.testing.assert_allclose(result.weight, [0.5, 0.5, 0.8])
        np.testing.assert_allclose(result.shrunk, [11, 13, 12])
        np.testing.assert_allclose(result.group_numerator, [18])
        np.testing.assert_allclose(result.group_denominator, [1.5])

    def test_an_error_of_zero_is_fully_reliable(self) -> None:
        # M is the mean of 4 and 8, which are certain; t² = (4 + 4 + 16)/2 = 12; w₃ = 12/(12 + 4)
        result = shrink_means([4.0, 8.0, 10.0], ["A"] * 3, standard_error=[0.0, 0.0, 2.0])
        np.testing.assert_allclose(result.larger_estimate, [6, 6, 6])
        np.testing.assert_allclose(result.weight, [1, 1, 0.75])
        np.testing.assert_allclose(result.shrunk, [4, 8, 9])

    def test_errors_that_fall_to_zero_tend_to_that(self) -> None:
        limit = shrink_means([4.0, 8.0, 10.0], ["A"] * 3, standard_error=[0.0, 0.0, 2.0])
        near = shrink_means([4.0, 8.0, 10.0], ["A"] * 3, standard_error=[1e-6, 1e-6, 2.0])
        np.testing.assert_allclose(near.shrunk, limit.shrunk, rtol=1e-9)

    def test_all_certain_and_equal(self) -> None:
        result = shrink_means([4.0, 4.0], ["A", "A"], standard_error=[0.0, 0.0])
        assert result.weight.tolist() == [1, 1]
        assert result.shrunk.tolist() == [4, 4]

    def test_infinite_error_is_no_information_even_without_a_value(self) -> None:
        without = shrink_means([10.0, 14.0], ["A"] * 2, standard_error=[2.0, 1.0])
        for value in (99.0, NAN):
            result = shrink_means([10.0, value, 14.0], ["A"] * 3, standard_error=[2.0, INF, 1.0])
            np.testing.assert_array_equal(result.shrunk[[0, 2]], without.shrunk)
            assert result.shrunk[1] == result.larger_estimate[1]
            assert result.weight[1] == 0
            assert math.isnan(result.estimate[1])

    def test_missing_value_or_error_stays_missing(self) -> None:
        without = shrink_means([10.0, 14.0], ["A"] * 2, standard_error=[2.0, 1.0])
        for value, error in ((NAN, 1.0), (3.0, NAN)):
            result = shrink_means([10.0, value, 14.0], ["A"] * 3, standard_error=[2.0, error, 1.0])
            np.testing.assert_array_equal(result.shrunk, np.insert(without.shrunk, 1, NAN))

    def test_negative_values_and_an_area_alone(self) -> None:
        result = shrink_means([-3.0], ["A"], standard_error=[1.0])
        assert result.shrunk.tolist() == [-3]
        assert result.weight.tolist() == [1]

    def test_single_precision_follows_the_values(self) -> None:
        result = shrink_means(np.array([1, 4], np.float32), ["A", "A"], standard_error=[1.0, 1.0])
        assert result.shrunk.dtype == np.float32

    def test_the_result_does_not_share_memory_with_the_values(self) -> None:
        value = np.array([1.0, 4.0])
        result = shrink_means(value, ["A", "A"], standard_error=[1.0, 1.0])
        value[:] = 0
        assert result.estimate.tolist() == [1, 4]


class TestShrinkMeansWithSampleSizes:
    def test_by_hand_with_a_known_standard_deviation(self) -> None:
        # M = (1·2 + 3·6)/4 = 5, t² = (9 + 1)/1 = 10, s² = 10/1 and 10/3 (sd² = 10)
        # w = 10/20 = ½ and 10/(10 + 10/3) = ¾: 5 − 1.5 = 3.5 and 5 + 0.75 = 5.75
        result = shrink_means(
            [2.0, 6.0], ["A", "A"], sample_size=[1, 3], standard_deviation=math.sqrt(10)
        )
        np.testing.assert_allclose(result.variance, [10, 10 / 3])
        np.testing.assert_allclose(result.shrunk, [3.5, 5.75])

    def test_one_standard_deviation_per_area(self) -> None:
        result = shrink_means(
            [2.0, 6.0], ["A", "A"], sample_size=[1, 3], standard_deviation=[1.0, 3.0]
        )
        np.testing.assert_allclose(result.variance, [1, 3])

    def test_estimated_standard_deviation(self) -> None:
        # A: 4 and 6 from samples of 1: M = 5, squares 1 · 2/(2 − 1) = 2
        # B: 9.5 and 10.5 from samples of 4: M = 10, squares ¼ · 2 = ½
        # The line through (1, 2) and (¼, ½) has intercept 0 and slope 2 = sd².
        value, size = [4.0, 6.0, 9.5, 10.5], [1, 1, 4, 4]
        larger = LargerAreas([0, 0, 1, 1], ["A", "B"])
        assert sampling_standard_deviation(value, size, larger) == pytest.approx(math.sqrt(2))
        result = shrink_means(value, larger, sample_size=size)
        np.testing.assert_allclose(result.variance, [2, 2, 0.5, 0.5])
        # t² = 2 in A and ½ in B: w = ½ everywhere
        np.testing.assert_allclose(result.shrunk, [4.5, 5.5, 9.75, 10.25])

    def test_sample_of_nobody_takes_the_district(self) -> None:
        result = shrink_means(
            [2.0, NAN, 6.0], ["A"] * 3, sample_size=[1, 0, 3], standard_deviation=1.0
        )
        assert result.shrunk[1] == 5
        assert result.variance[1] == INF
        assert result.group_areas.tolist() == [2]

    def test_unknown_size_or_deviation_is_missing(self) -> None:
        result = shrink_means([2.0, 6.0], ["A"] * 2, sample_size=[NAN, 3], standard_deviation=1.0)
        np.testing.assert_array_equal(result.shrunk, [NAN, 6])
        result = shrink_means(
            [2.0, 6.0], ["A"] * 2, sample_size=[1, 3], standard_deviation=[NAN, 1.0]
        )
        np.testing.assert_array_equal(result.shrunk, [NAN, 6])

    def test_district_with_nobody_has_no_values(self) -> None:
        result = shrink_means([2.0], ["A"], sample_size=[0], standard_deviation=1.0)
        assert np.isnan(result.shrunk).all()


class TestSamplingStandardDeviation:
    larger = LargerAreas([0, 0, 1, 1], ["A", "B"])

    def test_small_samples_that_scatter_less_give_zero(self) -> None:
        assert sampling_standard_deviation([4, 6, 8, 12], [1, 1, 4, 4], self.larger) == 0

    def test_negative_variance_between_areas_is_held_at_zero(self) -> None:
        # Squares 8 at 1/n = 1 and 1/2 at ¼: the line would cut the axis at −2, so it is drawn
        # through the origin: b = (2 · 8 · 1 + 2 · ½ · ¼)/(2 · 1 + 2/16) = 16.25/2.125
        deviation = sampling_standard_deviation([3, 7, 9.5, 10.5], [1, 1, 4, 4], self.larger)
        assert deviation == pytest.approx(math.sqrt(16.25 / 2.125))

    def test_areas_alone_missing_or_empty_do_not_count(self) -> None:
        larger = LargerAreas([0, 0, 1, 1, 2, 0, 0], ["A", "B", "C"])
        value, size = [4.0, 6.0, 9.5, 10.5, 77.0, NAN, 55.0], [1, 1, 4, 4, 9, 5, 0]
        assert sampling_standard_deviation(value, size, larger) == pytest.approx(math.sqrt(2))

    @pytest.mark.parametrize("size", [[2, 2, 2, 2], [0, 1, 0, 4]])
    def test_refuses_what_cannot_be_estimated(self, size: list[float]) -> None:
        with pytest.raises(ValueError, match="cannot be estimated"):
            sampling_standard_deviation([4, 6, 9, 10], size, self.larger)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "either standard_error or sample_size"),
        ({"standard_error": [1, 1], "sample_size": [1, 1]}, "either standard_error or sample_size"),
        ({"standard_error": [1, 1], "standard_deviation": 1.0}, "goes with sample_size"),
        ({"standard_error": [1, -1]}, "standard error is negative"),
        ({"standard_error": [1]}, "standard_error has 1 values, but larger_area has 2"),
        ({"sample_size": [1, -1]}, "sample_size is negative"),
        ({"sample_size": [1, INF]}, "sample_size is negative or infinite"),
        ({"sample_size": [2, 2]}, "cannot be estimated"),
        ({"sample_size": [1, 2], "standard_deviation": -1.0}, "standard_deviation is negative"),
        ({"sample_size": [1, 2], "standard_deviation": [1.0]}, "one number or one per area"),
    ],
)
def test_shrink_means_refuses(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        shrink_means([1.0, 2.0], ["A", "A"], **arguments)  # type: ignore[arg-type]


def test_shrink_means_refuses_infinite_values() -> None:
    with pytest.raises(ValueError, match="value is infinite"):
        shrink_means([1.0, INF], ["A", "A"], standard_error=[1.0, 1.0])


def test_the_result_is_frozen() -> None:
    result = shrink_proportions([1], [2], ["A"])
    assert isinstance(result, Shrinkage)
    with pytest.raises(AttributeError):
        result.shrunk = result.weight  # type: ignore[misc]
