"""Inputs for other areas than the index's, converted in a build."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import hyperlocal
from hyperlocal.errors import DataError, DefinitionError

DEFINITION = """\
hyperlocal: 1
id: converted
areas:
  geography: lsoa21
  table: {input: areas}
  within: {ltla23: {input: areas, column: district}}
inputs:
  areas: {file: areas.csv, geography: lsoa21, code: code}
  outputs: {file: oa21.csv, geography: oa21, code: oa21}
  old: {file: lsoa11.csv, geography: lsoa11, code: old}
  changes: {file: changes.csv, geography: lsoa11, code: LSOA11CD}
  schools: {file: schools.csv, geography: ltla23, code: district, missing: [c]}
  lookup: {file: lookup.csv, geography: oa21, code: OA21CD}
correspondences:
  oa21_to_lsoa21: {kind: nested, input: lookup, column: LSOA21CD, to: lsoa21}
  lsoa11_to_lsoa21:
    kind: changes
    input: changes
    column: LSOA21CD
    change: CHGIND
    to: lsoa21
    share_by: {input: areas, column: people}
defaults: {high_value: more_need}
index:
  domains:
    work:
      indicators:
        claimants: {numerator: claimants, denominator: adults, per: 100, input: outputs}
        speed: {column: speed, input: outputs, averaged_with: lines}
    money:
      input: old
      indicators:
        debt: {kind: mean, column: debt, sample_size: people}
        growth: {before: jobs12, after: jobs22}
    school:
      indicators:
        attainment: {column: attainment, input: schools}
"""
TABLES = {
    "areas.csv": """\
code,district,people
E01000001,E06000001,100
E01000002,E06000001,300
E01000003,E06000002,250
E01000004,E06000002,50
""",
    "oa21.csv": """\
oa21,claimants,adults,speed,lines
E00000001,1,10,30,100
E00000002,3,30,60,200
E00000003,5,50,10,100
E00000004,4,20,20,100
E00000005,2,40,50,100
""",
    "lookup.csv": """\
OA21CD,LSOA21CD
E00000001,E01000001
E00000002,E01000001
E00000003,E01000002
E00000004,E01000003
E00000005,E01000004
""",
    "lsoa11.csv": """\
old,debt,people,jobs12,jobs22
E01000011,1000,380,40,60
E01000012,2000,100,10,5
E01000013,500,150,20,30
E01000004,700,60,10,10
""",
    "changes.csv": """\
LSOA11CD,LSOA21CD,CHGIND
E01000011,E01000001,S
E01000011,E01000002,S
E01000012,E01000003,M
E01000013,E01000003,M
E01000004,E01000004,U
""",
    "schools.csv": """\
district,attainment
E06000001,60
E06000002,45
""",
}


@pytest.fixture
def converted(tmp_path: Path, index_folder):
    """A definition with tables of several geographies, to be changed and built."""
    return index_folder(tmp_path, {**TABLES, "index.yaml": DEFINITION})


def column(results, name: str) -> list[float]:
    return results.areas[name].to_list()


def test_counts_are_shared_out_means_averaged_and_parents_copied(converted):
    results = converted.build()
    assert column(results, "claimants_numerator") == [4, 5, 4, 2]
    assert column(results, "claimants_value") == [10.0, 10.0, 20.0, 5.0]
    assert column(results, "speed_value") == [50.0, 10.0, 20.0, 50.0]  # (100*30 + 200*60) / 300
    assert column(results, "debt_value") == [1000, 1000, (2000 * 100 + 500 * 150) / 250, 700]
    assert column(results, "debt_sample_size") == [95, 285, 250, 60]
    assert column(results, "growth_before") == [10, 30, 30, 10]
    assert column(results, "growth_value") == pytest.approx([50, 50, 100 * 5 / 30, 0])
    assert column(results, "attainment_value") == [60, 60, 45, 45]


def test_provenance_says_how_each_input_was_converted(converted):
    provenance = converted.build().provenance
    assert provenance["inputs"]["old"]["conversion"] == ["lsoa11 to lsoa21 (lsoa11_to_lsoa21)"]
    assert provenance["inputs"]["schools"]["conversion"] == ["ltla23 to lsoa21 (ltla23)"]
    assert provenance["inputs"]["outputs"]["totals"]["claimants"] == {
        "total": 15.0,
        "placed": 15.0,
        "outside_the_index": 0.0,
        "unplaced": 0.0,
    }
    made = provenance["correspondences"]["lsoa11_to_lsoa21"]
    assert (made["sources"], made["targets"], made["links"]) == (4, 4, 5)
    assert made["weighted_by"] == "people of areas"


def test_the_resolved_definition_builds_the_same(converted):
    first = converted.build()
    again = hyperlocal.build(
        converted.folder / "out" / "definition.yaml", converted.folder, converted.folder / "again"
    )
    assert again.areas.equals(first.areas)


def test_no_way_to_the_index_names_the_correspondence_that_is_needed(converted):
    converted.change(
        "index.yaml",
        "input: lookup, column: LSOA21CD, to: lsoa21",
        "input: lookup, column: LSOA21CD, to: msoa21",
    )
    said = converted.problems(DefinitionError)
    assert "inputs.outputs.geography: oa21 are other areas than the index's lsoa21" in said
    assert "state a correspondence from oa21 to lsoa21, or to lsoa11 or ltla23" in said


def test_a_count_of_a_larger_area_needs_shares(converted):
    converted.change(
        "index.yaml",
        "attainment: {column: attainment, input: schools}",
        "attainment: {kind: count, column: attainment, input: schools}",
    )
    said = converted.problems(DefinitionError)
    assert "ltla23 cannot be shared out among lsoa21" in said
    assert "share_by" in said


def test_values_that_are_averaged_need_a_weight(converted):
    converted.change("index.yaml", ", averaged_with: lines", "")
    said = converted.problems(DefinitionError)
    assert "values of oa21 are averaged into lsoa21, and nothing says with what weight" in said
    assert "averaged_with" in said


def test_a_weight_must_be_for_the_same_areas(converted):
    converted.change(
        "index.yaml", "averaged_with: lines", "averaged_with: {input: old, column: people}"
    )
    assert "'old' is for lsoa11, and the values of 'outputs' for oa21" in converted.problems(
        DefinitionError
    )


def test_a_weight_without_conversion_has_no_effect(converted):
    converted.change(
        "index.yaml", "input: outputs, averaged_with: lines", "input: areas, averaged_with: people"
    )
    assert "has no effect: nothing is averaged on the way" in converted.problems(DefinitionError)


def test_an_unused_correspondence_is_refused(converted):
    converted.change(
        "index.yaml",
        "defaults: {",
        "  spare: {kind: best_fit, input: lookup, column: LSOA21CD, to: ward23}\ndefaults: {",
    )
    assert "correspondences.spare: is not used" in converted.problems(DefinitionError)


def test_two_ways_of_one_length_must_be_chosen_between(converted):
    converted.change(
        "index.yaml",
        "defaults: {",
        "  second: {kind: best_fit, input: lookup, column: LSOA21CD, to: lsoa21}\ndefaults: {",
    )
    said = converted.problems(DefinitionError)
    assert "there are several ways from oa21 to lsoa21" in said
    assert "state 'through': [oa21_to_lsoa21] or [second]" in said
    converted.change("index.yaml", "code: oa21}", "code: oa21, through: [second]}")
    assert "correspondences.oa21_to_lsoa21: is not used" in converted.problems(DefinitionError)


def test_rows_outside_the_index_are_refused_or_dropped_and_counted(converted):
    converted.change("oa21.csv", "E00000005,2", "W00000009,9,9,9,9\nE00000005,2")
    said = converted.problems(DataError)
    assert "oa21.csv:6: oa21: W00000009 is not an area of oa21 in the index" in said
    converted.change("index.yaml", "code: oa21}", "code: oa21, extra_areas: drop}")
    results = converted.build()
    assert results.provenance["inputs"]["outputs"]["rows_dropped"] == {
        "area is not in oa21 in the index": 1
    }
    unplaced = pl.read_parquet(results.folder / "unplaced.parquet")
    assert unplaced.rows() == [("outputs", "W00000009", "area is not in oa21 in the index", 1.0)]


def test_an_area_without_a_row_is_refused(converted):
    converted.change("oa21.csv", "E00000005,2,40,50,100\n", "")
    assert "1 area of oa21 in the index has no row: E00000005" in converted.problems(DataError)
    converted.change("index.yaml", "code: oa21}", "code: oa21, absent_areas: missing}")
    said = converted.problems(DataError)
    assert "E00000005 has no row" in said


def test_a_missing_part_makes_the_whole_missing_and_is_named(converted):
    converted.change("oa21.csv", "E00000002,3,", "E00000002,,")
    said = converted.problems(DataError)
    assert "oa21.csv:3: claimants: E01000001 (from E00000002): the value is missing" in said
    converted.change(
        "index.yaml", "per: 100, input: outputs", "per: 100, input: outputs, missing_values: zero"
    )
    assert column(converted.build(), "claimants_numerator") == [1, 5, 4, 2]


def test_a_mean_of_known_parts(converted):
    converted.change("oa21.csv", "E00000001,1,10,30", "E00000001,1,10,")
    assert "E01000001 (from E00000001): the value is missing" in converted.problems(DataError)
    converted.change("index.yaml", "code: oa21}", "code: oa21, least_known: 0.6}")
    assert column(converted.build(), "speed_value") == [60.0, 10.0, 20.0, 50.0]


def test_an_area_that_the_lookup_lacks_is_refused_above_a_stated_share(converted):
    converted.change("oa21.csv", "E00000005,2", "E00000006,7,9,9,9\nE00000005,2")
    converted.change("index.yaml", "code: oa21}", "code: oa21, extra_areas: drop}")
    said = converted.problems(DataError)
    assert "oa21.csv:6: oa21: 1 area is not known to the correspondence" in said
    assert "E00000006" in said
    converted.change("index.yaml", "extra_areas: drop}", "extra_areas: drop, most_unplaced: 0.2}")
    said = converted.problems(DataError)
    assert "31.82% of the total cannot be placed in an area, more than 20.00%" in said
    converted.change("index.yaml", "most_unplaced: 0.2}", "most_unplaced: 0.4}")
    results = converted.build()
    totals = results.provenance["inputs"]["outputs"]["totals"]["claimants"]
    assert (totals["total"], totals["placed"], totals["unplaced"]) == (22, 15, 7)
    assert results.areas["claimants_numerator"].sum() == 15


def test_areas_of_another_country_are_no_part_of_what_is_unplaced(converted):
    converted.change("oa21.csv", "E00000005,2", "W00000006,7,9,9,9\nTotal,22,9,9,9\nE00000005,2")
    converted.change("index.yaml", "code: oa21}", "code: oa21, extra_areas: drop}")
    results = converted.build()
    assert results.provenance["inputs"]["outputs"]["totals"]["claimants"]["unplaced"] == 0
    assert results.areas["claimants_numerator"].sum() == 15


def test_sources_that_the_correspondence_places_nowhere_are_unplaced(converted):
    converted.texts["shares.csv"] = (
        "OA21CD,LSOA21CD,share\nE00000001,E01000001,1\nE00000002,E01000001,1\n"
        "E00000003,E01000002,1\nE00000004,E01000003,1\nE00000005,E01000004,0.5\n"
        "E00000005,E01000099,0.5\n"
    )
    converted.change(
        "index.yaml",
        "{kind: nested, input: lookup, column: LSOA21CD, to: lsoa21}",
        "{kind: weighted, input: shares, column: LSOA21CD, share: share, to: lsoa21}",
    )
    converted.change("index.yaml", "lookup: {file: lookup.csv", "shares: {file: shares.csv")
    totals = converted.build().provenance["inputs"]["outputs"]["totals"]["claimants"]
    assert (totals["placed"], totals["outside_the_index"], totals["unplaced"]) == (14, 1, 0)


def test_excluded_areas_take_their_parts_with_them(converted):
    converted.change(
        "index.yaml",
        "  within:",
        "  exclude: [{code: E01000004, reason: an island, counts_in_n: true}]\n  within:",
    )
    results = converted.build()
    assert column(results, "claimants_numerator") == [4, 5, 4]
    assert results.provenance["n"] == 4
    dropped = results.provenance["inputs"]["outputs"]["rows_dropped"]
    assert dropped == {"area is excluded": 1}


def test_a_district_that_is_excluded_whole_may_lack_its_value(converted):
    for table, old, new in (
        ("areas.csv", "E01000004,E06000002", "E01000004,E06000003"),
        ("schools.csv", "E06000002,45\n", "E06000002,45\nE06000003,c\n"),
    ):
        converted.change(table, old, new)
    said = converted.problems(DataError)
    assert "schools.csv:4: attainment: E01000004 (from E06000003): the value is missing" in said
    converted.change(
        "index.yaml",
        "  within:",
        "  exclude: [{code: E01000004, reason: an island without schools}]\n  within:",
    )
    assert column(converted.build(), "attainment_value") == [60, 60, 45]


def state_chain_from_msoas(converted) -> None:
    """State the way from MSOAs of 2011 down to Output Areas and over to those of 2021."""
    converted.change(
        "index.yaml",
        "correspondences:",
        "  msoa: {file: msoa.csv, geography: msoa11, code: msoa}\n"
        "  oa11: {file: oa11.csv, geography: oa11, code: OA11CD}\n"
        "correspondences:\n"
        "  oa11_to_msoa11: {kind: nested, input: oa11, column: MSOA11CD, to: msoa11, "
        "share_by: residents}\n"
        "  oa11_to_oa21: {kind: best_fit, input: oa11, column: OA21CD, to: oa21}",
    )


def test_a_chain_down_and_up_is_composed(converted):
    converted.texts["msoa.csv"] = "msoa,income,people\nM1,100,400\nM2,300,300\n"
    converted.texts["oa11.csv"] = (
        "OA11CD,MSOA11CD,residents,OA21CD\n"
        "a,M1,100,E00000001\nb,M1,100,E00000002\nc,M1,200,E00000003\n"
        "d,M2,200,E00000004\ne,M2,50,E00000005\nf,M2,50,E00000003\n"
    )
    state_chain_from_msoas(converted)
    converted.change(
        "index.yaml",
        "attainment: {",
        "income: {kind: mean, column: income, sample_size: people, input: msoa}\n"
        "        attainment: {",
    )
    results = converted.build()
    assert results.provenance["inputs"]["msoa"]["conversion"] == [
        "msoa11 to oa11 (oa11_to_msoa11)",
        "oa11 to oa21 (oa11_to_oa21)",
        "oa21 to lsoa21 (oa21_to_lsoa21)",
    ]
    # E01000002 has c (200 of M1's 400 people) and f (50 of M2's 300)
    assert column(results, "income_value") == pytest.approx([100, 35000 / 250, 300, 300])
    assert column(results, "income_sample_size") == pytest.approx([200, 250, 200, 50])


def test_standard_errors_of_averages(converted):
    converted.change("lsoa11.csv", "old,debt,people", "old,debt,se,people")
    for code, se in (
        ("E01000011,1000", 4),
        ("E01000012,2000", 3),
        ("E01000013,500", 4),
        ("E01000004,700", 1),
    ):
        converted.change("lsoa11.csv", code, f"{code},{se}")
    converted.change(
        "index.yaml",
        "debt: {kind: mean, column: debt, sample_size: people}",
        "debt: {kind: mean, column: debt, standard_error: se, averaged_with: people}",
    )
    found = column(converted.build(), "debt_standard_error")
    merged = (100**2 * 3**2 + 150**2 * 4**2) ** 0.5 / 250
    assert found == pytest.approx([4, 4, merged, 1])


def test_a_second_build_replaces_the_first(converted):
    first = converted.build()
    assert (first.folder / "unplaced.parquet").exists()
    assert converted.build().areas.equals(first.areas)


def test_quality_and_provenance_are_json(converted):
    folder = converted.build().folder
    for name in ("quality", "provenance", "datapackage"):
        assert json.loads((folder / f"{name}.json").read_text())


def test_one_column_converted_in_different_ways(converted):
    """As a mean with one weight and with another, and as a count."""
    converted.texts["ones.csv"] = "oa21,lines\n" + "".join(f"E0000000{n},1\n" for n in range(1, 6))
    converted.change(
        "index.yaml", "  old: {", "  ones: {file: ones.csv, geography: oa21, code: oa21}\n  old: {"
    )
    converted.change(
        "index.yaml",
        "        speed: {column: speed, input: outputs, averaged_with: lines}",
        "        speed: {column: speed, input: outputs, averaged_with: lines}\n"
        "        plain: {column: speed, input: outputs, "
        "averaged_with: {input: ones, column: lines}}\n"
        "        added: {kind: count, column: speed, input: outputs}",
    )
    results = converted.build()
    assert column(results, "speed_value")[0] == 50
    assert column(results, "plain_value")[0] == 45
    assert column(results, "added_value")[0] == 90


def test_areas_are_shared_out_by_the_rows_that_are_asked_for(converted):
    converted.texts["people.csv"] = (
        "code,year,number\nE01000001,2011,100\nE01000001,2021,300\nE01000002,2021,100\n"
        "E01000003,2021,1\nE01000004,2021,1\n"
    )
    converted.change(
        "index.yaml",
        "  old: {",
        "  people: {file: people.csv, geography: lsoa21, code: code}\n  old: {",
    )
    converted.change(
        "index.yaml",
        "share_by: {input: areas, column: people}",
        "share_by: {input: people, column: number, where: {year: 2021}}",
    )
    assert column(converted.build(), "growth_before") == [30, 10, 30, 10]
    converted.change("index.yaml", "where: {year: 2021}", "where: {year: 2031}")
    assert "people.csv: year: no row holds '2031'" in converted.problems(DataError)


def test_values_notice_what_a_chain_loses(converted):
    converted.texts["msoa.csv"] = "msoa,income,people\nM1,100,400\n"
    converted.texts["oa11.csv"] = (
        "OA11CD,MSOA11CD,residents,OA21CD\na,M1,200,E00000001\nb,M1,200,E00000009\n"
    )
    state_chain_from_msoas(converted)
    converted.change(
        "index.yaml",
        "attainment: {",
        "income: {column: income, averaged_with: people, input: msoa, missing_values: neutral}\n"
        "        attainment: {",
    )
    said = converted.problems(DataError)
    assert "msoa.csv: income: 50.00% of the total cannot be placed in an area" in said
    converted.change("index.yaml", ", share_by: residents}", "}")
    said = converted.problems(DefinitionError)
    assert "msoa11 cannot be shared out among oa11: nothing says how many are in each" in said


def test_no_way_goes_up_and_down_again_unless_it_is_stated(converted):
    converted.texts["up.csv"] = (
        "old,district\nE01000011,E06000001\nE01000012,E06000001\n"
        "E01000013,E06000002\nE01000004,E06000002\n"
    )
    converted.change(
        "index.yaml",
        "  lsoa11_to_lsoa21:\n    kind: changes\n    input: changes\n    column: LSOA21CD\n"
        "    change: CHGIND\n    to: lsoa21\n    share_by: {input: areas, column: people}",
        "  upwards: {kind: best_fit, input: up, column: district, to: ltla23}",
    )
    converted.change(
        "index.yaml",
        "  changes: {file: changes.csv, geography: lsoa11, code: LSOA11CD}",
        "  up: {file: up.csv, geography: lsoa11, code: old}",
    )
    assert "no correspondence leads from them to it" in converted.problems(DefinitionError)


def test_negative_counts_are_refused_before_they_are_added_up(converted):
    converted.change("oa21.csv", "E00000001,1,", "E00000001,-1,")
    assert "oa21.csv:2: claimants: the value is negative" in converted.problems(DataError)


def test_a_missing_weight_is_named_and_matters_only_where_values_are_averaged(converted):
    converted.change("oa21.csv", "E00000002,3,30,60,200", "E00000002,3,30,60,")
    said = converted.problems(DataError)
    assert "oa21.csv:3: lines: E01000001 (from E00000002): the value is missing" in said
    converted.change("oa21.csv", "E00000002,3,30,60,", "E00000002,3,30,60,200")
    converted.change("oa21.csv", "E00000005,2,40,50,100", "E00000005,2,40,50,")
    assert column(converted.build(), "speed_value") == [50, 10, 20, 50]


def test_totals_are_those_of_what_was_built(converted):
    converted.change("oa21.csv", "E00000002,3,", "E00000002,,")
    converted.change(
        "index.yaml", "per: 100, input: outputs", "per: 100, input: outputs, missing_values: zero"
    )
    converted.change("index.yaml", "code: oa21}", "code: oa21, duplicate_areas: sum}")
    converted.texts["oa21.csv"] += "E00000002,5,0,60,0\n"
    results = converted.build()
    assert column(results, "claimants_numerator") == [6, 5, 4, 2]
    totals = results.provenance["inputs"]["outputs"]["totals"]["claimants"]
    assert (totals["total"], totals["placed"]) == (17, 17)


def test_a_national_table_of_districts_serves_an_index_of_one_region(converted):
    converted.texts["schools.csv"] += "E06000009,70\n"
    converted.change("index.yaml", "missing: [c]}", "missing: [c], extra_areas: drop}")
    assert column(converted.build(), "attainment_value") == [60, 60, 45, 45]


def test_all_of_a_split_area_stay_all_of_it(converted):
    """Shares of 339 and 2,246 of 2,585: the parts of a whole may add up to a last digit more."""
    converted.texts["lsoa11.csv"] = (
        "old,debt,people,jobs12,jobs22,a,b,all\n"
        "E01000011,1000,380,40,60,13,27,40\nE01000012,2000,100,10,5,1,1,2\n"
        "E01000013,500,150,20,30,1,1,2\nE01000004,700,60,10,10,1,1,2\n"
    )
    converted.change("areas.csv", "E01000001,E06000001,100", "E01000001,E06000001,339")
    converted.change("areas.csv", "E01000002,E06000001,300", "E01000002,E06000001,2246")
    for number in range(1, 40):
        converted.texts["lsoa11.csv"] = converted.texts["lsoa11.csv"].replace(
            "60,13,27,40", f"60,{number},{40 - number},40"
        )
    converted.change(
        "index.yaml",
        "growth: {before: jobs12, after: jobs22}",
        "growth: {numerator: [a, b], denominator: all, per: 100}",
    )
    assert column(converted.build(), "growth_value") == pytest.approx([100] * 4)


def test_an_area_without_people_has_its_larger_areas_value_and_none_of_its_count(converted):
    converted.change("areas.csv", "E01000004,E06000002,50", "E01000004,E06000002,0")
    converted.change(
        "index.yaml",
        "correspondences:",
        "correspondences:\n  lsoa21_to_ltla23: {kind: nested, input: areas, column: district, "
        "to: ltla23, share_by: people}",
    )
    converted.change(
        "index.yaml",
        "attainment: {column: attainment, input: schools}",
        "attainment: {column: attainment, input: schools}\n"
        "        pupils: {kind: count, column: attainment, input: schools}",
    )
    results = converted.build()
    assert column(results, "attainment_value") == [60, 60, 45, 45]
    assert column(results, "pupils_value") == [15, 45, 45, 0]


def test_an_area_that_no_source_reaches(converted):
    converted.change("lookup.csv", "E00000005,E01000004", "E00000005,E01000003")
    assert "oa21.csv: no oa21 lies in E01000004" in converted.problems(DataError)


def test_through_without_effect_is_refused(converted):
    converted.change("index.yaml", "code: code}", "code: code, through: [oa21_to_lsoa21]}")
    assert "inputs.areas.through: has no effect" in converted.problems(DefinitionError)


def test_the_table_of_areas_may_name_its_codes_otherwise(converted):
    converted.change("index.yaml", "table: {input: areas}", "table: {input: areas, code: other}")
    converted.change("areas.csv", "code,district,people", "other,district,people")
    assert column(converted.build(), "growth_before") == [10, 30, 30, 10]
