"""Flood risk, air quality and travel time: what cannot be right is refused, all of it and where."""

from __future__ import annotations

from pathlib import Path

import pytest

import hyperlocal
from hyperlocal.errors import HyperlocalError

UNIT = Path(__file__).parents[1] / "unit" / "indicators"


def kind(name: str):
    """Return the definition and the tables that the unit tests of a kind use."""
    import importlib.util

    spec = importlib.util.spec_from_file_location(f"good_{name}", UNIT / f"test_{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FLOOD, AIR, TRAVEL = kind("flood_risk"), kind("air_quality"), kind("travel_time")
CODES = "code\nE01000001\nE01000002\n"
FILES = {
    FLOOD: {"areas": CODES, "homes": FLOOD.HOMES},
    AIR: {"areas": CODES, "homes": AIR.HOMES, "no2": AIR.NO2, "pm": AIR.PM},
    TRAVEL: {
        "areas": TRAVEL.AREAS,
        "homes": TRAVEL.HOMES,
        "by_bus": TRAVEL.BY_BUS,
        "by_car": TRAVEL.BY_CAR,
    },
}


def refused(folder, module, definition: str | None = None, **files: str) -> str:
    """Build with other files; return what is said, all of it, and that nothing was written."""
    for name, text in {**FILES[module], **files}.items():
        (folder / f"{name}.csv").write_text(text)
    text = (definition or module.DEFINITION).replace("SETTINGS", "title: T")
    (folder / "index.yaml").write_text(text)
    with pytest.raises(HyperlocalError) as caught:
        hyperlocal.build(folder / "index.yaml", folder, folder / "out")
    assert not (folder / "out").exists()
    return "\n".join(map(str, caught.value.problems))


def test_unknown_bands_of_all_columns_are_told_at_once(tmp_path):
    homes = FLOOD.HOMES.replace("none,none,none", "High,none,?").replace("low,low,low", "Hi,low,?")
    said = refused(tmp_path, FLOOD, homes=homes).splitlines()
    assert len(said) == 2
    assert "homes.csv:4: rivers: there is no band 'High', 'Hi'; known are 'high'" in said[0]
    assert "homes.csv:4: surface: there is no band '?'" in said[1]
    assert "'unknown: no_risk'" in said[0]


@pytest.mark.parametrize(
    ("number", "said"), [("", "is missing"), ("-2", "is negative"), ("two", "not a number")]
)
def test_households_that_cannot_be_counted(tmp_path, number, said):
    definition = FLOOD.DEFINITION.replace("SETTINGS", "households: households")
    homes = FLOOD.HOMES.replace("medium,low,1", f"medium,low,{number}")
    told = refused(tmp_path, FLOOD, definition, homes=homes)
    assert "homes.csv:3: households:" in told
    assert said in told


def test_flood_risk_needs_weights_from_one_place(tmp_path):
    weights = "      band_weights: {high: 24, medium: 4, low: 1}\n"
    assert "weighs no band" in refused(tmp_path, FLOOD, FLOOD.DEFINITION.replace(weights, ""))
    both = FLOOD.DEFINITION.replace("index:", FLOOD.DAMAGES).replace(
        weights, weights + "      damages: {list: damages, onset: {high: 2}}\n"
    )
    assert "states both 'band_weights' and 'damages'" in refused(tmp_path, FLOOD, both)
    twice = FLOOD.DEFINITION.replace("no_risk: none", "no_risk: [none, low]")
    assert "'low' is a band that has a weight" in refused(tmp_path, FLOOD, twice)


@pytest.mark.parametrize(
    ("damages", "said"),
    [
        ("{two: 0, 5: 9}", "lists.damages: gives no weights"),
        ("{2: 0, 5: -9}", "the damage is negative"),
        ("{2: 0}", "two floods or more"),
        ("{2: 0, 5: 0}", "no flood of it does damage to the band 'high'"),
    ],
)
def test_a_list_that_is_no_curve_of_damages(tmp_path, damages, said):
    definition = FLOOD.DEFINITION.replace(
        "index:", f"lists: {{damages: {{numbers: {damages}}}}}\nindex:"
    ).replace(
        "band_weights: {high: 24, medium: 4, low: 1}",
        "damages: {list: damages, onset: {high: 2, medium: 2.5}}",
    )
    assert said.casefold() in refused(tmp_path, FLOOD, definition).casefold()


def test_dwellings_that_lie_in_no_cell(tmp_path):
    said = refused(tmp_path, AIR, homes=AIR.HOMES + "402500,300500,E01000002,1\n")
    assert "there is no concentration of no2 where it lies: 1 of 5, in rows 6" in said
    assert "'most_unplaced'" in said


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        (AIR.PM + "401500,300500,31\n", "pm.csv:4: the cell is there twice"),
        (AIR.PM + "402400,300500,31\n", "pm.csv:4: the middle of the cell is off the grid"),
        (AIR.PM.replace("20\n", "-20\n"), "pm.csv:3: pm10: the concentration is negative"),
        ("x,y,pm10\n401500,300500,\n", "pm10: no cell has a concentration"),
        (AIR.PM.replace("30\n", "MISSING\n"), "pm.csv:2: pm10:"),
    ],
)
def test_grids_that_cannot_be_right(tmp_path, grid, said):
    assert said in refused(tmp_path, AIR, pm=grid)


def test_air_quality_needs_places_and_objectives(tmp_path):
    definition = AIR.DEFINITION.replace("location: {x: x, y: y}}", "url: u}").replace(
        "    location: {x: easting, y: northing}\n", ""
    )
    said = refused(tmp_path, AIR, definition)
    assert "does not say where the dwellings are, which air quality needs" in said
    assert "does not say where the cells are" in said
    definition = AIR.DEFINITION.replace(", objective: 20", ", objective: 0")
    assert "pollutants.pm10.objective" in refused(tmp_path, AIR, definition)


def test_dwellings_that_are_placed_by_boundaries_need_them(tmp_path):
    area = "    area: {column: lsoa, geography: lsoa11}\n"
    assert area in AIR.DEFINITION
    definition = AIR.DEFINITION.replace(area, "")
    said = refused(tmp_path, AIR, definition)
    assert "the boundaries of the areas are needed to place the records" in said


def test_a_matrix_that_misses_dwellings(tmp_path):
    said = refused(tmp_path, TRAVEL, by_bus=TRAVEL.WITHOUT)
    assert (
        "the public times miss 2 of 3 origins, such as 12, 13; 2 of them have some departures"
        in said
    )
    assert "'absent: leave_out'" in said
    homes = TRAVEL.HOMES + "".join(f"{home},E01000001,1\n" for home in range(20, 29))
    said = refused(tmp_path, TRAVEL, homes=homes)
    assert "the public times miss 9 of 12 origins, such as 20, 21, 22, 23, 24 and 4 more" in said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"by_bus": TRAVEL.BY_BUS.replace(",20\n", ",-20\n")},
            "by_bus.csv:2: minutes: the time is negative",
        ),
        (
            {"by_bus": TRAVEL.BY_BUS.replace("a,depart", "a,leave")},
            "by_bus.csv:6: way: there is no direction 'leave'",
        ),
        (
            {"by_bus": TRAVEL.BY_BUS.replace("arrive,10:00,50", "arrive,,50")},
            "by_bus.csv:4: time: the journey has no departure",
        ),
        (
            {"by_bus": TRAVEL.BY_BUS.replace("depart", "arrive")},
            "by_bus.csv: all journeys lead one way",
        ),
        (
            {"by_car": TRAVEL.BY_CAR.replace("gp,5", "gp,5\n,gp,7")},
            "by_car.csv: it names no origin: 1 of",
        ),
        (
            {"by_car": TRAVEL.BY_CAR.replace("\n1", "\nU1")},
            "by_car.csv: home: no row names an origin, such as '11', '12', '13'",
        ),
        (
            {"by_car": TRAVEL.BY_CAR.replace("gp", "doctor")},
            "by_car.csv: service: no row holds 'gp'; there stands: 'doctor', 'shop'",
        ),
        (
            {"homes": TRAVEL.HOMES.replace("13,", "11,")},
            "homes.csv:4: uprn: the origin 11 is there twice",
        ),
        ({"homes": TRAVEL.HOMES.replace("13,", ",")}, "homes.csv:4: uprn: 1 origins have no name"),
        ({"areas": TRAVEL.AREAS.replace(",6,4", ",-6,4")}, "areas.csv:2: cars: E01000001"),
        ({"areas": TRAVEL.AREAS.replace(",15,5", ",0,0")}, "the adults is 0"),
    ],
)
def test_tables_of_travel_that_cannot_be_right(tmp_path, files, said):
    assert said in refused(tmp_path, TRAVEL, **files)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      cars: cars\n", "", "does not state 'cars'"),
        ("longest: 90", "absent: longest", "'absent: longest' needs the longest time"),
        (", area: {column: lsoa, geography: lsoa11}", "", "in which area the records 'homes' lie"),
        ("to_service: arrive", "to_service: []", "to_service"),
    ],
)
def test_definitions_of_travel_that_do_not_fit(tmp_path, old, new, said):
    assert old in TRAVEL.DEFINITION
    assert said in refused(tmp_path, TRAVEL, TRAVEL.DEFINITION.replace(old, new))


def test_travel_needs_times_and_cars_only_for_both(tmp_path):
    one = TRAVEL.one_way(TRAVEL.DEFINITION, "public").replace(
        "      longest", "      cars: cars\n      longest"
    )
    assert "cars: has no effect: there are not both" in refused(tmp_path, TRAVEL, one)
    none = one.partition("      private:")
    text = none[0].replace("  by_car: {file: by_car.csv}\n", "") + none[2].partition("\n")[2]
    assert "has no times of travel" in refused(tmp_path, TRAVEL, text)
