"""The folder of a nation and the files of its geography."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
import shapely

from hyperlocal.errors import ResultsError
from hyperlocal.pipeline.made_up import made_up
from hyperlocal.synthetic import Nation, make_nation, synthesise, writing
from hyperlocal.synthetic.geography_files import FILES

AREAS, SEED = 60, 2


@pytest.fixture(scope="module")
def nation() -> Nation:
    return make_nation(AREAS, SEED)


@pytest.fixture(scope="module", autouse=True)
def only_geography() -> object:
    """Write only the files that are tested here: those of publishers have tests of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "MODULES", ("geography_files",))
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, only_geography: object) -> Path:
    out = tmp_path_factory.mktemp("nation") / "data"
    synthesise(AREAS, SEED, out)
    return out


def test_every_file_is_there_and_nothing_else(folder: Path) -> None:
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert found == {*FILES, "README.txt", "made-up.txt"}
    readme = (folder / "README.txt").read_text()
    assert "made up" in readme
    assert f"areas (LSOA 2021): {AREAS}\nseed: {SEED}\nhyperlocal: " in readme
    assert [path.name for path in folder.parent.iterdir()] == ["data"]


def test_a_build_finds_that_its_data_are_made_up(folder: Path) -> None:
    said = "Everything in this folder is made up. No place, person or figure in it exists."
    assert made_up(folder / path for path in FILES) == said
    assert said in (folder / "README.txt").read_text()


def test_the_same_seed_writes_the_same_files(folder: Path, tmp_path: Path) -> None:
    synthesise(AREAS, SEED, tmp_path / "again")
    for path in FILES:
        assert (folder / path).read_bytes() == (tmp_path / "again" / path).read_bytes(), path


def test_progress_is_reported(tmp_path: Path) -> None:
    said: list[tuple[str, int, int]] = []
    synthesise(60, 1, tmp_path / "out", lambda *what: said.append(what))
    assert said[0] == ("Making up the nation", 0, len(FILES) + 1)
    assert said[-1] == ("Done", len(FILES) + 1, len(FILES) + 1)
    assert [done for _, done, _ in said] == list(range(len(FILES) + 2))


def test_an_earlier_nation_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    synthesise(60, 1, out)
    synthesise(61, 1, out)
    assert pl.read_csv(out / "geography/LSOA21_LAD23_EW_LU.csv").height == 61
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_empty_folder_is_used(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    synthesise(60, 1, tmp_path / "out")
    assert (tmp_path / "out" / "README.txt").is_file()


@pytest.mark.parametrize("name", ["notes.txt", "geography/mine.csv"])
def test_a_folder_with_other_files_is_refused(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    synthesise(60, 1, out)
    (out / name).write_text("mine")
    with pytest.raises(ResultsError, match=rf"would be lost: {name}; move them"):
        synthesise(60, 1, out)
    assert (out / name).read_text() == "mine"


def test_a_folder_of_something_else_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("My results\n")
    said: list[str] = []
    with pytest.raises(ResultsError, match=r"would be lost: README\.txt"):
        synthesise(60, 1, tmp_path, lambda what, done, of: said.append(what))
    assert not said


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ResultsError, match="is not a folder"):
        synthesise(60, 1, tmp_path / "out")


def test_a_failure_leaves_the_earlier_nation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    synthesise(60, 1, out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}

    def fail(nation: Nation, rng: np.random.Generator, path: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(FILES, "geography/ONSPD.csv", fail)
    with pytest.raises(ResultsError, match="No space left on device"):
        synthesise(61, 1, out)
    assert before == {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_no_file_is_written_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MODULES", ("geography_files", "geography_files"))
    with pytest.raises(ValueError, match="another module writes as well"):
        writing.files()


def test_lookups_have_the_headings_of_the_originals(folder: Path, nation: Nation) -> None:
    for name, headings, geography in (
        (
            "OA21_LSOA21_MSOA21_LAD22_EW_LU",
            "OA21CD,LSOA21CD,LSOA21NM,LSOA21NMW,MSOA21CD,MSOA21NM,MSOA21NMW,"
            "LAD22CD,LAD22NM,LAD22NMW,ObjectId",
            "oa21",
        ),
        (
            "OA11_LSOA11_MSOA11_LAD11_EW_LU",
            "OA11CD,LSOA11CD,LSOA11NM,MSOA11CD,MSOA11NM,LAD11CD,LAD11NM,LAD11NMW,ObjectId",
            "oa11",
        ),
        ("LSOA21_LAD23_EW_LU", "LSOA21CD,LSOA21NM,LAD23CD,LAD23NM,ObjectId", "lsoa21"),
        ("LSOA21_UTLA23_EW_LU", "LSOA21CD,LSOA21NM,UTLA23CD,UTLA23NM,ObjectId", "lsoa21"),
        ("LAD23_RGN23_EN_LU", "LAD23CD,LAD23NM,RGN23CD,RGN23NM,ObjectId", "ltla23"),
    ):
        path = folder / "geography" / f"{name}.csv"
        first = path.read_bytes().splitlines()[0]
        assert first == b"\xef\xbb\xbf" + headings.encode()
        table = pl.read_csv(path)
        assert table.to_series().equals(nation.places(geography)[0].alias(table.columns[0]))
        parents = nation.pieces.unique(geography).sort(geography)
        for heading in table.columns:
            kind = heading[:-2].lower().replace("lad22", "ltla23").replace("lad23", "ltla23")
            kind = kind.replace("lad11", "ltla23")
            if heading.endswith("CD"):
                assert table[heading].equals(parents[kind].alias(heading))
            elif heading.endswith("NM"):
                names = dict(nation.names[kind].iter_rows())
                assert table[heading].to_list() == [names[code] for code in parents[kind]]


def test_changes_are_written_as_published(folder: Path, nation: Nation) -> None:
    table = pl.read_csv(folder / "geography/LSOA11_LSOA21_LAD22_EW_LU.csv")
    assert table.columns[:5] == ["LSOA11CD", "LSOA11NM", "LSOA21CD", "LSOA21NM", "CHGIND"]
    written = table.select(lsoa11="LSOA11CD", lsoa21="LSOA21CD", change="CHGIND")
    assert written.equals(nation.lsoa_changes)
    district = dict(nation.pieces.select("lsoa21", "ltla23").unique().iter_rows())
    assert table["LAD22CD"].to_list() == [district[code] for code in table["LSOA21CD"]]


@pytest.mark.parametrize("geography", ["oa11", "oa21", "lsoa21", "ltla23"])
def test_boundaries_are_geoparquet(folder: Path, nation: Nation, geography: str) -> None:
    name = geography.replace("ltla", "lad")
    table = pq.read_table(folder / "geography" / f"{name}_boundaries.parquet")
    about = json.loads(table.schema.metadata[b"geo"])["columns"]["geometry"]
    assert about["encoding"] == "WKB"
    assert about["crs"]["id"] == {"authority": "EPSG", "code": 27700}
    codes, shapes = nation.boundaries(geography)
    assert table[f"{name.upper()}CD"].to_pylist() == codes.to_list()
    written = shapely.from_wkb(table["geometry"].to_numpy())
    assert shapely.equals_exact(written, shapes).all()


def test_postcodes_are_written_as_in_the_directory(folder: Path, nation: Nation) -> None:
    path = folder / "geography/ONSPD.csv"
    lines = path.read_text().splitlines()
    assert lines[0].startswith("pcd,pcd2,pcds,dointr,doterm,")
    assert lines[1].startswith('"')
    table = pl.read_csv(path, infer_schema=False)
    postcodes = nation.postcodes
    assert table["pcds"].equals(postcodes["postcode"].alias("pcds"))
    assert set(table["pcd"].str.len_chars()) == {7}
    assert set(table["pcd2"].str.len_chars()) == {8}
    assert (
        table["pcd"]
        .str.replace_all(" ", "")
        .equals(postcodes["postcode"].str.replace(" ", "").alias("pcd"))
    )
    assert (table["doterm"].str.len_chars().fill_null(0) == 0).equals(
        postcodes["terminated"].is_null().alias("doterm")
    )
    assert table["osnrth1m"].str.len_chars().unique().to_list() == [7]
    for geography in ("oa11", "oa21", "lsoa11", "lsoa21", "msoa11", "msoa21"):
        own = nation.pieces[geography].gather(postcodes["piece"])
        assert table[geography].equals(own.alias(geography))
    # Six decimals of a degree are at most 6 cm off.
    from convertbng.cutil import convert_bng

    degrees = (table[column].cast(pl.Float64).to_numpy() for column in ("long", "lat"))
    easting, northing = convert_bng(*degrees)
    assert np.abs(easting - table["oseast1m"].cast(float).to_numpy()).max() < 0.15
    assert np.abs(northing - table["osnrth1m"].cast(float).to_numpy()).max() < 0.15


def test_dwellings_of_postcodes_are_written_by_output_area(folder: Path, nation: Nation) -> None:
    table = pl.read_csv(folder / "geography/postcode_dwellings.csv")
    assert table.columns == ["postcode", "OA21CD", "dwellings"]
    sums = table.group_by("OA21CD").agg(pl.col("dwellings").sum()).sort("OA21CD")
    codes, dwellings = nation.total(nation.pieces["dwellings"], "oa21")
    assert sums["OA21CD"].equals(codes.alias("OA21CD"))
    assert (sums["dwellings"].to_numpy() == dwellings).all()


def test_the_truth_is_written(folder: Path, nation: Nation) -> None:
    assert pl.read_parquet(folder / "truth/planted_need.parquet").equals(nation.planted())
    assert pl.read_parquet(folder / "truth/hot_spots.parquet").equals(nation.hot_spots)


def test_what_was_built_of_a_nation_goes_with_it(tmp_path: Path) -> None:
    synthesise(60, 1, tmp_path / "nation")
    kept = tmp_path / "nation" / "correspondences"
    kept.mkdir()
    (kept / "oa11_to_oa21.parquet").write_bytes(b"")
    synthesise(60, 2, tmp_path / "nation")
    assert not kept.exists()
