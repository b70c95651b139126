"""Standardised ratios and rates, by hand: two sexes, two ages, three areas."""

from __future__ import annotations

import numpy as np
import pytest

from hyperlocal.analysis import as_text, explain, thresholds
from hyperlocal.analysis.uncertainty.counts import counts_of
from hyperlocal.definition.kinds.standardised import ages_of
from hyperlocal.methods import shrink_ratios
from hyperlocal.methods.standardisation import (
    byar_limits,
    standardise_indirectly,
    weighted_limits,
    years_lost,
)
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: people}, within: {ltla23: {input: people, column: of}}}
inputs:
  deaths: {file: deaths.csv, geography: lsoa11, code: code}
  people: {file: people.csv, geography: lsoa11, code: code}
defaults: {high_value: more_need}
index:
  indicators:
    ill:
      kind: standardised
      gives: ratio
      sexes: [F, M]
      ages: [0-1, 2+]
      observed: {input: deaths, column: "{sex}{age}"}
      residents: {input: people, first: "{sex}{from}", last: "{sex}{to}", oldest: 3}
"""
DEATHS = """\
code,F0-1,F2+,M0-1,M2+,all
E01000001,1,4,0,5,10
E01000002,0,10,2,8,20
E01000003,3,6,2,7,18
"""
PEOPLE = """\
code,of,F0,F1,F2,F3,M0,M1,M2,M3,jailed F0-1,jailed F2+,jailed M0-1,jailed M2+,away
E01000001,A,50,50,20,30,40,10,25,25,0,0,0,0,0
E01000002,A,60,40,60,40,50,50,40,60,0,0,0,0,5
E01000003,B,100,100,25,25,25,25,45,45,0,0,0,40,100
"""
JAILED = '      residents_less: {input: people, column: "jailed {sex}{age}"}\n'
# National rates with the prisoners taken off, by hand:
#   F 0-1: 4/400 = 0.01    F 2+: 20/200 = 0.1    M 0-1: 4/200 = 0.02    M 2+: 20/200 = 0.1
EXPECTED = [100 * 0.01 + 50 * 0.1 + 50 * 0.02 + 50 * 0.1, 23, 2 + 5 + 1 + 5]


@pytest.fixture
def index(tmp_path, index_folder):
    texts = {"index.yaml": DEFINITION + JAILED, "deaths.csv": DEATHS, "people.csv": PEOPLE}
    return index_folder(tmp_path, texts)


def more(index, settings: str):
    """Add settings to the indicator and build it; its values are the same when replayed."""
    index.texts["index.yaml"] += "".join(f"      {line}\n" for line in settings.split("; "))
    results = index.build()
    again = Replay.of(results).base["ill"].columns
    for name in again.keys() & {"value", "shrunk"}:
        np.testing.assert_array_equal(again[name], results.areas[f"ill_{name}"].to_numpy())
    return results


def told(results, area: str) -> str:
    return "\n".join(as_text(explain(results, area)))


def test_ratio_of_observed_to_expected(index):
    """Expected by hand: 12, 1 + 10 + 2 + 10 = 23, 2 + 5 + 1 + 5 = 13; observed 10, 20, 18."""
    results = more(index, "per: 100")
    np.testing.assert_allclose(results.areas["ill_expected"], EXPECTED, rtol=1e-15)
    assert results.areas["ill_observed"].to_list() == [10, 20, 18]
    np.testing.assert_allclose(
        results.areas["ill_value"], [1000 / 12, 2000 / 23, 1800 / 13], rtol=1e-14
    )
    gathered = results.provenance["gathered"]["ill"]
    assert gathered["national_ratio"] == pytest.approx(1, abs=1e-12)
    assert gathered["national_rates"] == pytest.approx(
        {"F 0-1": 0.01, "F 2+": 0.1, "M 0-1": 0.02, "M 2+": 0.1}
    )
    assert "events at the rates of all areas together" in told(results, "E01000001")


def test_rate_is_the_ratio_times_the_crude_rate(index):
    """By hand: 48 deaths of 1,000 people, 0.048; the first area has 10/12 x 4.8 per 100."""
    index.change("index.yaml", "gives: ratio", "gives: rate")
    results = more(index, "per: 100; limits: 0.95")
    np.testing.assert_allclose(results.areas["ill_value"][0], 10 / 12 * 4.8, rtol=1e-14)
    assert results.areas["ill_crude_rate"].to_list() == [0.048] * 3
    lower, upper = byar_limits([10.0, 20.0, 18.0])
    per = 4.8 / np.array(EXPECTED)
    np.testing.assert_allclose(results.areas["ill_lower_limit"], lower * per, rtol=1e-14)
    np.testing.assert_allclose(results.areas["ill_upper_limit"], upper * per, rtol=1e-14)
    assert "10 / 12 x 0.048 x 100" in told(results, "E01000001")


def test_several_years_of_events_over_one_of_residents(index):
    index.change("index.yaml", "gives: ratio", "gives: rate")
    results = more(index, "per: 100; observed_years: 10")
    np.testing.assert_allclose(results.areas["ill_value"][0], 10 / 12 * 0.48, rtol=1e-14)


def test_several_tables_are_added_up(index):
    """The same deaths twice, and the same people twice: person-years. Nothing changes."""
    index.change("index.yaml", "gives: ratio", "gives: rate")
    once = more(index, "per: 100").areas["ill_value"].to_list()
    for key in ("observed", "residents", "residents_less"):
        line = next(one for one in index.texts["index.yaml"].splitlines() if f" {key}:" in one)
        part = line.partition(": ")[2]
        index.change("index.yaml", line, f"      {key}: [{part}, {part}]")
    results = index.build()
    assert results.areas["ill_observed"].to_list() == [20, 40, 36]
    np.testing.assert_allclose(results.areas["ill_value"], once, rtol=1e-14)


def test_areas_with_many_who_are_not_covered_are_scaled_up(index):
    """By hand: 390 residents less 40 prisoners in the third area; 18/13 x 350/(350 - 100)."""
    results = more(
        index, "not_covered: {input: people, column: away}; scale_where_above: 5; per: 1"
    )
    assert results.areas["ill_scaled_by"].to_list() == pytest.approx([1, 1, 350 / 250])
    np.testing.assert_allclose(
        results.areas["ill_value"], [10 / 12, 20 / 23, 18 / 13 * 350 / 250], rtol=1e-14
    )
    assert results.provenance["gathered"]["ill"]["areas_scaled_up"] == 1
    assert "18 / 13 x 1.4" in told(results, "E01000003")


def test_stated_national_rates(index):
    """Rates per 1,000, and only the total of deaths by area: 100 x 0.02 + 50 x 0.2 and so on."""
    index.change(
        "index.yaml",
        "index:",
        "lists: {rates: {numbers: {F 0-1: 20, F 2+: 200, M 0-1: 40, M 2+: 200}}}\nindex:",
    )
    index.change("index.yaml", 'input: deaths, column: "{sex}{age}"', "input: deaths, column: all")
    index.change("index.yaml", "gives: ratio", "gives: rate")
    results = more(index, "national_rates: {list: rates, per: 1000, crude: 50}; per: 1000")
    np.testing.assert_allclose(results.areas["ill_expected"], np.multiply(EXPECTED, 2), rtol=1e-14)
    np.testing.assert_allclose(results.areas["ill_value"][0], 10 / 24 * 50, rtol=1e-14)
    assert "of the list rates" in told(results, "E01000001")
    index.texts["index.yaml"] += "      observed_years: 2\n"  # twice as many are expected
    of_two = index.build()
    np.testing.assert_allclose(of_two.areas["ill_expected"], np.multiply(EXPECTED, 4), rtol=1e-14)
    np.testing.assert_allclose(of_two.areas["ill_value"][0], 10 / 48 * 50, rtol=1e-14)
    index.change("index.yaml", "gives: rate", "gives: ratio")
    index.change("index.yaml", ", crude: 50", "")
    np.testing.assert_allclose(index.build().areas["ill_value"][0], 1000 * 10 / 48, rtol=1e-14)


def test_years_of_potential_life_lost(index):
    """Deaths before 4, in the middle of 0-1 (3 years lost) and of 2-3 (1 year lost).

    By hand for the first area: 1 x 3 + 4 + 0 + 5 = 12 years; 100 x 0.03 + 50 x 0.1 + 50 x 0.06 +
    50 x 0.1 = 16 expected. Of the nation: 8 deaths of 3 years and 40 of 1, 64 years of 1,000.
    """
    index.change("index.yaml", "[0-1, 2+]", "[0-1, 2-3]")
    index.change("index.yaml", 'column: "{sex}{age}"', 'column: "{sex}{age}", ages: {2-3: 2+}')
    index.change("index.yaml", 'jailed {sex}{age}"', 'jailed {sex}{age}", ages: {2-3: 2+}')
    index.change("index.yaml", "gives: ratio", "gives: rate")
    results = more(index, "years_lost_before: 4; per: 1000; limits: 0.95; shrink_to: ltla23")
    areas = results.areas
    assert areas["ill_observed"].to_list() == [12, 0 + 10 + 6 + 8, 9 + 6 + 6 + 7]
    assert areas["ill_expected"][0] == pytest.approx(16)
    np.testing.assert_allclose(areas["ill_value"][0], 12 / 16 * 64, rtol=1e-14)
    # by hand: (8 x 9 + 40 x 1) / 64 years to a death
    assert areas["ill_years_per_event"].to_list() == [1.75] * 3
    limits = weighted_limits([12.0], [1 * 9 + 9.0], [10.0])
    for name, limit in zip(("lower", "upper"), limits, strict=True):
        np.testing.assert_allclose(areas[f"ill_{name}_limit"][0], limit[0] / 16 * 64, rtol=1e-13)
    people = areas["ill_expected"].to_numpy() / 0.064
    shrunk = shrink_ratios(
        areas["ill_observed"].to_numpy() / 1.75, people / 1.75, ["A", "A", "B"]
    ).shrunk
    np.testing.assert_allclose(areas["ill_shrunk"], 1000 * shrunk, rtol=1e-13)
    assert "years of life lost before 4" in told(results, "E01000001")
    replay = Replay.of(results)
    assert not counts_of(replay, replay.definition.by_id["ill"]).has_count


def test_counts_are_drawn_around_the_shrunk_rate(index):
    """The mean of many draws is the shrunk value: events over what would give that rate."""
    index.change("index.yaml", "gives: ratio", "gives: rate")
    results = more(
        index,
        "per: 100; shrink_to: ltla23; not_covered: {input: people, column: away}",
    )
    replay = Replay.of(results)
    counted = counts_of(replay, replay.definition.by_id["ill"])
    rng = np.random.default_rng(2)
    draws = np.mean([counted.columns(rng)["observed"] for _ in range(4000)], axis=0)
    scaled = results.areas["ill_scaled_by"].to_numpy()
    values = 100 * draws * scaled / np.array(EXPECTED) * 0.048
    np.testing.assert_allclose(values, results.areas["ill_shrunk"], rtol=0.02)
    assert thresholds(results, "E01000002").tables


def test_suppressed_counts_may_stand_for_nothing(index):
    index.change("deaths.csv", "E01000001,1,4,0,5,10", "E01000001,*,4,0,5,10")
    index.change("index.yaml", "code: code}\n  people", 'code: code, missing: "*"}\n  people')
    results = more(index, "missing_values: zero")
    assert results.areas["ill_observed"].to_list() == [9, 20, 18]
    assert results.provenance["missing_values"] == {"ill": {"areas": 1, "policy": "zero"}}


def test_an_area_that_lacks_a_number_is_left_out_of_the_national_rates(index):
    """Without the first area F 0-1 has 3 deaths of 300, F 2+ 16 of 150."""
    index.change("deaths.csv", "E01000001,1,4,0,5,10", "E01000001,,4,0,5,10")
    results = more(index, "missing_values: unscored")
    assert results.areas["ill_value"].to_list()[0] is None
    gathered = results.provenance["gathered"]["ill"]
    assert gathered["areas_left_out_of_the_rates"] == 1
    assert gathered["national_rates"]["F 2+"] == pytest.approx(16 / 150)
    assert gathered["national_ratio"] == pytest.approx(1, abs=1e-12)


def test_an_area_without_people_known_lends_no_events_to_the_national_rates(index):
    index.change("people.csv", "E01000001,A,50,50", "E01000001,A,,50")
    results = more(index, "missing_values: unscored")
    gathered = results.provenance["gathered"]["ill"]
    assert gathered["national_rates"]["F 2+"] == pytest.approx(16 / 150)
    assert gathered["national_ratio"] == pytest.approx(1, abs=1e-12)


def test_nobody_expected_takes_the_value_of_the_larger_area(index):
    people = "E01000001,A,50,50,20,30,40,10,25,25"
    index.change("people.csv", people, "E01000001,A,0,0,0,0,0,0,0,0")
    index.change("deaths.csv", "E01000001,1,4,0,5,10", "E01000001,0,0,0,0,0")
    results = more(index, "shrink_to: ltla23; zero_denominator: larger_area")
    assert results.areas["ill_value"].to_list()[0] is None
    assert results.areas["ill_shrunk"][0] > 0


def test_resolved_definition_reads_back(index):
    results = more(index, "per: 100")
    import hyperlocal

    again = hyperlocal.build(
        results.folder / "definition.yaml", index.folder, index.folder / "again"
    )
    assert again.areas.equals(results.areas)


def test_ages_are_read_from_labels():
    assert ages_of("15 to 19") == (15, 19)
    assert ages_of("90 and over") == (90, None)
    assert ages_of("Age 7") == (7, 7)
    assert ages_of("all") is None


def test_methods_refuse_what_cannot_be():
    with pytest.raises(ValueError, match="differ in shape"):
        standardise_indirectly([[1.0]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match="nobody is there"):
        standardise_indirectly([[1.0]], [[0.0]])
    with pytest.raises(ValueError, match="negative"):
        standardise_indirectly([[-1.0]], [[1.0]])
    with pytest.raises(ValueError, match="level"):
        byar_limits([1.0], 1.0)
    assert years_lost([75], [79]).tolist() == [0]
