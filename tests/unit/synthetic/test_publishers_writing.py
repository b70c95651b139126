"""How publishers' numbers are drawn, and how their tables are written."""

from __future__ import annotations

import zipfile
from pathlib import Path

import fastexcel
import numpy as np
import polars as pl
import pytest

from hyperlocal.synthetic import Nation
from hyperlocal.synthetic.publishing import marked, with_thousands, write_csv
from hyperlocal.synthetic.signals import (
    Signal,
    classes_of,
    count_of,
    mean_of,
    people,
    places,
    shown,
    surface,
)
from hyperlocal.synthetic.workbooks import Sheet, write_ods, write_xlsx

TABLE = pl.DataFrame(
    {
        "Name & <code>": ["A > B", 'say "so"', None],
        "Whole": [1, 20_000, 3],
        "Part": [0.1, None, -2.5e-7],
    }
)


def test_an_excel_workbook_reads_back_as_it_was_written(tmp_path: Path):
    file = tmp_path / "book.xlsx"
    notes = Sheet("Notes & more", ("All figures are made up.",))
    write_xlsx(file, notes, Sheet("Data", ("Title", "", "Below is a table"), TABLE, ("", "A note")))
    reader = fastexcel.read_excel(file)
    assert reader.sheet_names == ["Notes & more", "Data"]
    whole = reader.load_sheet("Data", header_row=None, dtypes="string").to_polars()
    assert whole[:, 0].to_list() == [
        *["Title", None, "Below is a table", "Name & <code>", "A > B", 'say "so"', None],
        *[None, "A note"],
    ]
    table = reader.load_sheet("Data", header_row=3, n_rows=3).to_polars()
    assert table.equals(TABLE, null_equal=True)


def test_an_ods_workbook_reads_back_as_it_was_written(tmp_path: Path):
    file = tmp_path / "book.ods"
    write_ods(file, {"Notes & more": pl.DataFrame({"All figures": ["are made up"]}), "Data": TABLE})
    reader = fastexcel.read_excel(file)
    assert reader.sheet_names == ["Notes & more", "Data"]
    assert reader.load_sheet("Data").to_polars().equals(TABLE, null_equal=True)


def test_the_same_workbook_has_the_same_bytes(tmp_path: Path):
    for name in ("a", "b"):
        write_xlsx(tmp_path / f"{name}.xlsx", Sheet("Data", table=TABLE))
        write_ods(tmp_path / f"{name}.ods", {"Data": TABLE})
    for ending in ("xlsx", "ods"):
        first, second = ((tmp_path / f"{name}.{ending}").read_bytes() for name in ("a", "b"))
        assert first == second
        with zipfile.ZipFile(tmp_path / f"a.{ending}") as archive:
            assert max(part.date_time for part in archive.infolist()) <= (2025, 1, 1, 0, 0, 0)


def test_notes_stand_around_a_csv_table(tmp_path: Path):
    write_csv(
        tmp_path / "a.csv", TABLE.select("Whole"), ("Title", ""), ("", "A note, with a comma")
    )
    text = (tmp_path / "a.csv").read_text()
    assert text == '"Title"\n\nWhole\n1\n20000\n3\n\n"A note, with a comma"\n'


def test_thousands_and_marks():
    values = np.array([0, 999, 1_000, 12_345, 100_001.6])
    assert with_thousands(values).to_list() == ["0", "999", "1,000", "12,345", "100,002"]
    one_decimal = with_thousands(np.array([0.04, 1_000.06, 999.96]), decimals=1)
    assert one_decimal.to_list() == ["0.0", "1,000.1", "1,000.0"]
    hidden = np.array([True, False])
    assert marked(pl.Series([3, 40]), hidden, "*").to_list() == ["*", "40"]


def test_a_signal_follows_its_dimension_and_no_sign_is_lost(nation: Nation):
    need = nation.need[:, 0]
    up, down = (
        shown(nation, Signal("economic_growth", 0.1, slope), np.random.default_rng(1))
        for slope in (0.5, -0.5)
    )
    assert np.corrcoef(up, need)[0, 1] > 0.75
    np.testing.assert_array_equal(up, -down)


def test_a_signal_can_leave_out_what_a_district_shares(nation: Nation):
    districts = places(nation, "ltla23")
    alone = Signal("opportunity", 0.1, 1.0, smooth=0.0, local=0.0, shared=0.0)
    moved = shown(nation, alone, np.random.default_rng(1))
    assert np.abs(districts.mean(moved, people(nation))).max() < 1e-6


def test_a_surface_is_standard_and_smooth(nation: Nation):
    height = surface(nation, np.random.default_rng(1))
    assert abs(height.mean()) < 1e-9
    assert abs(height.std() - 1) < 1e-9
    lsoas = places(nation, "lsoa21")
    within = height - lsoas.mean(height, np.ones(len(height)))[lsoas.of_piece]
    assert within.std() < 0.5


def test_counts_stay_within_those_at_risk_and_near_their_level(nation: Nation):
    adults = people(nation, 16, 64)
    rng = np.random.default_rng(1)
    counted = count_of(nation, Signal("health", 0.1, 0.2), adults, rng)
    assert ((counted >= 0) & (counted <= adults)).all()
    assert 0.08 < counted.sum() / adults.sum() < 0.13
    signals = [Signal("health", level, 0.5) for level in (0.2, 0.3)]
    classes = classes_of(nation, signals, adults, rng)
    assert (classes.sum(axis=1) == adults).all()
    assert classes.shape == (len(adults), 3)


def test_totals_and_means_of_areas_agree_with_the_nation(nation: Nation):
    where = places(nation, "msoa11")
    codes, expected = nation.total(nation.ages.reshape(len(nation.ages), -1), "msoa11")
    assert where.codes.to_list() == codes.to_list()
    np.testing.assert_array_equal(where.total(nation.ages.reshape(len(nation.ages), -1)), expected)
    np.testing.assert_allclose(where.mean(np.full(len(nation.ages), 2.5), people(nation)), 2.5)


def test_an_error_shrinks_with_the_people_behind_it(nation: Nation):
    flat = Signal("health", 10.0, 0.0)
    spread = {}
    for geography in ("oa21", "msoa11"):
        where = places(nation, geography)
        values = mean_of(nation, flat, where, np.random.default_rng(1), error=0.1)
        spread[geography] = np.log(values / 10).std()
    ratio = np.sqrt(len(places(nation, "oa21").codes) / len(places(nation, "msoa11").codes))
    assert spread["oa21"] / spread["msoa11"] == pytest.approx(ratio, rel=0.25)
