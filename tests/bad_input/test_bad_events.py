"""Events and totals that cannot be right: each is refused with its file, row and remedy."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from hyperlocal.errors import DefinitionError, HyperlocalError

DEFINITION = """\
hyperlocal: 1
id: top
areas:
  geography: lsoa11
  table: {input: areas}
  boundaries: {input: shapes}
  within: {pfa15: {input: areas, column: force}, csp15: {input: areas, column: partnership}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
records:
  crimes: {file: crimes.csv, location: {x: x, y: y}}
  forces: {file: forces.csv}
  partnerships: {file: partnerships.csv}
lists:
  damage: {file: lists/wimd_2019_criminal_damage.csv}
  burglary: {file: lists/wimd_2019_burglary.csv}
defaults: {input: areas}
index:
  high_value: more_need
  indicators:
    damage:
      kind: event_share
      records: crimes
      within: 100
      types: {column: offence, list: damage, known: [burglary]}
      constrain:
        - {within: pfa15, records: forces, area: force, number: offences}
        - {within: csp15, records: partnerships, area: csp, number: offences}
      denominator: people
      denominator_less: prisoners
"""
AREAS = """\
code,force,partnership,people,prisoners
E01000001,F1,P1,1000,0
E01000002,F1,P2,1000,200
E01000003,F2,P3,1000,0
"""
CRIMES = """\
offence,x,y
58A,400500,300500
58B,401500,300500
58C,402500,300500
58C,402100,300500
28E,402500,300500
"""
FORCES = "force,offences\nF1,30\nF2,20\n"
PARTNERSHIPS = "csp,offences\nP1,10\nP2,20\nP3,20\n"


def prepare(folder):
    squares = [shapely.box(x * 1000, 3e5, x * 1000 + 1000, 301e3) for x in (400, 401, 402)]
    codes = [f"E0100000{number}" for number in (1, 2, 3)]
    shapes = gpd.GeoDataFrame({"code": codes}, geometry=squares, crs=27700)
    shapes.to_parquet(folder / "shapes.parquet")


@pytest.fixture
def index(tmp_path, index_folder):
    tables = {"areas.csv": AREAS, "crimes.csv": CRIMES, "forces.csv": FORCES}
    texts = {"index.yaml": DEFINITION, **tables, "partnerships.csv": PARTNERSHIPS}
    return index_folder(tmp_path, texts, prepare)


def refused(index) -> str:
    return index.problems(HyperlocalError)


def test_what_is_right_builds(index):
    assert index.build().areas["damage_numerator"].to_list() == pytest.approx([10, 20, 20])


def test_no_location(index):
    index.change("crimes.csv", "58C,402100,300500", "58C,,300500")
    said = refused(index)
    assert "crimes.csv: the record has no location: 1 of 4, in rows 5" in said
    assert "'most_unplaced' of the records 'crimes': here 25.00% would be" in said


def test_a_location_is_not_needed_of_events_that_do_not_count(index):
    index.change("crimes.csv", "28E,402500,300500", "28E,,")
    index.build()


def test_outside_all_areas(index):
    index.change("crimes.csv", "402100,300500", "499000,300500")
    said = refused(index)
    assert "crimes.csv: the record lies near no area: 1 of 4, in rows 5" in said


def test_outside_and_near_an_area_is_the_areas(index):
    index.change("crimes.csv", "402100,300500", "403080,300500")
    assert index.build().areas["damage_numerator"].to_list() == pytest.approx([10, 20, 20])


def test_on_a_boundary_both_areas_share(index):
    index.change("crimes.csv", "402100,300500", "402000,300500")
    start = DEFINITION.index("      constrain:")
    index.change("index.yaml", DEFINITION[start : DEFINITION.index("      denominator:")], "")
    index.change("index.yaml", "  forces: {file: forces.csv}\n", "")
    index.change("index.yaml", "  partnerships: {file: partnerships.csv}\n", "")
    assert index.build().areas["damage_numerator"].to_list() == [1, 1.5, 1.5]


def test_in_another_coordinate_system(index):
    index.texts["crimes.csv"] = "offence,x,y\n58A,-1.9,52.6\n58B,-1.8,52.6\n"
    said = refused(index)
    assert "crimes.csv" in said
    assert "look like" in said


def test_a_coordinate_that_is_no_number(index):
    index.change("crimes.csv", "402100", "4O2100")
    assert "crimes.csv:5: x: '4O2100' is not a number" in refused(index)


def test_types_that_are_in_no_list_are_listed(index):
    index.change("crimes.csv", "28E,402500,300500", "92D,402500,300500\n,402500,300500\n92D,,")
    said = refused(index)
    assert "crimes.csv:6: offence" in said
    assert "3 events are of types that are in no list: '92D', none at all" in said
    assert "name lists that hold them as 'known', or state 'other_types: drop'" in said
    index.change("index.yaml", "known: [burglary]}", "known: [burglary], other_types: drop}")
    index.build()


def test_no_event_of_the_types_that_count(index):
    index.texts["crimes.csv"] = "offence,x,y\n28E,400500,300500\n"
    said = refused(index)
    assert "offence: no event is of a type in the list 'damage'" in said
    assert "types in the table are '28E'" in said


def test_no_events_at_all(index):
    index.texts["crimes.csv"] = "offence,x,y\n"
    assert "crimes.csv: there are no records" in refused(index)


def test_totals_that_contradict_each_other(index):
    index.change("partnerships.csv", "P2,20", "P2,21")
    said = refused(index)
    assert "partnerships.csv: F1 (pfa15) has a total of 30, and P1, P2 (csp15) have 31" in said
    assert "correct them, or constrain to one" in said


def test_a_total_and_no_event_to_scale_to_it(index):
    index.change("crimes.csv", "58A,400500,300500", "58A,401500,300500")
    said = refused(index)
    assert "partnerships.csv: P1 (csp15): the total is 10, and no event lies near" in said
    assert "look whether its events are in the table and have a location" in said


def test_events_that_lie_elsewhere_are_told_and_not_the_totals_they_are_missing_from(index):
    """With their coordinates swapped, no event lies near any area."""
    swapped = [line.split(",") for line in CRIMES.splitlines()[1:]]
    rows = "\n".join(f"{offence},{y},{x}" for offence, x, y in swapped)
    index.change("crimes.csv", CRIMES.partition("\n")[2].rstrip(), rows)
    said = refused(index)
    assert "crimes.csv: " in said
    assert "4 of 4" in said
    assert "partnerships.csv" not in said


def test_no_total_of_a_larger_area(index):
    index.change("forces.csv", "F2,20\n", "")
    said = refused(index)
    assert "forces.csv: force: there is no total of F2 (pfa15)" in said
    assert "with 0 where there was none" in said


def test_a_total_of_another_country(index):
    index.change("forces.csv", "F2,20\n", "F2,20\nS9,5\nS8,5\n")
    said = refused(index)
    assert "forces.csv:4: force: S9: no area of the index lies in this pfa15" in said
    assert "and so in 1 more rows" in said
    assert "by 'where'" in said


@pytest.mark.parametrize("total", ["-3", ""])
def test_totals_that_are_none(index, total):
    index.change("forces.csv", "F2,20", f"F2,{total}")
    said = refused(index)
    assert "forces.csv:3: offences: F2: the total is missing or negative" in said


def test_more_prisoners_than_people(index):
    index.change("areas.csv", "1000,200", "1000,1200")
    assert "more is taken off than the denominator has" in refused(index)


def test_an_unknown_larger_area(index):
    index.change("index.yaml", "- {within: csp15", "- {within: ward15")
    said = index.problems(DefinitionError)
    assert "'ward15' is not in 'areas.within'" in said
    assert "known are: pfa15, csp15" in said


def test_constrained_twice(index):
    index.change("index.yaml", "- {within: csp15", "- {within: pfa15")
    assert "'pfa15' is constrained twice" in index.problems(DefinitionError)


def test_no_boundaries(index):
    index.change("index.yaml", "  boundaries: {input: shapes}\n", "")
    assert "the boundaries of the areas are needed" in index.problems(DefinitionError)


def test_records_without_a_location(index):
    index.change("index.yaml", ", location: {x: x, y: y}}", "}")
    assert "nothing says where the records 'crimes' lie" in index.problems(DefinitionError)


def test_a_list_that_is_not_there(index):
    index.change("index.yaml", "known: [burglary]", "known: [burglary, fraud]")
    assert "'fraud'" in index.problems(DefinitionError)


def test_a_distance_that_is_none(index):
    index.change("index.yaml", "within: 100\n", "within: -100\n")
    assert "-100 is not allowed here" in index.problems(DefinitionError)
