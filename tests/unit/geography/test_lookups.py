"""Correspondences from lookups, from published changes and from postcodes, worked by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError
from hyperlocal.geography import (
    AreaWeights,
    Lookup,
    best_fit,
    changes,
    clean_postcodes,
    count_records,
    dwellings,
    nested,
    weighted,
)

OA, LSOA, MSOA = (Geography(kind, 2021) for kind in ("oa", "lsoa", "msoa"))
LSOA11 = Geography("lsoa", 2011)
POSTCODE = Geography("postcode", 2024)


def test_nested_sorts_codes_whatever_the_order_of_the_rows():
    table = nested(Lookup(["c", "a", "b"], ["B", "A", "B"], file="l.csv", sha256="12"), OA, LSOA)
    assert table.source_codes.to_list() == ["a", "b", "c"]
    assert table.target_codes.to_list() == ["A", "B"]
    assert table.to_frame().rows() == [("a", "A", 1.0), ("b", "B", 1.0), ("c", "B", 1.0)]
    assert (table.kind, table.weighted_by, table.made_of) == ("nested", "", {"l.csv": "12"})


def test_best_fit_is_nested_by_another_name():
    assert best_fit(Lookup(["a"], ["A"]), OA, LSOA).kind == "best_fit"


def test_whole_numbers_may_be_codes():
    table = nested(Lookup(pl.Series([20, 3]), pl.Series([1, 1])), OA, LSOA)
    assert table.source_codes.to_list() == ["20", "3"]


def test_weighted_is_scaled_within_the_tolerance_of_rounding():
    lookup = Lookup(["a"] * 3, ["A", "B", "C"], [0.3333333] * 3)
    shares = weighted(lookup, OA, LSOA).shares.toarray()
    np.testing.assert_allclose(shares, np.full((1, 3), 1 / 3), rtol=1e-15)


def test_weighted_leaves_pairs_without_weight_out():
    table = weighted(Lookup(["a", "a"], ["A", "B"], [1, 0]), OA, LSOA)
    assert table.to_frame().rows() == [("a", "A", 1.0)]
    assert table.unreached_codes.to_list() == ["B"]
    assert table.weighted_by == ""


# U: a; S: b into e and f; M: c and d into g; X: h into i and j, k into j.
ROWS = [
    ("a", "a", "U"),
    ("b", "e", "S"),
    ("b", "f", "S"),
    ("c", "g", "M"),
    ("d", "g", "M"),
    ("h", "i", "X"),
    ("h", "j", "X"),
    ("k", "j", "X"),
]
PEOPLE = AreaWeights(["a", "e", "f", "g", "i", "j"], [9, 30, 90, 200, 10, 40], "residents")


def changed() -> object:
    old, new, change = zip(*ROWS, strict=True)
    return changes(Lookup(old, new), change, LSOA11, LSOA, PEOPLE)


def test_changes_by_hand():
    table = changed()
    assert table.to_frame().rows() == [
        ("a", "a", 1.0),
        ("b", "e", 0.25),
        ("b", "f", 0.75),
        ("c", "g", 1.0),
        ("d", "g", 1.0),
        ("h", "i", 0.2),
        ("h", "j", 0.8),
        ("k", "j", 1.0),
    ]
    assert (table.kind, table.weighted_by) == ("changes", "residents")
    assert not table.unplaced.any()


def test_changes_backwards_by_hand():
    # Old residents: a 10, b 100, c 50, d 150, h 60, k 12.
    back = changed().reversed([10, 100, 50, 150, 60, 12], "old residents")
    assert back.kind == "reversed"
    pairs = {(source, target): share for source, target, share in back.to_frame().iter_rows()}
    assert pairs == {
        ("a", "a"): 1.0,
        ("e", "b"): 1.0,  # a split area is the sum of its parts
        ("f", "b"): 1.0,
        ("g", "c"): 0.25,  # a merged area is shared out
        ("g", "d"): 0.75,
        ("i", "h"): 1.0,
        ("j", "h"): 0.8,  # 0.8 of 60 are 48, and 12
        ("j", "k"): 0.2,
    }


def test_changes_among_areas_without_people_are_unplaced():
    empty = AreaWeights(["e", "f"], [0, 0], "residents")
    table = changes(Lookup(["b", "b"], ["e", "f"]), ["S", "S"], LSOA11, LSOA, empty)
    assert table.unplaced_areas().rows() == [("b", 1.0)]


def test_unchanged_areas_need_no_weights():
    none = AreaWeights(["x"], [1])
    assert not changes(Lookup(["a"], ["a"]), ["U"], LSOA11, LSOA, none).unplaced.any()


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("SW1A 1AA", "SW1A 1AA"),
        ("sw1a1aa", "SW1A 1AA"),
        (" M1  1AE ", "M1 1AE"),
        ("AB10\u00a01AB", "AB10 1AB"),
        ("B338TH", "B33 8TH"),
        ("w1a 0ax", "W1A 0AX"),
        ("EC1 A1BB", "EC1A 1BB"),
        ("GIR 0AA", "GIR 0AA"),
        ("DN551PT", "DN55 1PT"),
        ("SW1A 1A", None),
        ("SW1A 1CA", None),  # C, I, K, M, O and V do not stand in the last two places
        ("1AA SW1A", None),
        ("E01000001", None),
        ("", None),
        (None, None),
    ],
)
def test_spelling_of_postcodes(given, clean):
    assert clean_postcodes(pl.Series([given], dtype=pl.String)).to_list() == [clean]


BY_DWELLINGS = Lookup(
    ["CF10 1AA", "CF10 1AA", "CF101AB", "CF10 1AD"], ["W1", "W2", "W2", "W1"], [30, 10, 7, 0]
)
NEAREST = Lookup(["cf10 1aa", "CF10 1AD", "CF10 1AE"], ["W2", "W3", "W3"])


def test_dwellings_with_a_fall_back():
    table = dwellings(BY_DWELLINGS, NEAREST, POSTCODE, LSOA)
    assert table.to_frame().rows() == [
        ("CF10 1AA", "W1", 0.75),
        ("CF10 1AA", "W2", 0.25),
        ("CF10 1AB", "W2", 1.0),
        ("CF10 1AD", "W3", 1.0),  # it has no dwellings
        ("CF10 1AE", "W3", 1.0),
    ]
    assert table.fell_back.to_list() == ["CF10 1AD", "CF10 1AE"]
    assert table.kind == "dwellings"


def test_dwellings_without_a_fall_back():
    table = dwellings(BY_DWELLINGS, None, POSTCODE, LSOA)
    assert table.unplaced_areas().rows() == [("CF10 1AD", 1.0)]
    assert len(table.fell_back) == 0


def test_records_by_postcode():
    table = dwellings(BY_DWELLINGS, NEAREST, POSTCODE, LSOA)
    pupils = pl.Series(
        ["cf101aa", "CF10 1AB", " CF10 1AE", "CF10 9ZZ", "CF10 8ZZ", "home", None, "CF10 1AA"]
    )
    found = count_records(pupils, table, terminated=pl.Series(["CF109ZZ", "CF10 1AB"]))
    assert found.tally == {
        "used": 3,
        "fell back": 1,
        "terminated": 1,
        "unknown": 1,
        "invalid": 2,
    }
    np.testing.assert_array_equal(found.counts, [1.5, 1.5, 1])
    assert found.outcomes.to_list()[2:6] == ["fell back", "terminated", "unknown", "invalid"]
    assert [(left.reason, left.number, left.first) for left in found.left_out] == [
        ("records with a terminated postcode", 1, ("CF10 9ZZ",)),
        ("records with an unknown postcode", 1, ("CF10 8ZZ",)),
        ("records with an invalid postcode", 2, ("home", "")),
    ]


def test_records_with_values():
    table = dwellings(BY_DWELLINGS, NEAREST, POSTCODE, LSOA)
    found = count_records(pl.Series(["CF10 1AA", "CF10 8ZZ"]), table, values=[8, 5])
    np.testing.assert_array_equal(found.counts, [6, 2, 0])
    assert found.left_out[0].weight == 5
    with pytest.raises(GeographyError, match="not one known value for each record"):
        count_records(pl.Series(["CF10 1AA"]), table, values=[np.nan])


def test_record_counts_survive_saving(tmp_path):
    table = dwellings(BY_DWELLINGS, NEAREST, POSTCODE, LSOA)
    table.save(tmp_path / "postcodes.parquet")
    again = type(table).load(tmp_path / "postcodes.parquet")
    pupils = pl.Series(["CF10 1AA", "CF10 1AE"])
    assert count_records(pupils, again).tally == count_records(pupils, table).tally
