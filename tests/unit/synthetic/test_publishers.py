"""The publishers' files of a nation: what they hold, and in what form they are issued."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal.definition import Definition
from hyperlocal.pipeline.tables import read_table
from hyperlocal.pipeline.used import boundary_inputs, used_columns
from hyperlocal.synthetic import Nation
from hyperlocal.synthetic.nation import chance

MODULES = (
    "census",
    "connections",
    "deprivation",
    "dwp",
    "education",
    "energy",
    "health",
    "jobs",
    "ons",
)
SEED = 3


def _files(*modules: str) -> dict:
    return {
        path: write
        for name in modules
        for path, write in import_module(f"hyperlocal.synthetic.{name}").FILES.items()
    }


def _write(nation: Nation, folder: Path, files: dict, seed: int = SEED) -> Path:
    for path, write in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write(nation, chance(seed, path), file)
    return folder


@pytest.fixture(scope="module")
def folder(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All files of a nation."""
    files = _files(*MODULES, "geography_files")
    return _write(nation, tmp_path_factory.mktemp("publishers"), files)


@pytest.fixture(scope="module")
def definition() -> Definition:
    return hyperlocal.load("hyperlocal-need-2025")


@pytest.fixture(scope="module")
def isles(nation: Nation) -> str:
    """The district that is one LSOA."""
    lsoas = nation.pieces.select("ltla23", "lsoa21").unique()["ltla23"].value_counts()
    (code,) = lsoas.filter(pl.col("count") == 1)["ltla23"]
    return code


def _csv(folder: Path, path: str, header_row: int = 1) -> pl.DataFrame:
    return pl.read_csv(folder / path, skip_lines=header_row - 1, infer_schema=False)


def _sheet(folder: Path, path: str, sheet: str, header_row: int = 1) -> pl.DataFrame:
    reader = fastexcel.read_excel(folder / path)
    return reader.load_sheet(sheet, header_row=header_row - 1).to_polars()


def _people(nation: Nation, first: int, last: int) -> int:
    return int(nation.ages[:, :, first : last + 1].sum())


def test_every_input_of_the_definition_is_written_and_has_its_columns(folder, definition):
    used, boundaries = used_columns(definition), boundary_inputs(definition)
    for name, table in definition.inputs.items():
        assert (folder / table.file).is_file(), table.file
        if name not in boundaries:
            assert read_table(table, used[name], folder, definition.lists) is not None


def test_every_file_that_a_publisher_writes_is_an_input(definition):
    assert _files(*MODULES).keys() <= {table.file for table in definition.inputs.values()}


def test_the_same_seed_writes_the_same_bytes_and_another_writes_others(nation, folder, tmp_path):
    files = _files(*MODULES)
    again = _write(nation, tmp_path / "again", files)
    other = _write(nation, tmp_path / "other", files, seed=SEED + 1)
    without_chance = {
        "nomis/census2021-ts041-lsoa.csv",
        "ons/sapelsoasyoa_mid2022_lsoa21.csv",
    }
    for path in files:
        assert (folder / path).read_bytes() == (again / path).read_bytes(), path
        same = (folder / path).read_bytes() == (other / path).read_bytes()
        assert same == (path in without_chance), path


def test_populations_are_those_of_the_nation(nation, folder):
    table = _csv(folder, "ons/sapelsoasyoa_mid2022_lsoa21.csv", 4)
    codes, people = nation.total(nation.pieces["people"].to_numpy(), "lsoa21")
    assert table["LSOA 2021 Code"].to_list() == codes.to_list()
    assert table["Total"].cast(pl.Int64).to_list() == people.tolist()
    ages = table.select(pl.exclude("LSOA 2021 Code", "LSOA 2021 Name", "Total").cast(pl.Int64))
    assert ages.columns == [f"{sex}{age}" for sex in "FM" for age in range(91)]
    assert ages.sum_horizontal().to_list() == people.tolist()
    assert ages.sum().row(0) == tuple(nation.ages.sum(axis=0).ravel().tolist())
    earlier = _csv(folder, "nomis/population_estimates_lsoa11.csv", 7).drop_nulls("mnemonic")
    in_2012, in_2020 = (earlier[year].cast(pl.Int64).sum() for year in ("2012", "2020"))
    assert in_2012 < in_2020 < people.sum()


@pytest.mark.parametrize(
    ("table", "name", "youngest", "total"),
    [
        ("ts037", "General health", 0, "Total: All usual residents"),
        ("ts038", "Disability", 0, "Total: All usual residents"),
        (
            "ts062",
            "National Statistics Socio-economic Classification (NS-SEC)",
            16,
            "Total: All usual residents aged 16 years and over",
        ),
        (
            "ts067",
            "Highest level of qualification",
            16,
            "Total: All usual residents aged 16 years and over",
        ),
    ],
)
def test_classes_of_the_census_add_up_to_the_residents(
    nation, folder, table, name, youngest, total
):
    census = _csv(folder, f"nomis/census2021-{table}-oa.csv")
    assert census.columns[:3] == ["date", "geography", "geography code"]
    numbers = census.select(pl.exclude(census.columns[:3]).cast(pl.Int64))
    assert numbers.columns[0] == f"{name}: {total}"
    classes = numbers.select(
        pl.exclude(numbers.columns[0], f"{name}: Disabled under the Equality Act")
    )
    assert classes.sum_horizontal().to_list() == numbers[:, 0].to_list()
    assert numbers[:, 0].sum() == _people(nation, youngest, 90)
    assert census["geography code"].to_list() == nation.places("oa21")[0].to_list()


def test_stat_xplore_puts_notes_around_its_tables_and_marks_nothing(nation, folder):
    paths = list(_files("dwp"))
    assert len(paths) == 9
    for path in paths:
        lines = (folder / path).read_text().splitlines()
        assert lines[7].startswith("National - Regional - LA - OAs,"), path
        assert lines[3] == lines[6] == ""
        table = _csv(folder, path, 8)
        where = table["National - Regional - LA - OAs"]
        rows = table.filter(where.str.starts_with("E0").fill_null(False))
        geography = "oa21" if "_oa21_" in path else "lsoa11"
        assert rows[:, 0].to_list() == nation.places(geography)[0].to_list()
        cells = rows[:, 1:].unpivot()["value"]
        assert not cells.is_null().any()
        assert not (cells == "0").any()
        assert (cells.str.contains(r"^\d+$") | cells.is_in(["-", ".."])).all()
    every = [_csv(folder, path, 8)[:, 1:].unpivot()["value"] for path in paths]
    assert {"-", ".."} <= set(pl.concat(every))


def test_claimants_are_some_of_those_who_can_claim(nation, folder):
    table = _csv(folder, "dwp/people_on_universal_credit_oa21_2024-09.csv", 8)
    numbers = table.select(pl.exclude(table.columns[0]).cast(pl.Int64, strict=False))
    total = table[:, 0].to_list().index("Total")
    claimants = sum(numbers.row(total))
    assert 0.1 < claimants / _people(nation, 16, 64) < 0.25
    shown = numbers[:total].sum_horizontal().sum()
    assert abs(shown / claimants - 1) < 0.005  # but for what is marked as not available


def test_employees_are_rounded_and_rows_of_nothing_left_out(folder, definition):
    table = _csv(folder, "nomis/bres_lsoa11_2023.csv")
    numbers = table["OBS_VALUE"].cast(pl.Int64)
    assert (numbers % 5 == 0).all()
    assert (numbers > 0).all()
    assert not table.select("GEOGRAPHY_CODE", "INDUSTRY_CODE").is_duplicated().any()
    listed = table["INDUSTRY_CODE"].is_in(definition.lists["high_growth_industries"])
    assert set(table["INDUSTRY_CODE"].filter(listed)) == set(
        definition.lists["high_growth_industries"]
    )
    assert 0.1 < numbers.filter(listed).sum() / numbers.sum() < 0.35


def test_one_authority_has_no_school_results(folder, isles):
    for stage, marks in (("ks2", {"c"}), ("ks4", {"c", "x", "z"})):
        table = _csv(folder, f"dfe/{stage}_local_authority_district_2223.csv")
        assert set(table["gender"]) == {"Boys", "Girls", "Total"}
        assert set(table["time_period"]) == {"202122", "202223"}
        results = table.select(pl.exclude(table.columns[:6]))
        marked = results.select(pl.all().is_in(["c", "x", "z"]))
        hidden = table["lad_code"] == isles
        assert set(results.filter(hidden).unpivot()["value"]) == marks
        assert not marked.filter(~hidden).unpivot()["value"].any()
        assert table.filter(pl.col("geographic_level") == "National").height == 6
    schools = _sheet(
        folder, "ofsted/state_funded_schools_inspections_utla23_2023.xlsx", "Local authorities", 5
    )
    without = schools.filter(pl.col("% good or outstanding") == ":")
    assert without["Local authority code"].to_list() == [isles]
    assert schools["Local authority"].to_list().count("England") == 1


def test_ranks_of_2019_are_all_ranks_from_the_most_deprived(nation, folder):
    path = "mhclg/File_2_-_IoD2019_Domains_of_Deprivation.xlsx"
    table = _sheet(folder, path, "IoD2019 Domains")
    number = len(nation.places("lsoa11")[0])
    rank = table["Crime Rank (where 1 is most deprived)"].cast(pl.Int64)
    assert sorted(rank) == list(range(1, number + 1))
    planted = nation.planted("lsoa11")["safe_streets"].to_numpy()
    assert np.corrcoef(rank, planted)[0, 1] < -0.9


def test_few_certificates_are_hidden(folder):
    table = _csv(folder, "dluhc/epc_bands_lsoa21_2023-01.csv", 3)
    cells = table.select(pl.exclude("LSOA", "Lodgements")).unpivot()["value"]
    assert (cells == "*").any()
    assert not cells.is_in(["1", "2"]).any()
    bands = table.select(pl.exclude("LSOA", "Lodgements").cast(pl.Int64, strict=False).fill_null(0))
    short = table["Lodgements"].cast(pl.Int64) - bands.sum_horizontal()
    hidden = table.select(pl.exclude("LSOA", "Lodgements") == "*").sum_horizontal()
    assert ((short >= hidden) & (short <= 2 * hidden)).all()


def test_thousands_are_parted_by_commas(nation, folder):
    carbon = _csv(folder, "pbcc/pbcc_lsoa11_carbon.csv")
    assert carbon["total_kgco2e_percap"].str.contains(r"^\d{1,2},\d{3}\.\d$").all()
    patients = _csv(folder, "nhs/gp_appointments_lsoa21_2022-10.csv")["NUMBER_OF_PATIENTS"]
    number = patients.str.replace(",", "").cast(pl.Int64).sum()
    assert 1 < number / nation.pieces["people"].sum() < 1.08  # some are registered twice


def test_some_output_areas_have_no_speed(folder):
    table = _csv(folder, "ofcom/202305_fixed_oa21_performance_r01.csv")
    missing = table["Average download speed (Mbit/s)"].is_null()
    assert 0 < missing.mean() < 0.03
    assert not table["Number of connections"].is_null().any()


def test_households_and_children_are_those_of_the_nation(nation, folder):
    fuel = _sheet(folder, "beis/sub_regional_fuel_poverty_lsoa21_2022.xlsx", "Table 4", 3)
    households = int(nation.pieces["households"].sum())
    assert int(fuel["Number of households"].sum()) == households
    assert (fuel["Number of households in fuel poverty"] <= fuel["Number of households"]).all()
    census = _csv(folder, "nomis/census2021-ts041-lsoa.csv")["Number of households"]
    assert census.cast(pl.Int64).sum() == households
    childcare = _sheet(
        folder, "ofsted/childcare_accessibility_lsoa21_2023.xlsx", "Accessibility", 6
    )
    assert int(childcare["Children aged 7 and under"].sum()) == _people(nation, 0, 7)


def test_deaths_and_life_expectancy_are_in_the_long_form_of_fingertips(nation, folder):
    number = len(nation.places("msoa11")[0])
    life = _csv(folder, "fingertips/life_expectancy_at_birth_msoa11.csv")
    areas = life.filter(pl.col("Area Type") == "MSOA")
    assert areas["Sex"].value_counts(sort=True)["count"].to_list() == [number, number]
    value, low, high = (
        areas[name].cast(pl.Float64)
        for name in ("Value", "Lower CI 95.0 limit", "Upper CI 95.0 limit")
    )
    assert ((low < value) & (value < high) & value.is_between(65, 95)).all()
    deaths = _csv(folder, "fingertips/deaths_from_all_causes_msoa11.csv")
    assert deaths["Area Type"].to_list() == ["England", *["MSOA"] * number]
    count, expected = (deaths[name].cast(pl.Float64) for name in ("Count", "Denominator"))
    assert count[0] == count[1:].sum()
    ratio = (100 * count / expected - deaths["Value"].cast(pl.Float64))[1:]
    assert ratio.abs().max() < 0.001


@pytest.mark.parametrize("number", ["5", "6"])
def test_travel_times_come_in_an_opendocument_sheet_named_by_the_year(nation, folder, number):
    service, heading = {"5": ("gp", "GPPTt"), "6": ("hospital", "HospPTt")}[number]
    table = _sheet(folder, f"dft/jts050{number}_{service}_lsoa11_2019.ods", "2019", 1)
    assert table.columns == ["LSOA_code", heading]
    assert table["LSOA_code"].to_list() == nation.places("lsoa11")[0].to_list()
    assert (table[heading] > 0).all()


def test_value_added_and_income_are_plausible(nation, folder):
    table = _sheet(folder, "ons/small_area_gva_lsoa11_2022.xlsx", "Table 1", 4)
    assert table.columns[2:] == ["2012", "2017", "2022"]
    per_head = 1e6 * table["2022"].sum() / nation.pieces["people"].sum()
    assert 20_000 < per_head < 45_000
    income = _sheet(folder, "ons/admin_based_income_msoa11_2016.xlsx", "Net equivalised income", 5)
    median = income.drop_nulls("50th percentile")["50th percentile"].cast(pl.Float64)
    assert (median % 100 == 0).all()
