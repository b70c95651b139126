"""Travel times of a made-up matrix: the same through pandas, step by step as the method says."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import hyperlocal

pytestmark = pytest.mark.oracle

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}}
inputs: {areas: {file: areas.csv, geography: lsoa11, code: code}}
records:
  homes: {file: homes.parquet, area: {column: lsoa, geography: lsoa11}}
  by_bus: {file: by_bus.parquet}
  by_car: {file: by_car.parquet}
index:
  high_value: more_need
  input: areas
  indicators:
    gp:
      kind: travel_time
      origins: {records: homes, key: uprn, households: people}
      public:
        records: by_bus
        origin: uprn
        minutes: minutes
        direction: {column: way, to_service: to, from_service: back}
        departure: time
      private: {records: by_car, origin: uprn, minutes: minutes}
      cars: cars
      adults: adults
      longest: 90
      absent: longest
"""


def test_a_matrix_of_several_services_and_departures(tmp_path):
    rng = np.random.default_rng(5)
    areas = [f"E{1000001 + place:08d}" for place in range(7)]
    table = pd.DataFrame(
        {"code": areas, "cars": rng.integers(0, 900, 7), "adults": rng.integers(300, 800, 7)}
    )
    table.to_csv(tmp_path / "areas.csv", index=False)
    homes = pd.DataFrame(
        {
            "uprn": [f"{place:06d}" for place in rng.permutation(400)],
            "lsoa": rng.choice(areas, 400),
            "people": rng.integers(0, 5, 400),
        }
    )
    homes.to_parquet(tmp_path / "homes.parquet")
    grid = [homes["uprn"], ["p", "q", "r"], ["to", "back"], ["8:30", "8:45", "9:00"]]
    by_bus = pd.MultiIndex.from_product(grid, names=["uprn", "site", "way", "time"]).to_frame(False)
    by_bus["minutes"] = rng.gamma(3, 25, len(by_bus))
    by_bus = by_bus.sample(frac=0.8, random_state=1)  # some departures have no service at all
    by_bus.to_parquet(tmp_path / "by_bus.parquet")
    by_car = pd.MultiIndex.from_product(grid[:2], names=["uprn", "site"]).to_frame(False)
    by_car["minutes"] = rng.gamma(3, 6, len(by_car))
    by_car.to_parquet(tmp_path / "by_car.parquet")
    (tmp_path / "index.yaml").write_text(DEFINITION)
    found = hyperlocal.build(tmp_path / "index.yaml", tmp_path, tmp_path / "out").areas

    nearest = by_bus.groupby(["uprn", "way", "time"])["minutes"].min().unstack(["way", "time"])
    assert nearest.isna().to_numpy().any()
    capped = nearest.clip(upper=90).fillna(90)
    public = capped["to"].mean(axis=1) + capped["back"].mean(axis=1)
    private = 2 * by_car.groupby("uprn")["minutes"].min().clip(upper=90)
    each = homes.set_index("uprn").assign(public=public, private=private)
    means = {
        way: each.groupby("lsoa").apply(lambda rows, way=way: np.average(rows[way],
                                                                       weights=rows["people"]))
        for way in ("public", "private")
    }  # fmt: skip
    share = (table["cars"] / table["adults"]).clip(upper=1).to_numpy()
    for way, expected in means.items():
        np.testing.assert_allclose(found[f"gp_{way}"], expected, rtol=1e-12)
    value = share * means["private"] + (1 - share) * means["public"]
    np.testing.assert_allclose(found["gp_value"], value, rtol=1e-12)
