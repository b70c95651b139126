"""Air quality: concentrations of a grid at dwellings, their means, each over its objective."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.definition import load_definition
from hyperlocal.errors import GeographyError
from hyperlocal.geography import Grid
from hyperlocal.methods.pollution import pollution_score
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  homes:
    file: homes.csv
    location: {x: easting, y: northing}
    area: {column: lsoa, geography: lsoa11}
    most_unplaced: 0
  no2_grid: {file: no2.csv, header_row: 3, location: {x: x, y: y}, missing: MISSING}
  pm_grid: {file: pm.csv, location: {x: x, y: y}}
index:
  high_value: more_need
  indicators:
    air:
      kind: air_quality
      dwellings: homes
      pollutants:
        no2: {records: no2_grid, column: no22017, objective: 40}
        pm10: {records: pm_grid, column: pm10, objective: 20}
      SETTINGS
"""
HOMES = """\
easting,northing,lsoa,people
400100,300100,E01000001,1
400900,300900,E01000001,1
401000,300500,E01000001,2
401999.9,300999.9,E01000002,4
"""
NO2 = """\
Annual mean of NO2,,,
micrograms per cubic metre,,,
gridcode,x,y,no22017
1,400500,300500,10
2,401500,300500,40
3,402500,300500,MISSING
"""
PM = "x,y,pm10\n401500,300500,30\n400500,300500,20\n"


@pytest.fixture
def folder(tmp_path):
    pl.DataFrame({"code": ["E01000001", "E01000002"]}).write_csv(tmp_path / "areas.csv")
    for name, text in (("homes", HOMES), ("no2", NO2), ("pm", PM)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def build(folder, settings: str = "cell: 1000", definition: str = DEFINITION) -> hyperlocal.Results:
    (folder / "index.yaml").write_text(definition.replace("SETTINGS", settings))
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def found(results: hyperlocal.Results, name: str) -> list[float]:
    return results.areas[f"air_{name}"].to_list()


@pytest.mark.parametrize("at_once", [250_000, 2])
def test_means_of_dwellings_over_their_objectives_by_hand(folder, monkeypatch, at_once):
    """Two homes of the first area lie in the cell of 10 and 20, the third in that of 40 and 30.

    NO2 (10 + 10 + 40)/3 = 20, half of 40; PM10 (20 + 20 + 30)/3 = 70/3, 7/6 of 20.
    """
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    results = build(folder)
    assert found(results, "concentration_no2") == pytest.approx([20, 40], rel=1e-15)
    assert found(results, "concentration_pm10") == pytest.approx([70 / 3, 30], rel=1e-15)
    assert found(results, "value") == pytest.approx([(1 / 2 + 7 / 6) / 2, 1.25], rel=1e-15)
    told = results.provenance["gathered"]["air"]
    assert told["cells"] == {"no2": 2, "pm10": 2}
    assert told["objectives"] == {"no2": 40, "pm10": 20}


def test_the_mean_can_be_weighed_by_people(folder):
    """NO2 (10 + 10 + 2 x 40)/4 = 25; PM10 (20 + 20 + 2 x 30)/4 = 25."""
    results = build(folder, "households: people")
    assert found(results, "concentration_no2") == [25, 40]
    assert found(results, "concentration_pm10") == [25, 30]


@pytest.mark.parametrize(
    ("power", "expected"),
    [("2", [np.sqrt((0.25 + 49 / 36) / 2), np.sqrt((1 + 2.25) / 2)]), ("highest", [7 / 6, 1.5])],
)
def test_a_low_pollutant_takes_less_from_a_high_one_the_higher_the_power(folder, power, expected):
    assert found(build(folder, f"power: {power}"), "value") == pytest.approx(expected, rel=1e-14)


def test_results_explain_the_numbers_and_compute_them_again(folder):
    results = build(folder)
    text = "\n".join(as_text(explain(results, "E01000001")))
    assert "mean of no22017 (no2_grid) at the dwellings of homes; the objective is 40" in text
    assert "(20 / 40 + 23.33333333 / 20) / 2 = 0.8333333333" in text
    again = Replay.of(results).base["air"].columns["value"]
    assert np.array_equal(again, results.areas["air_value"].to_numpy())
    resolved = load_definition(results.folder / "definition.yaml")
    assert resolved.by_id["air"].written == results.definition.by_id["air"].written
    package = json.loads((results.folder / "datapackage.json").read_text())
    fields = package["resources"][0]["schema"]["fields"]
    (described,) = (one for one in fields if one["name"] == "air_concentration_no2")
    assert described["description"].startswith("Air: mean of no22017 (no2_grid)")


@pytest.mark.parametrize(
    ("power", "how"),
    [
        ("2", "(((40 / 40)^2 + (30 / 20)^2) / 2)^(1/2) = 1.274754878"),
        ("highest", "the highest of 40 / 40, 30 / 20 = 1.5"),
    ],
)
def test_every_power_is_explained(folder, power, how):
    assert how in "\n".join(as_text(explain(build(folder, f"power: {power}"), "E01000002")))


def test_dwellings_without_a_cell_are_counted_once_where_so_many_are_allowed(folder):
    """One lies in the cell without NO2, which PM10 lacks too; one has no place."""
    more = "402500,300500,E01000002,1\n,,E01000002,1\n"
    (folder / "homes.csv").write_text(HOMES + more)
    results = build(
        folder, definition=DEFINITION.replace("most_unplaced: 0", "most_unplaced: 0.34")
    )
    assert found(results, "concentration_no2") == pytest.approx([20, 40], rel=1e-15)
    told = results.provenance["gathered"]["air"]["records"]["homes"]["left_out"]
    assert told == {
        "the dwelling has no location": 1,
        "there is no concentration of no2 where it lies": 1,
    }


def test_dwellings_are_placed_by_boundaries_where_they_name_no_area(folder):
    import geopandas as gpd
    import shapely

    squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400_000.5, 401_000.5)]
    shapes = gpd.GeoDataFrame({"code": ["E01000001", "E01000002"]}, geometry=squares, crs=27700)
    shapes.to_parquet(folder / "shapes.parquet")
    definition = (
        DEFINITION.replace("    area: {column: lsoa, geography: lsoa11}\n", "")
        .replace("table: {input: areas}", "table: {input: areas}, boundaries: {input: shapes}")
        .replace("code: code}}", "code: code}, shapes: {file: shapes.parquet, "
                 "geography: lsoa11, code: code}}")
    )  # fmt: skip
    assert found(build(folder, definition=definition), "concentration_no2") == pytest.approx(
        [20, 40], rel=1e-15
    )


def test_a_grid_by_hand():
    grid = Grid([500, 1500, 500], [500, 500, 1500], side=1000)
    places = [(0, 0), (999.9, 999.9), (1000, 0), (0, 1000), (1000, 1000), (-0.1, 0), (np.nan, 0)]
    assert grid.cells_at(*zip(*places, strict=True)).tolist() == [0, 0, 1, 2, -1, -1, -1]
    assert Grid([], [], side=1000).cells_at([1.0], [1.0]).tolist() == [-1]


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ([500, 1500, 500], [500, 500, 500], "the cell is there twice"),
        ([500, 1600], [500, 500], "off the grid"),
        ([500, np.nan], [500, 500], "has no place"),
    ],
)
def test_what_is_no_grid_is_refused_with_its_row(x, y, said):
    with pytest.raises(GeographyError, match=said) as caught:
        Grid(x, y, side=1000, file="grid.csv", rows=pl.Series([7, 8, 9][: len(x)]))
    assert str(caught.value).startswith(f"grid.csv:{6 + len(x)}")


@pytest.mark.parametrize(
    ("concentrations", "objectives", "power", "said"),
    [
        ([[1.0]], [0.0], 1, "objective is not above 0"),
        ([[-1.0]], [1.0], 1, "concentration is negative"),
        ([[1.0]], [1.0], 0.5, "power must be 1 or more"),
        ([[1.0]], [1.0, 2.0], 1, "1 pollutants and 2 objectives"),
    ],
)
def test_what_cannot_be_scored_is_refused(concentrations, objectives, power, said):
    with pytest.raises(ValueError, match=said):
        pollution_score(concentrations, objectives, power)


def test_missing_and_large_concentrations():
    scores = pollution_score([[np.nan, 1], [0, 0], [1e200, 1e200]], [1, 1], power=50)
    assert np.isnan(scores[0])
    assert scores[1:].tolist() == [0, 1e200]
