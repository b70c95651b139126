"""Tables of shares: what they refuse, and what they do to counts, means and parents' values."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy import sparse

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError
from hyperlocal.geography import Correspondence, LeftOut, Lookup, nested, weighted

NAN = np.nan
OLD, NEW, LARGE = Geography("lsoa", 2011), Geography("lsoa", 2021), Geography("ltla", 2023)


def codes(*names: str) -> pl.Series:
    return pl.Series("code", names, dtype=pl.String)


def made(shares: list[list[float]], kind: str = "weighted", **others: object) -> Correspondence:
    rows, columns = np.shape(shares)
    return Correspondence(
        OLD,
        NEW,
        codes(*(f"s{i}" for i in range(rows))),
        codes(*(f"t{i}" for i in range(columns))),
        sparse.csr_array(np.array(shares, float)),
        kind,
        **others,
    )


# By hand: s0 lies in t0 (1/4) and t1 (3/4); s1 wholly in t1; of s2 half lies in t1, half nowhere;
# s3 lies nowhere; no source lies in t2.
EXAMPLE = [[0.25, 0.75, 0], [0, 1, 0], [0, 0.5, 0], [0, 0, 0]]


def test_counts_are_shared_out():
    table = made(EXAMPLE)
    np.testing.assert_array_equal(table.count([8, 3, 4, 100]), [2, 6 + 3 + 2, NAN])
    np.testing.assert_array_equal(table.unplaced, [0, 0, 0.5, 1])
    assert table.unplaced_areas().rows() == [("s2", 0.5), ("s3", 1.0)]
    assert table.unreached_codes.to_list() == ["t2"]


def test_rows_of_counts_are_shared_out_column_by_column():
    table = made(EXAMPLE)
    counts = np.array([[8, 80], [3, 30], [4, 40], [100, NAN]])
    np.testing.assert_array_equal(table.count(counts), [[2, 20], [11, 110], [NAN, NAN]])


def test_missing_count_is_missing_in_every_target_that_it_reaches():
    table = made(EXAMPLE)
    np.testing.assert_array_equal(table.count([8, NAN, 4, 1]), [2, NAN, NAN])
    np.testing.assert_array_equal(table.count([NAN, 3, 4, 1]), [NAN, NAN, NAN])
    np.testing.assert_array_equal(table.count([8, 3, 4, NAN]), [2, 11, NAN])


def test_means_are_weighed_by_share_times_denominator():
    table = made(EXAMPLE)
    found = table.mean([10, 20, 60, 99], [40, 10, 20, 5])
    np.testing.assert_allclose(found, [10, (10 * 30 + 20 * 10 + 60 * 10) / 50, NAN], rtol=1e-15)


def test_mean_of_what_is_known():
    table = made(EXAMPLE)
    values, weights = [10, 20, NAN, 99], [40, 10, 20, 5]
    np.testing.assert_array_equal(table.mean(values, weights), [10, NAN, NAN])
    np.testing.assert_array_equal(table.mean(values, weights, least_known=0.81), [10, NAN, NAN])
    found = table.mean(values, weights, least_known=0.8)  # 40 of 50 in t1 are known
    np.testing.assert_allclose(found, [10, (10 * 30 + 20 * 10) / 40, NAN], rtol=1e-15)


def test_unknown_source_without_weight_does_not_matter():
    found = made(EXAMPLE).mean([10, 20, NAN, 99], [40, 10, 0, 5])
    np.testing.assert_allclose(found[:2], [10, 12.5])


def test_unknown_weight_makes_the_mean_unknown():
    found = made(EXAMPLE).mean([10, 20, 60, 99], [40, NAN, 20, NAN], least_known=0.1)
    np.testing.assert_array_equal(found, [10, NAN, NAN])


def test_mean_without_any_weight_is_that_of_sources_that_agree():
    table = made(EXAMPLE)
    no_weight = [0, 0, 0, 0]
    np.testing.assert_array_equal(table.mean([7, 7, 7, 1], no_weight), [7, 7, NAN])
    np.testing.assert_array_equal(table.mean([7, 7, 8, 1], no_weight), [7, NAN, NAN])
    np.testing.assert_array_equal(table.mean([7, 7, NAN, 1], no_weight), [7, NAN, NAN])


def test_mean_of_an_unchanged_area_is_untouched_to_the_last_bit():
    value, weight = 0.1, 3.0
    assert weight * value / weight != value  # what the formula alone would give
    assert made([[1.0]]).mean([value], [weight])[0] == value


def test_values_of_parents_are_copied():
    districts = nested(Lookup(["a", "b", "c"], ["A", "A", "B"]), NEW, LARGE)
    inside = districts.reversed([10, 30, 5], "residents")
    assert inside.one_source
    assert not districts.one_source
    np.testing.assert_array_equal(inside.copy([0.5, 0.75]), [0.5, 0.5, 0.75])
    np.testing.assert_array_equal(inside.copy([[1, 2], [3, 4]]), [[1, 2], [1, 2], [3, 4]])
    np.testing.assert_array_equal(inside.count([8, 5]), [2, 6, 5])
    with pytest.raises(GeographyError, match="1 area lies in more than one source area"):
        districts.copy([1, 2, 3])


def test_copy_leaves_what_is_not_reached_missing():
    np.testing.assert_array_equal(made([[1, 0]]).copy([4]), [4, NAN])


def test_reversed_by_hand():
    table = made([[0.25, 0.75], [0, 1]])
    back = table.reversed([40, 10], "people")
    np.testing.assert_allclose(back.shares.toarray(), [[1, 0], [0.75, 0.25]], rtol=1e-15)
    assert (back.source, back.target, back.kind, back.weighted_by) == (
        NEW,
        OLD,
        "reversed",
        "people",
    )
    equal = table.reversed()
    np.testing.assert_allclose(equal.shares.toarray(), [[1, 0], [3 / 7, 4 / 7]], rtol=1e-15)
    assert equal.weighted_by == "equal weights of lsoa11"


def test_reversed_without_weight():
    back = made([[1, 0, 0], [0, 1, 0], [0, 1, 0]]).reversed([0, 0, 0])
    # t0 has one source and lies in it; t1 cannot be shared out; no source lies in t2.
    np.testing.assert_array_equal(back.shares.toarray(), [[1, 0, 0], [0, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(back.unplaced, [0, 1, 1])


def test_reversed_needs_a_weight_only_where_it_shares():
    table = made([[1, 0], [0, 1], [0, 1]])
    np.testing.assert_array_equal(
        table.reversed([NAN, 1, 3]).shares.toarray(), [[1, 0, 0], [0, 0.25, 0.75]]
    )
    with pytest.raises(GeographyError, match="weight is missing in s2"):
        table.reversed([1, 1, NAN])


def test_then_by_hand():
    first = made([[0.25, 0.75], [0, 0.5]])
    second = weighted(Lookup(["t0", "t1", "t1"], ["A", "A", "B"], [1, 0.5, 0.5]), NEW, LARGE)
    both = first.then(second)
    np.testing.assert_allclose(both.shares.toarray(), [[0.625, 0.375], [0.25, 0.25]], rtol=1e-15)
    assert (both.source, both.target, both.kind) == (OLD, LARGE, "composed")
    assert both.weighted_by == "stated weights"


def test_then_leaves_what_the_other_does_not_know_unplaced():
    first = made([[0.25, 0.75], [0, 1]])
    known = nested(Lookup(["t0", "t9"], ["A", "A"]), NEW, LARGE)
    np.testing.assert_array_equal(first.then(known).unplaced, [0.75, 1])


def test_kinds_of_chains():
    oa, lsoa, ward = (Geography(kind, 2021) for kind in ("oa", "lsoa", "ward"))
    up = nested(Lookup(["a"], ["A"]), oa, lsoa)
    fit = Correspondence(
        lsoa, ward, codes("A"), codes("w"), sparse.csr_array(np.ones((1, 1))), "best_fit"
    )
    assert up.then(fit).kind == "best_fit"
    assert up.then(up.reversed()).kind == "composed"


def test_unplaced_is_exactly_zero_in_spite_of_rounding():
    thirds = [1 - 0.1 - 0.2 - 0.3 - 0.3, 0.1, 0.2, 0.3, 0.3]
    table = made([thirds])
    assert table.unplaced.tolist() == [0.0]


def test_saved_and_loaded(tmp_path):
    table = made(
        EXAMPLE,
        weighted_by="dwellings",
        made_of={"a.csv": "ab12"},
        left_out=(LeftOut("points outside lsoa11", 3, 4.5, ("p", "q", "r")),),
        fell_back=codes("s1"),
    )
    file = tmp_path / "new" / "table.parquet"
    table.save(file)
    again = Correspondence.load(file)
    for name in ("source", "target", "kind", "weighted_by", "made_of", "left_out"):
        assert getattr(again, name) == getattr(table, name)
    for name in ("source_codes", "target_codes", "fell_back"):
        assert getattr(again, name).equals(getattr(table, name))
    np.testing.assert_array_equal(again.shares.toarray(), table.shares.toarray())
    assert [path.name for path in file.parent.iterdir()] == ["table.parquet"]


def test_saved_file_is_a_table_that_anyone_can_read(tmp_path):
    made(EXAMPLE).save(tmp_path / "table.parquet")
    assert pl.read_parquet(tmp_path / "table.parquet").rows() == [
        ("s0", "t0", 0.25, False),
        ("s0", "t1", 0.75, False),
        ("s1", "t1", 1.0, False),
        ("s2", "t1", 0.5, False),
        ("s3", None, None, False),
        (None, "t2", None, False),
    ]


def test_saving_twice_gives_the_same_file(tmp_path):
    made(EXAMPLE).save(tmp_path / "one.parquet")
    made(EXAMPLE).save(tmp_path / "two.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


def test_frame_has_the_shares():
    assert made([[0.25, 0.75]]).to_frame().rows() == [("s0", "t0", 0.25), ("s0", "t1", 0.75)]


def test_refuse_unplaced():
    table = made(EXAMPLE)
    table.refuse_unplaced(0.375)  # (0.5 + 1) of 4 areas
    with pytest.raises(GeographyError, match=r"37\.500% of lsoa11 .* s2 \(0\.5\), s3 \(1\)"):
        table.refuse_unplaced(0.37)
    table.refuse_unplaced(0.01, weights=[98, 0, 2, 0])
    with pytest.raises(GeographyError, match=r"1\.000%"):
        table.refuse_unplaced(0.0099, weights=[98, 0, 2, 0])


@pytest.mark.parametrize(
    ("shares", "kind", "message"),
    [
        ([[0.5, 0.6]], "weighted", "add up to more than 1 in s0"),
        ([[-0.5, 0.6]], "weighted", "not above 0 and at most 1 in s0"),
        ([[1.5, 0]], "weighted", "not above 0 and at most 1 in s0"),
        ([[NAN, 0]], "weighted", "not above 0 and at most 1 in s0"),
        ([[0.5, 0.5]], "nested", "shared between several"),
        ([[0.5, 0]], "best_fit", "shared between several"),
        ([[1]], "guessed", "'guessed' is no kind of correspondence"),
    ],
)
def test_shares_that_cannot_be_right(shares, kind, message):
    with pytest.raises(GeographyError, match=message):
        made(shares, kind)


@pytest.mark.parametrize(
    ("sources", "message"),
    [
        (codes("b", "a"), "the source codes are not sorted"),
        (codes("a", "a"), "source codes occur twice: a"),
        (pl.Series(["a", None]), "a source code is missing"),
        (pl.Series([1, 2]), "a source code is missing or no text"),
        (codes("a"), "1 source and 1 target codes, and shares for 2 and 1"),
    ],
)
def test_codes_that_cannot_be_right(sources, message):
    shares = sparse.csr_array(np.ones((2, 1)))
    with pytest.raises(GeographyError, match=message):
        Correspondence(OLD, NEW, sources, codes("t"), shares, "weighted")


def test_shares_in_another_form():
    with pytest.raises(GeographyError, match="the shares are csc of int64"):
        Correspondence(
            OLD, NEW, codes("s"), codes("t"), sparse.csc_array(np.ones((1, 1), np.int64)), "nested"
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda t: t.count([1, 2]), "there are 4 areas and not as many counts, but 2"),
        (lambda t: t.count([1, 2, np.inf, 4]), "counts are infinite in s2"),
        (lambda t: t.mean([1, 2, 3, 4], [1, 1, -1, 1]), "weights are negative in s2"),
        (lambda t: t.mean([1, 2, 3, 4], [1] * 4, least_known=0), "least_known is 0"),
        (lambda t: t.mean([[1], [2], [3], [4]], [1] * 4), "more than one value per area"),
        (lambda t: t.mean([1, 2, 3, 4], [[1], [2], [3], [4]]), "more than one weight per area"),
        (lambda t: t.reversed([1, np.inf, 1, 1]), "weights are infinite in s1"),
    ],
)
def test_numbers_that_cannot_be_right(call, message):
    with pytest.raises(GeographyError, match=message):
        call(made(EXAMPLE))


def test_nothing_at_all():
    empty = made(np.zeros((1, 1)).tolist())
    assert np.isnan(empty.mean([1], [1])).all()
    assert empty.unplaced.tolist() == [1.0]
