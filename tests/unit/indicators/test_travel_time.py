"""Travel time: the nearest service at each departure, there and back, by bus and by car."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.analysis import as_text, explain
from hyperlocal.definition import load_definition
from hyperlocal.methods.travel import return_minutes, share_by_car, weighted_minutes
from hyperlocal.pipeline import records as reading
from hyperlocal.pipeline.replay import Replay

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  homes: {file: homes.csv, area: {column: lsoa, geography: lsoa11}}
  by_bus: {file: by_bus.csv}
  by_car: {file: by_car.csv}
index:
  high_value: more_need
  input: areas
  indicators:
    gp:
      kind: travel_time
      origins: {records: homes, key: uprn}
      public:
        records: by_bus
        origin: home
        minutes: minutes
        direction: {column: way, to_service: arrive, from_service: depart}
        departure: time
        where: {service: gp}
      private: {records: by_car, origin: home, minutes: minutes, where: {service: gp}}
      cars: cars
      adults: [young, old]
      longest: 90
      SETTINGS
"""
AREAS = "code,cars,young,old\nE01000001,6,4,6\nE01000002,30,15,5\n"
HOMES = "uprn,lsoa,people\n11,E01000001,1\n12,E01000001,3\n13,E01000002,2\n"
BY_BUS = """\
home,service,site,way,time,minutes
11,gp,a,arrive,9:00,20
11,gp,b,arrive,9:00,30
11,gp,a,arrive,10:00,50
11,gp,b,arrive,10:00,40
11,gp,a,depart,11:00,25
12,gp,a,arrive,9:00,100
12,gp,a,arrive,10:00,80
12,gp,a,depart,11:00,95
13,gp,b,arrive,9:00,10
13,gp,b,arrive,10:00,10
13,gp,b,depart,11:00,15
13,shop,c,depart,11:00,1
"""
BY_CAR = "home,service,minutes\n11,gp,5\n11,gp,4\n12,gp,16\n13,gp,3\n13,shop,1\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in (("areas", AREAS), ("homes", HOMES), ("by_bus", BY_BUS), ("by_car", BY_CAR)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def build(
    folder, settings: str = "absent: refuse", definition: str = DEFINITION
) -> hyperlocal.Results:
    (folder / "index.yaml").write_text(definition.replace("SETTINGS", settings))
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


def found(results: hyperlocal.Results, name: str) -> list[float]:
    return results.areas[f"gp_{name}"].to_list()


@pytest.mark.parametrize("at_once", [250_000, 2])
def test_times_by_hand(folder, monkeypatch, at_once):
    """The nearest at each departure: home 11 has 20 and 40 there, 25 back: 30 + 25 = 55.

    Home 12 has 90 (of 100) and 80 there, 90 (of 95) back: 85 + 90 = 175. Home 13: 10 + 15 = 25.
    By car 2 x 4, 2 x 16 and 2 x 3. Cars for each adult: 6/10, and 30/20, which is at most 1.
    """
    monkeypatch.setattr(reading, "ROWS_AT_ONCE", at_once)
    results = build(folder)
    assert found(results, "public") == [(55 + 175) / 2, 25]
    assert found(results, "private") == [(8 + 32) / 2, 6]
    assert found(results, "cars") == [6, 30]
    assert found(results, "adults") == [10, 20]
    assert found(results, "value") == pytest.approx([0.6 * 20 + 0.4 * 115, 6], rel=1e-15)
    told = results.provenance["gathered"]["gp"]
    assert told["origins"] == 3
    assert told["public"] == {
        "journeys": 3,
        "origins_without_all_times": 0,
        "times_above_the_longest": 2,
    }
    assert told["private"]["journeys"] == 1


def test_a_departure_at_which_there_is_no_way_at_all_takes_the_longest_time(folder):
    """Nobody gets there at ten: home 11 has (20 + 90)/2 there, home 12 (90 + 90)/2."""
    by_bus = "\n".join(
        line.rpartition(",")[0] + "," if ",10:00," in line else line for line in BY_BUS.splitlines()
    )
    (folder / "by_bus.csv").write_text(by_bus)
    results = build(folder, "absent: longest")
    assert found(results, "public") == [(55 + 25 + 90 + 90) / 2, 50 + 15]
    assert results.provenance["gathered"]["gp"]["public"]["origins_without_all_times"] == 3


def test_the_mean_can_be_weighed_by_people(folder):
    """(55 + 3 x 175)/4 and (8 + 3 x 32)/4."""
    definition = DEFINITION.replace("key: uprn", "key: uprn, households: people")
    results = build(folder, definition=definition)
    assert found(results, "public") == [145, 25]
    assert found(results, "private") == [26, 6]


def one_way(definition: str, dropped: str) -> str:
    """Return the definition without one way of travel, and without cars."""
    without = definition.replace("      cars: cars\n      adults: [young, old]\n", "")
    begun, public, rest = without.partition("      public:\n")
    of_public, private, end = rest.partition("      private:")
    if dropped == "public":
        return begun.replace("  by_bus: {file: by_bus.csv}\n", "") + private + end
    begun = begun.replace("  by_car: {file: by_car.csv}\n", "")
    return begun + public + of_public + end.partition("\n")[2]


def test_one_way_of_travel_needs_no_cars(folder):
    results = build(folder, definition=one_way(DEFINITION, "private"))
    assert found(results, "value") == [115, 25]
    assert "gp_private" not in results.areas.columns
    results = build(folder, definition=one_way(DEFINITION, "public"))
    assert found(results, "value") == [20, 6]
    assert "gp_public" not in results.areas.columns


def test_times_can_be_given_for_the_areas_of_the_index(folder):
    definition = DEFINITION.replace("      origins: {records: homes, key: uprn}\n", "").replace(
        "  homes: {file: homes.csv, area: {column: lsoa, geography: lsoa11}}\n", ""
    )
    codes = {"11": "E01000002", "12": "E01000001", "13": "E01000009"}
    for name in ("by_bus", "by_car"):
        table = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
        table.with_columns(pl.col("home").replace(codes)).write_csv(folder / f"{name}.csv")
    results = build(folder, definition=definition)
    assert found(results, "public") == [175, 55]
    assert found(results, "private") == [32, 8]
    told = results.provenance["gathered"]["gp"]["records"]
    assert told["by_bus"]["left_out"] == {"its origin is none of the origins": 3}


def test_origins_can_be_small_areas_that_lie_in_those_of_the_index(folder):
    (folder / "homes.csv").write_text(
        "oa,people,lsoa\nE00000011,1,E01000001\nE00000012,3,E01000001\nE00000013,2,E01000002\n"
    )
    for name in ("by_bus", "by_car"):
        table = pl.read_csv(folder / f"{name}.csv", infer_schema=False)
        table.with_columns(pl.format("E000000{}", "home").alias("home")).write_csv(
            folder / f"{name}.csv"
        )
    definition = (
        DEFINITION.replace(
            "inputs: {", "inputs: {oas: {file: homes.csv, geography: oa11, code: oa}, "
        )
        .replace("{column: lsoa, geography: lsoa11}", "{column: oa, geography: oa11}")
        .replace("key: uprn", "key: oa, households: people")
        .replace("index:", "correspondences: {up: {kind: nested, input: oas, column: lsoa, "
                 "to: lsoa11}}\nindex:")
    )  # fmt: skip
    results = build(folder, definition=definition)
    assert found(results, "public") == [145, 25]
    assert found(results, "private") == [26, 6]


WITHOUT = BY_BUS.replace("12,gp,a,arrive,10:00,80\n", "").replace(
    "13,gp,b,arrive,10:00,10", "13,gp,b,arrive,10:00,"
)
"""Homes 12 and 13 lack the arrival at 10:00, the one for want of a row, the other of a time."""


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("absent: longest", [(55 + 90 + 90) / 2, (10 + 90) / 2 + 15]),
        ("absent: leave_out\n      missing_values: unscored", [55, None]),
    ],
)
def test_origins_without_a_time_are_what_the_definition_says_and_are_counted(
    folder, settings, expected
):
    (folder / "by_bus.csv").write_text(WITHOUT)
    results = build(folder, settings)
    assert found(results, "public") == expected
    assert found(results, "private") == [20, 6]
    told = results.provenance["gathered"]["gp"]["public"]
    assert told["origins_without_all_times"] == 2


def test_results_explain_the_numbers_and_compute_them_again(folder):
    results = build(folder)
    text = "\n".join(as_text(explain(results, "E01000001")))
    assert "minutes there and back, by by_bus" in text
    assert "young + old" in text
    assert "min(6 / 10, 1) x 20 + (1 - min(6 / 10, 1)) x 115 = 58" in text
    again = Replay.of(results).base["gp"].columns["value"]
    assert np.array_equal(again, results.areas["gp_value"].to_numpy())
    resolved = load_definition(results.folder / "definition.yaml")
    written = resolved.by_id["gp"].written
    assert written.public == results.definition.by_id["gp"].written.public
    assert written.origins == results.definition.by_id["gp"].written.origins


def test_methods_by_hand():
    assert return_minutes([[10.0, 20, 100]], longest=90).tolist() == [80]  # 2 x 40
    minutes = [[10.0, 30, 5, 15, 25], [np.nan, 1, 1, 1, 1]]
    assert return_minutes(minutes, [False, False, True, True, True])[0] == 35
    assert np.isnan(return_minutes(minutes, [False, False, True, True, True])[1])
    assert share_by_car([1, 4, 0, 3], [2, 3, 5, 0])[:3].tolist() == [0.5, 1, 0]
    assert np.isnan(share_by_car([3], [0])[0])
    assert weighted_minutes([60], [20], [0.25]).tolist() == [50]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: return_minutes([[-1.0]]), "time is negative"),
        (lambda: return_minutes([[1.0]], longest=0), "longest must be above 0"),
        (lambda: return_minutes([[1.0]], [True]), "no journey one of the two ways"),
        (lambda: return_minutes([[1.0]], [False]), "no journey one of the two ways"),
        (lambda: return_minutes([[1.0]], [False, True]), "1 journeys and 2 directions"),
        (lambda: share_by_car([-1], [1]), "number of cars is negative"),
        (lambda: share_by_car([1], [-1]), "number of adults is negative"),
        (lambda: weighted_minutes([1], [1], [1.5]), "not from 0 to 1"),
    ],
)
def test_what_is_no_time_or_share_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()
