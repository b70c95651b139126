import numpy as np
import pytest

from hyperlocal.methods import deciles, rank_areas, rank_fraction, tie_ranks

NAN = float("nan")


class TestTieRanks:
    def test_three_tied_areas_share_the_places_two_three_and_four(self) -> None:
        # From the highest: 9 is 1st; 7, 7, 7 take places 2, 3, 4; 4 is 5th.
        ranks = tie_ranks([7.0, 9.0, 7.0, 4.0, 7.0])
        np.testing.assert_array_equal(ranks.lowest, [2, 1, 2, 5, 2])
        np.testing.assert_array_equal(ranks.highest, [4, 1, 4, 5, 4])
        np.testing.assert_array_equal(ranks.average, [3, 1, 3, 5, 3])
        assert ranks.number == 5

    def test_missing_score_has_no_rank_and_takes_no_place(self) -> None:
        ranks = tie_ranks([1.0, NAN, 3.0, 3.0])
        np.testing.assert_array_equal(ranks.lowest, [3, NAN, 1, 1])
        np.testing.assert_array_equal(ranks.highest, [3, NAN, 2, 2])
        assert ranks.number == 3

    def test_no_ties_give_the_same_ranks_but_separate_arrays(self) -> None:
        ranks = tie_ranks([1.0, 2.0])
        ranks.lowest[0] = 99
        np.testing.assert_array_equal(ranks.highest, [2, 1])

    def test_infinite_scores_are_ranked_at_the_ends(self) -> None:
        np.testing.assert_array_equal(
            tie_ranks([np.inf, 0.0, -np.inf, np.inf]).lowest, [1, 3, 4, 1]
        )

    def test_zero_and_minus_zero_are_tied(self) -> None:
        np.testing.assert_array_equal(tie_ranks([0.0, -0.0]).highest, [2, 2])

    @pytest.mark.parametrize("score", [[], [NAN, NAN]])
    def test_nothing_to_rank(self, score: list[float]) -> None:
        ranks = tie_ranks(score)
        assert ranks.number == 0
        assert ranks.lowest.shape == (len(score),)
        assert np.isnan(ranks.lowest).all()
        assert np.isnan(ranks.average).all()

    def test_whole_numbers_and_truth_values_are_scores(self) -> None:
        np.testing.assert_array_equal(tie_ranks([3, 1, 2]).lowest, [1, 3, 2])
        np.testing.assert_array_equal(tie_ranks(np.array([0, 7], np.uint8)).lowest, [2, 1])
        np.testing.assert_array_equal(tie_ranks([True, False]).lowest, [1, 2])

    def test_single_precision_ties_what_single_precision_cannot_tell_apart(self) -> None:
        score = np.array([1.0, 1.0 + 1e-12])
        np.testing.assert_array_equal(tie_ranks(score).lowest, [2, 1])
        ranks = tie_ranks(score.astype(np.float32))
        np.testing.assert_array_equal(ranks.average, [1.5, 1.5])
        assert ranks.lowest.dtype == np.float64

    @pytest.mark.parametrize("score", [[[1.0, 2.0]], ["a", "b"], [1 + 2j]])
    def test_refuses_what_is_not_one_row_of_numbers(self, score: object) -> None:
        with pytest.raises(ValueError, match="score must"):
            tie_ranks(score)  # type: ignore[arg-type]


class TestRankAreas:
    def test_conventions_for_ties(self) -> None:
        score = [0.1, 0.9, 0.9, 0.2]
        np.testing.assert_array_equal(rank_areas(score), [4, 1, 1, 3])
        np.testing.assert_array_equal(rank_areas(score, "average"), [4, 1.5, 1.5, 3])
        np.testing.assert_array_equal(rank_areas(score, "maximum"), [4, 2, 2, 3])

    def test_refuses_an_unknown_convention(self) -> None:
        with pytest.raises(ValueError, match="ties must be one of 'minimum'"):
            rank_areas([1.0], "first")  # type: ignore[arg-type]


class TestRankFraction:
    def test_english_fraction_runs_from_one_down_to_one_over_n(self) -> None:
        np.testing.assert_array_equal(rank_fraction([1, 2, 3, 4], 4), [4 / 4, 3 / 4, 2 / 4, 1 / 4])

    def test_scottish_fraction_ends_at_zero(self) -> None:
        np.testing.assert_array_equal(
            rank_fraction([1, 2, 3, 4], 4, formula="(N-rank)/N"), [3 / 4, 2 / 4, 1 / 4, 0]
        )

    def test_stated_total_divides(self) -> None:
        # 33,754 areas ranked, 33,755 stated: (33754 − 1 + 1)/33755 and (33754 − 33754 + 1)/33755
        np.testing.assert_array_equal(
            rank_fraction([1, 33754], 33754, total=33755), [33754 / 33755, 1 / 33755]
        )

    def test_half_ranks_and_missing_ranks(self) -> None:
        np.testing.assert_array_equal(rank_fraction([1.5, NAN], 2), [0.75, NAN])

    def test_single_precision_is_kept(self) -> None:
        fraction = rank_fraction(np.array([2, 3], np.float32), 3)
        assert fraction.dtype == np.float32
        np.testing.assert_array_equal(fraction, np.array([2 / 3, 1 / 3], np.float32))

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="not between 1 and 3 in 1 of 2 places, first at pos"):
            rank_fraction([1, 4], 3)
        with pytest.raises(ValueError, match="not between 1 and 3"):
            rank_fraction([0.5], 3)
        with pytest.raises(ValueError, match=r"total \(2\) must not be smaller"):
            rank_fraction([1], 3, total=2)
        with pytest.raises(ValueError, match="At least one area"):
            rank_fraction([], 0)
        with pytest.raises(ValueError, match="formula must be one of"):
            rank_fraction([1], 1, formula="rank/N")  # type: ignore[arg-type]


class TestDeciles:
    def test_twelve_areas_in_ten_groups(self) -> None:
        rank = np.arange(1, 13)
        # 10·rank/12 = 0.83 1.67 2.5 3.33 4.17 5 5.83 6.67 7.5 8.33 9.17 10, rounded up
        np.testing.assert_array_equal(deciles(rank, 12), [1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 10, 10])
        # 10·(rank − 1)/12 = 0 0.83 1.67 2.5 3.33 4.17 5 5.83 6.67 7.5 8.33 9.17, down, + 1
        np.testing.assert_array_equal(
            deciles(rank, 12, "floor(10*(rank-1)/N)+1"), [1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9, 10]
        )

    def test_english_deciles_have_3375_and_3376_areas_in_turn(self) -> None:
        sizes = np.bincount(deciles(np.arange(1, 33756), 33755).astype(int))[1:]
        np.testing.assert_array_equal(sizes, [3375, 3376] * 5)

    def test_welsh_deciles_have_191_areas_and_a_last_of_190(self) -> None:
        groups = deciles(np.arange(1, 1910), 1909, "floor(10*(rank-1)/N)+1")
        np.testing.assert_array_equal(np.bincount(groups.astype(int))[1:], [191] * 9 + [190])

    def test_half_ranks_on_the_border_are_not_rounded(self) -> None:
        # 10 · 3375.5/33755 is exactly 1: rank 3375.5 is the last half rank of the first decile.
        np.testing.assert_array_equal(deciles([3375.5, 3376], 33755), [1, 2])
        # (N = 30): 10 · 2.5/30 = 0.83 and 10 · 3.5/30 = 1.17
        np.testing.assert_array_equal(deciles([2.5, 3, 3.5], 30), [1, 1, 2])

    def test_a_float_that_would_round_the_wrong_way(self) -> None:
        # 0.7 · 10 is 7, but 10 · (7/10) in floating point can be 7.000000000000001
        for number in range(1, 400):
            rank = np.arange(1, number + 1)
            exact = [-(-10 * int(place) // number) for place in rank]
            np.testing.assert_array_equal(deciles(rank, number), exact)

    def test_other_numbers_of_groups_and_missing_ranks(self) -> None:
        np.testing.assert_array_equal(deciles([1, 2, 3, 4, NAN], 4, groups=2), [1, 1, 2, 2, NAN])

    def test_refusals(self) -> None:
        with pytest.raises(ValueError, match="neither a whole number nor a half"):
            deciles([1.25], 2)
        with pytest.raises(ValueError, match="not between 1 and 2"):
            deciles([3], 2)
        with pytest.raises(ValueError, match="groups must be at least 1"):
            deciles([1], 2, groups=0)
        with pytest.raises(ValueError, match="rule must be one of"):
            deciles([1], 2, rule="ntile")  # type: ignore[arg-type]
