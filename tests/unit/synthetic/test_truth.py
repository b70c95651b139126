"""The true rates of a nation are those that its files were drawn from."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.indicators import REGISTRY
from hyperlocal.synthetic import Nation, census, dwp, energy, health, true_rates, truth
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.signals import people, places, shown
from hyperlocal.synthetic.writing import files


@pytest.fixture(scope="module")
def rates(nation: Nation) -> pl.DataFrame:
    return true_rates(nation)


def of(rates: pl.DataFrame, indicator: str) -> np.ndarray:
    return rates.filter(indicator=indicator)["true_rate"].to_numpy()


def test_there_is_a_rate_of_each_indicator_and_area(nation: Nation, rates: pl.DataFrame) -> None:
    assert rates.height == len(truth.TRUE_RATES) * nation.areas
    assert rates.null_count().sum_horizontal().item() == 0
    assert rates["true_rate"].is_finite().all()
    for indicator in truth.TRUE_RATES:
        own = rates.filter(indicator=indicator)
        assert own["area_code"].to_list() == nation.names["lsoa21"]["code"].to_list()


def test_they_are_of_indicators_that_rest_on_counts() -> None:
    by_id = hyperlocal.load("hyperlocal-need-2025").by_id
    shrinkable = {
        node.id
        for node in by_id.values()
        if node.is_indicator and REGISTRY[node.written.kind].shrink is not None
    }
    assert truth.TRUE_RATES.keys() <= shrinkable
    areas = {"oa21": "Output Area (2021)", "lsoa21": "LSOA (2021)", "lsoa11": "LSOA (2011)"}
    areas["msoa11"] = "MSOA (2011)"
    for name, rate in truth.TRUE_RATES.items():
        written = by_id[name].written
        if by_id[name].children:  # benefits: the larger of two kinds of areas
            granularities = {child.written.granularity for child in by_id[name].children}
            assert granularities == {areas["oa21"], areas[rate.granularity]}, name
        elif not name.startswith("life_expectancy"):  # said for both sexes at once
            assert written.granularity == areas[rate.granularity], name
        if written.kind in ("rate", "ratio"):
            assert rate.per == written.per, name


def test_they_come_from_the_chance_of_files_that_are_written(
    nation: Nation, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = set()

    def noted(seed: int, name: str) -> np.random.Generator:
        asked.add(name)
        return chance(seed, name)

    monkeypatch.setattr(truth, "chance", noted)
    true_rates(nation)
    assert len(asked) > 15
    assert asked <= files().keys()


def test_the_rate_of_an_area_is_that_of_its_pieces(nation: Nation, rates: pl.DataFrame) -> None:
    """Fuel poverty of one LSOA, from the formula of its signal."""
    signal = energy.FUEL_POOR
    moved = shown(
        nation, signal, chance(nation.seed, "beis/sub_regional_fuel_poverty_lsoa21_2022.xlsx")
    )
    code = nation.pieces["lsoa21"][0]
    expected = households = 0.0
    for piece, row in enumerate(nation.pieces.iter_rows(named=True)):
        if row["lsoa21"] == code:
            logit = np.log(signal.level / (1 - signal.level)) + moved[piece]
            expected += row["households"] / (1 + np.exp(-logit))
            households += row["households"]
    found = rates.filter(indicator="fuel_poverty", area_code=code)["true_rate"].item()
    assert found == pytest.approx(100 * expected / households, rel=1e-12)


def test_counts_scatter_around_them_as_chance_has_it(nation: Nation, rates: pl.DataFrame) -> None:
    """The counts that are written, drawn again: (count − expected)²/variance is 1 on average."""
    lsoas = places(nation, "lsoa21")
    drawn = census.HEALTH.draw(nation, chance(nation.seed, "nomis/census2021-ts037-oa.csv"))
    name = "personal_independence_payment_oa21_2024-07"
    claims = dwp.BENEFITS[name].draw(nation, chance(nation.seed, f"dwp/{name}.csv"))
    bad = lsoas.total(drawn["Bad health"] + drawn["Very bad health"])
    residents = lsoas.total(people(nation))
    share = of(rates, "bad_health") / 100
    squares = (bad - residents * share) ** 2 / (residents * share * (1 - share))
    assert squares.mean() == pytest.approx(1, abs=0.25)
    expected = dwp.BENEFITS[name].expected(nation, chance(nation.seed, f"dwp/{name}.csv"))
    number = lsoas.total(expected["Personal Independence Payment"])
    assert ((lsoas.total(claims)[:, 0] - number) ** 2 / number).mean() == pytest.approx(1, abs=0.25)


def test_appointments_in_a_file_are_those_that_are_expected(
    nation: Nation, rates: pl.DataFrame, tmp_path
) -> None:
    path = "nhs/gp_appointments_lsoa21_2022-10.csv"
    files()[path](nation, chance(nation.seed, path), tmp_path / "gp.csv")
    table = pl.read_csv(tmp_path / "gp.csv", infer_schema=False)
    number = table["APPOINTMENTS"].str.replace(",", "").cast(pl.Int64).to_numpy()
    patients = places(nation, "lsoa21").total(health.patients(nation))
    expected = patients * of(rates, "gp_appointments") / 1000
    assert ((number - expected) ** 2 / expected).mean() == pytest.approx(1, abs=0.25)


def test_rates_of_larger_areas_hold_for_all_in_them(nation: Nation, rates: pl.DataFrame) -> None:
    whole = (
        nation.pieces.group_by("lsoa21")
        .agg(pl.col("msoa11").n_unique().alias("parts"), pl.col("msoa11").first())
        .filter(parts=1)
    )
    for name in ("deaths_from_all_causes", "household_income", "life_expectancy_males"):
        own = rates.filter(indicator=name).join(whole, left_on="area_code", right_on="lsoa21")
        apart = own.group_by("msoa11").agg(pl.col("true_rate").max() - pl.col("true_rate").min())
        assert apart["true_rate"].max() < 1e-8 * own["true_rate"].max(), name
        assert own["true_rate"].n_unique() > 20


def test_another_seed_has_other_rates(rates: pl.DataFrame, nation: Nation) -> None:
    assert true_rates(nation).equals(rates)
    other = true_rates(hyperlocal.synthetic.make_nation(60, seed=1))
    same = true_rates(hyperlocal.synthetic.make_nation(60, seed=2))
    assert not other["true_rate"].equals(same["true_rate"])
