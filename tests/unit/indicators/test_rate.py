"""Rates: several years, what is taken off the denominator, residents who are not covered."""

from __future__ import annotations

import numpy as np
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain, thresholds
from hyperlocal.analysis.uncertainty.counts import counts_of
from hyperlocal.methods import shrink_proportions
from hyperlocal.methods.rates import average_rate, coverage_scale
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: people}, within: {ltla23: {input: people, column: of}}}
inputs: {people: {file: people.csv, geography: lsoa11, code: code}}
defaults: {input: people, high_value: more_need}
index:
  indicators:
    ill: {RATE}
"""
PEOPLE = """\
code,of,ill_16,ill_17,people_16,people_17,prisoners,prisoners_17,away
E01000001,A,1,4,10,20,0,0,0
E01000002,A,6,2,30,20,5,10,4
E01000003,A,9,8,60,40,10,0,20
"""


def told(results, area: str) -> str:
    """Return the explanation of an area as text."""
    return "\n".join(as_text(explain(results, area)))


@pytest.fixture
def index(tmp_path, index_folder):
    return index_folder(tmp_path, {"index.yaml": DEFINITION, "people.csv": PEOPLE})


def values(index, rate: str):
    """Build the index with a rate; return its results, and its values."""
    index.change("index.yaml", "RATE", rate)
    results = index.build()
    found = results.areas["ill_value"].to_numpy()
    again = Replay.of(results).base["ill"].columns
    for name in ("value", "shrunk"):
        if name in again:
            np.testing.assert_array_equal(again[name], results.areas[f"ill_{name}"].to_numpy())
    return results, found


def test_pooled_years_divide_their_sums(index):
    """By hand: (1 + 4)/(10 + 20), (6 + 2)/(30 + 20), (9 + 8)/(60 + 40)."""
    _, found = values(
        index, "numerator: [ill_16, ill_17], denominator: [people_16, people_17], per: 100"
    )
    np.testing.assert_allclose(found, [500 / 30, 16, 17], rtol=1e-15)


def test_averaged_years_count_alike(index):
    """By hand: (1/10 + 4/20)/2, (6/30 + 2/20)/2, (9/60 + 8/40)/2."""
    results, found = values(
        index,
        "numerator: [ill_16, ill_17], denominator: [people_16, people_17], years: averaged, "
        "per: 100",
    )
    np.testing.assert_allclose(found, [15, 15, 17.5], rtol=1e-15)
    assert results.areas["ill_numerator_2"].to_list() == [4, 2, 8]
    assert results.areas["ill_denominator_1"].to_list() == [10, 30, 60]
    text = told(results, "E01000003")
    assert "(9 / 60 + 8 / 40) / 2 x 100" in text
    described = {field["name"]: field.get("description") for field in fields(results)}
    assert "year 2" in described["ill_numerator_2"]


def fields(results: hyperlocal.Results):
    import json

    package = json.loads((results.folder / "datapackage.json").read_text())
    return package["resources"][0]["schema"]["fields"]


def test_a_year_without_people_does_not_hide_that_another_year_is_missing(index):
    """The count of the other year is not known: nothing is there to shrink, as of any missing."""
    index.change("people.csv", "E01000002,A,6,2,30,20", "E01000002,A,0,,0,20")
    results, found = values(
        index,
        "numerator: [ill_16, ill_17], denominator: [people_16, people_17], years: averaged, "
        "shrink_to: ltla23, zero_denominator: larger_area, missing_values: unscored",
    )
    assert np.isnan(found[1])
    assert results.areas["ill_shrunk"].to_list()[1] is None
    assert results.provenance["missing_values"] == {"ill": {"areas": 1, "policy": "unscored"}}


def test_who_is_not_covered_is_set_against_the_mean_of_the_years(index):
    """By hand for the third area: 20 of (60 + 40)/2 residents are not covered."""
    _, found = values(
        index,
        "numerator: [ill_16, ill_17], denominator: [people_16, people_17], years: averaged, "
        "not_covered: away",
    )
    np.testing.assert_allclose(found[2], 0.175 * 50 / 30, rtol=1e-15)


def test_all_of_them_may_come_to_a_last_digit_more(index):
    index.change("people.csv", "E01000001,A,1,4,10,", "E01000001,A,10.000000000000002,4,10,")
    _, found = values(index, "numerator: ill_16, denominator: people_16, per: 100")
    assert found[0] == 100


def test_averaged_years_over_one_denominator(index):
    """By hand: (1 + 4)/2/10, (6 + 2)/2/30, (9 + 8)/2/60."""
    _, found = values(index, "numerator: [ill_16, ill_17], denominator: people_16, years: averaged")
    np.testing.assert_allclose(found, [0.25, 4 / 30, 8.5 / 60], rtol=1e-15)


def test_a_numerator_of_two_years_over_a_denominator_of_one(index):
    """By hand: 5/(2 x 10), 8/(2 x 30), 17/(2 x 60)."""
    results, found = values(
        index, "numerator: [ill_16, ill_17], denominator: people_16, numerator_years: 2"
    )
    np.testing.assert_allclose(found, [5 / 20, 8 / 60, 17 / 120], rtol=1e-15)
    assert results.areas["ill_numerator"].to_list() == [5, 8, 17]
    assert "17 / 60 / 2 years" in told(results, "E01000003")


def test_prisoners_are_taken_off_the_denominator(index):
    """By hand: 1/10, 6/(30 - 5), 9/(60 - 10); the denominator itself stays as it was read."""
    results, found = values(
        index, "numerator: ill_16, denominator: people_16, denominator_less: prisoners, per: 100"
    )
    np.testing.assert_allclose(found, [10, 24, 18], rtol=1e-15)
    assert results.areas["ill_denominator"].to_list() == [10, 30, 60]
    assert results.areas["ill_denominator_less"].to_list() == [0, 5, 10]
    assert "9 / (60 - 10) x 100" in told(results, "E01000003")


def test_prisoners_of_each_year_are_taken_off_its_denominator(index):
    """By hand for the second area: (6/(30 - 5) + 2/(20 - 10))/2."""
    _, found = values(
        index,
        "numerator: [ill_16, ill_17], denominator: [people_16, people_17], years: averaged, "
        "denominator_less: [prisoners, prisoners_17]",
    )
    np.testing.assert_allclose(found[1], (6 / 25 + 2 / 10) / 2, rtol=1e-15)


def test_areas_with_many_who_are_not_covered_are_scaled_up(index):
    """By hand: 9/(60 - 10) x 50/(50 - 20) = 0.3; the 4 of the second area are not more than 4."""
    results, found = values(
        index,
        "numerator: ill_16, denominator: people_16, denominator_less: prisoners, "
        "not_covered: away, scale_where_above: 4, per: 100",
    )
    np.testing.assert_allclose(found, [10, 24, 30], rtol=1e-15)
    assert results.areas["ill_scaled_by"].to_list() == [1, 1, 50 / 30]
    assert results.areas["ill_numerator"].to_list() == [1, 6, 9]
    text = told(results, "E01000003")
    assert "9 / (60 - 10) x 1.666666667 x 100" in text
    assert results.definition.by_id["ill"].written.scale_where_above == 4


def test_what_is_shrunk_are_the_counts_among_those_covered(index):
    """Shrunk as 9 of the 30 who are covered, and so on: checked by the method itself."""
    results, _ = values(
        index,
        "numerator: ill_16, denominator: people_16, denominator_less: prisoners, "
        "not_covered: away, scale_where_above: 4, per: 100, shrink_to: ltla23",
    )
    expected = shrink_proportions([1, 6, 9], [10, 25, 30], ["A", "A", "A"]).shrunk
    np.testing.assert_allclose(results.areas["ill_shrunk"], 100 * expected, rtol=1e-14)
    assert "shrunk value" in told(results, "E01000003")
    replay = Replay.of(results)
    drawn = counts_of(replay, replay.definition.by_id["ill"]).columns(np.random.default_rng(1))
    assert (drawn["numerator"] <= [10, 25, 30]).all()
    assert thresholds(results, "E01000003").tables


def test_an_average_of_years_is_drawn_as_a_value(index):
    results, _ = values(
        index,
        "numerator: [ill_16, ill_17], denominator: [people_16, people_17], years: averaged, "
        "shrink_to: ltla23",
    )
    replay = Replay.of(results)
    counted = counts_of(replay, replay.definition.by_id["ill"])
    assert not counted.has_count
    assert (counted.value(np.random.default_rng(1)) > 0).all()


def test_the_whole_denominator_may_be_counted(index):
    """All of those who are left: a proportion of 1, shared out or not."""
    index.change("people.csv", "E01000002,A,6", "E01000002,A,25")
    _, found = values(
        index, "numerator: ill_16, denominator: people_16, denominator_less: prisoners"
    )
    assert found[1] == 1


def test_single_precision_stays(index):
    index.change("index.yaml", "defaults:", "conventions: {arithmetic: single}\ndefaults:")
    results, _ = values(
        index,
        "numerator: ill_16, denominator: people_16, denominator_less: prisoners, "
        "not_covered: away, numerator_years: 2",
    )
    assert str(results.areas["ill_value"].dtype) == "Float32"
    assert str(results.areas["ill_scaled_by"].dtype) == "Float32"


@pytest.mark.parametrize("scheme", ["pooled", "averaged"])
def test_years_that_are_alike_give_the_same_however_they_are_put_together(index, scheme):
    _, found = values(
        index, f"numerator: [ill_16, ill_16], denominator: [people_16, people_16], years: {scheme}"
    )
    np.testing.assert_allclose(found, [1 / 10, 6 / 30, 9 / 60], rtol=1e-15)


def test_a_year_without_anybody_has_no_average():
    assert np.isnan(average_rate([[1.0], [0.0]], [[10.0], [0.0]])[0])
    with pytest.raises(ValueError, match="differ in shape"):
        average_rate([[1.0]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="negative"):
        average_rate([[1.0]], [[-1.0]])


def test_nobody_covered_has_no_scale():
    assert np.isnan(coverage_scale([10, np.nan, 10], [10, 5, np.nan])).all()
    with pytest.raises(ValueError, match="negative"):
        coverage_scale([10], [-1])
    with pytest.raises(ValueError, match="2 areas"):
        coverage_scale([10, 20], [1])
