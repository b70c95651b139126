"""Floods, air and travel over a made-up nation: the need that was planted in it is found again."""

from __future__ import annotations

from importlib import import_module

import polars as pl
import pytest
from scipy.stats import spearmanr

import hyperlocal
from hyperlocal.synthetic import Nation, make_nation
from hyperlocal.synthetic.dwellings import homes
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.need import DIMENSIONS
from hyperlocal.synthetic.signals import people, places
from hyperlocal.synthetic.travel import DISTANCES, SERVICES

MODULES = ("environment", "travel", "census", "geography_files")
DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: cars, code: 2011 super output area - lower layer}}
defaults: {shrink_to: none}
lists:
  damages: {file: lists/flood_damages_2013.csv, column: return_period, number: damage}
inputs:
  cars:
    file: nomis/census2011_ks404ew_lsoa11.csv
    header_row: 4
    geography: lsoa11
    code: 2011 super output area - lower layer
  oa11: {file: geography/OA11_LSOA11_MSOA11_LAD11_EW_LU.csv, geography: oa11, code: OA11CD}
  distances: {file: dclg/road_distances_oa11_2014.csv, geography: oa11, code: OA11CD}
correspondences:
  oa11_to_lsoa11: {kind: nested, input: oa11, column: LSOA11CD, to: lsoa11}
records:
  flood_risk:
    file: nrw/flood_risk_dwellings_2019.parquet
    area: {column: lsoa11, geography: lsoa11}
  dwellings:
    file: addressbase/dwellings.parquet
    location: {x: easting, y: northing}
    area: {column: lsoa11, geography: lsoa11}
  no2: {file: defra/mapno22017.csv, header_row: 5, location: {x: x, y: y}, missing: MISSING}
  pm10: {file: defra/mappm102017g.csv, header_row: 5, location: {x: x, y: y}, missing: MISSING}
  pm25: {file: defra/mappm252017g.csv, header_row: 5, location: {x: x, y: y}, missing: MISSING}
  output_areas:
    file: nomis/census2011_ks101ew_oa11.csv
    area: {column: geography code, geography: oa11}
  by_public_transport: {file: welsh_government/public_travel_times_oa11_2019.parquet}
  by_car: {file: welsh_government/private_travel_times_oa11_2019.parquet}
index:
  high_value: more_need
  indicators:
    flood_risk:
      kind: flood_risk
      records: flood_risk
      bands: {rivers: rivers, sea: sea, surface_water: surface_water}
      damages: {list: damages, onset: {High: 2, Medium: 30, Low: 100}, decimals: 0}
      no_risk: No risk
    air_quality:
      kind: air_quality
      dwellings: dwellings
      pollutants:
        no2: {records: no2, column: no22017, objective: 40}
        pm10: {records: pm10, column: pm102017g, objective: 40}
        pm25: {records: pm25, column: pm252017g, objective: 25}
"""
BY_CAR = """\
    travel_PLACE:
      kind: travel_time
      title: SERVICE
      origins:
        records: output_areas
        key: geography code
        households: "Variable: Lives in a household; measures: Value"
      private: {records: by_car, origin: oa11, minutes: minutes, where: {service: SERVICE}}
      longest: 90
"""
BY_BOTH = """\
      public:
        records: by_public_transport
        origin: oa11
        minutes: minutes
        direction: {column: direction, to_service: Arrive, from_service: Depart}
        departure: time
        where: {service: SERVICE}
      cars: {input: cars, column: All cars or vans}
      adults: {input: cars, column: Adults aged 17 and over}
"""
DISTANCE = """\
    distance_PLACE: {input: distances, column: SERVICE (km), averaged_with: Residents}
"""


@pytest.fixture(scope="module")
def nation() -> Nation:
    return make_nation(areas=300, seed=4)


@pytest.fixture(scope="module")
def results(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> hyperlocal.Results:
    folder = tmp_path_factory.mktemp("nation")
    for name in MODULES:
        for path, write in import_module(f"hyperlocal.synthetic.{name}").FILES.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            write(nation, chance(4, path), folder / path)
    all_homes = homes(nation)
    (folder / "addressbase").mkdir(exist_ok=True)
    pl.DataFrame(
        {
            "uprn": all_homes.uprn,
            "lsoa11": all_homes.area(nation, "lsoa11"),
            "easting": all_homes.easting,
            "northing": all_homes.northing,
        }
    ).write_parquet(folder / "addressbase" / "dwellings.parquet")
    text = DEFINITION
    for place, (service, (public, _)) in enumerate(SERVICES.items()):
        block = BY_CAR + (BY_BOTH if public is not None else "")
        text += block.replace("SERVICE", service).replace("PLACE", str(place))
    for place, service in enumerate(DISTANCES):
        text += DISTANCE.replace("SERVICE", service).replace("PLACE", str(place))
    (folder / "index.yaml").write_text(text)
    return hyperlocal.build(folder / "index.yaml", folder, folder / "out")


@pytest.fixture(scope="module")
def planted(nation: Nation) -> pl.DataFrame:
    areas = places(nation, "lsoa11")
    need = areas.mean(nation.need[:, DIMENSIONS.index("clean_energy")], people(nation))
    return pl.DataFrame({"area_code": areas.codes, "need": need})


def test_every_indicator_follows_the_planted_need(results, planted):
    table = results.areas.join(planted, on="area_code", validate="1:1")
    assert table.height == planted.height
    for node in results.definition.nodes:
        if node.is_indicator:
            found = spearmanr(table[f"{node.id}_value"], table["need"]).statistic
            assert found > 0.85, node.id


def test_all_dwellings_and_origins_are_counted(results, nation):
    number = len(homes(nation).uprn)
    gathered = results.provenance["gathered"]
    assert gathered["flood_risk"]["records"]["flood_risk"] == {"records": number, "left_out": {}}
    assert gathered["air_quality"]["records"]["dwellings"] == {"records": number, "left_out": {}}
    assert results.areas["flood_risk_denominator"].sum() == number
    origins = nation.pieces["oa11"].n_unique()
    assert {told["origins"] for name, told in gathered.items() if "travel" in name} == {origins}
    assert gathered["travel_0"]["public"]["journeys"] == 6
    assert gathered["flood_risk"]["band_weights"] == {"High": 24, "Medium": 4, "Low": 1}


def test_road_distances_are_means_weighted_by_residents(results, nation):
    """A plain value covers them; the same by hand for one area."""
    folder = results.folder.parent
    table = pl.read_csv(folder / "dclg" / "road_distances_oa11_2014.csv")
    lookup = pl.read_csv(folder / "geography" / "OA11_LSOA11_MSOA11_LAD11_EW_LU.csv")
    code = results.areas["area_code"][17]
    own = table.join(lookup.filter(pl.col("LSOA11CD") == code), on="OA11CD")
    mean = (own["GP surgery (km)"] * own["Residents"]).sum() / own["Residents"].sum()
    assert own.height > 1
    assert results.areas["distance_0_value"][17] == pytest.approx(mean, rel=1e-12)
