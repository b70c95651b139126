"""The plain tables of the Welsh index: what they count, and what they show of need."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.stats import spearmanr

from hyperlocal.synthetic import Nation
from hyperlocal.synthetic.nation import chance
from hyperlocal.synthetic.signals import people, places
from hyperlocal.synthetic.wales import FILES

SEED = 3
SKIPPED = {"dwp": 3, "hmrc": 3, "homeoffice": 3, "ons": 3, "moj": 3, "nomis": 0, "ofcom": 0}
"""The lines above the headings, by publisher."""
NO_NUMBERS = ("date", "geography", "geography code", "LSOA name", "LSOA11NM")


@pytest.fixture(scope="module")
def tables(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Every table by its path, with the areas under `code`."""
    folder = tmp_path_factory.mktemp("wales")
    return {path: _read(path, _written(nation, path, folder)) for path in FILES}


def _written(nation: Nation, path: str, folder: Path) -> Path:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    FILES[path](nation, chance(SEED, path), file)
    return file


def _read(path: str, file: Path) -> pl.DataFrame:
    table = pl.read_csv(file, skip_lines=SKIPPED[path.split("/", maxsplit=1)[0]])
    (code,) = {"LSOA code", "LSOA11CD", "geography code", "lsoa"} & set(table.columns)
    return table.rename({code: "code"}).drop(NO_NUMBERS, strict=False)


def test_tables_have_a_row_for_each_area(nation, tables):
    areas = places(nation, "lsoa11").codes.to_list()
    for path, table in tables.items():
        codes = table["code"].to_list()
        if path.startswith("moj"):  # areas without a prison are left out
            assert set(codes) < set(areas)
        else:
            assert codes == areas, path


def test_a_table_is_the_same_each_time_and_another_with_another_seed(nation, tmp_path):
    path = "dwp/employment_benefits_lsoa11_2016-17.csv"
    first = _written(nation, path, tmp_path).read_bytes()
    assert _written(nation, path, tmp_path).read_bytes() == first
    FILES[path](nation, chance(SEED + 1, path), tmp_path / path)
    assert (tmp_path / path).read_bytes() != first


def test_nobody_is_counted_twice_or_in_prison(nation, tables):
    """All claimants of working age on any benefit are fewer than the people who are free."""
    areas = places(nation, "lsoa11")
    free = areas.total(np.maximum(people(nation, 16, 64) - nation.prisoners, 0))
    for path in (
        "dwp/employment_benefits_lsoa11_2016-17.csv",
        "dwp/people_on_universal_credit_lsoa11_2016-17.csv",
    ):
        counted = tables[path].drop("code", "Dependent children", strict=False)
        assert (counted.sum_horizontal().to_numpy() <= free).all()
        assert counted.min_horizontal().min() >= 0


def test_parts_add_up_to_their_totals(tables):
    rated = tables["nomis/census2011_occupancy_bedrooms_lsoa11.csv"]
    everybody = "Occupancy Rating (Bedrooms): All people in households"
    parts = rated.drop("code", everybody)
    assert parts.sum_horizontal().to_list() == rated[everybody].to_list()
    served = tables["ofcom/201901_fixed_lsoa11_coverage.csv"]
    assert served.drop("code", "All Premises").sum_horizontal().to_list() == (
        served["All Premises"].to_list()
    )
    held = tables["moj/prisoners_lsoa11_2016.csv"]
    assert held.drop("code", "Prisoners").sum_horizontal().to_list() == held["Prisoners"].to_list()


@pytest.mark.parametrize(
    ("path", "numerator", "denominator", "dimension"),
    [
        (
            "ofcom/201901_fixed_lsoa11_coverage.csv",
            ["Number of premises unable to receive 30Mbit/s"],
            ["All Premises"],
            "clean_energy",
        ),
        (
            "nomis/census2011_occupancy_bedrooms_lsoa11.csv",
            ["Occupancy Rating (Bedrooms): Rating -1 or less"],
            ["Occupancy Rating (Bedrooms): All people in households"],
            "clean_energy",
        ),
        (
            "nomis/census2011_lc5102ew_lsoa11.csv",
            [
                f"Age: Age {ages}; Highest Level of Qualification: No qualifications"
                for ages in ("25 to 34", "35 to 49", "50 to 64")
            ],
            [
                f"Age: Age {ages}; Highest Level of Qualification: "
                "All categories: Highest level of qualification"
                for ages in ("25 to 34", "35 to 49", "50 to 64")
            ],
            "opportunity",
        ),
    ],
)
def test_shares_follow_the_planted_need(nation, tables, path, numerator, denominator, dimension):
    table = tables[path]
    share = table.select(numerator).sum_horizontal() / table.select(denominator).sum_horizontal()
    planted = nation.planted("lsoa11")[dimension]
    assert spearmanr(share, planted).statistic > 0.75


def test_claimants_follow_the_planted_need(nation, tables):
    residents = places(nation, "lsoa11").total(people(nation))
    planted = nation.planted("lsoa11")["economic_growth"]
    for path, least in (
        ("dwp/income_related_benefits_lsoa11_2016-17.csv", 0.85),
        ("dwp/employment_benefits_lsoa11_2016-17.csv", 0.8),
        ("homeoffice/section_95_support_lsoa11_2017-06.csv", 0.3),
    ):
        rate = tables[path].drop("code").sum_horizontal().to_numpy() / residents
        assert spearmanr(rate, planted).statistic > least, path
