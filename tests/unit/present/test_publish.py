"""All that is published of an index: whole, alike in every form, and nothing else in the folder."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZipFile

import polars as pl
import pyogrio
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from hyperlocal.cli import app
from hyperlocal.present.csv_files import written
from hyperlocal.present.publish import PARTS, STEPS, Wanted, publish
from hyperlocal.present.workbooks.sheets import plan

PAGES = Path(__file__).parents[3] / "docs" / "publish"
TEXTS = {".csv", ".html", ".json", ".svg", ".txt", ".cff", ".yaml", ".qml"}
NULLS = ["[x]", "[c]"]


def names(folder: Path) -> set[str]:
    """Return all files in a folder and below, by their names from there."""
    return {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file()}


def promised(heading: str) -> list[str]:
    """Return what stands in the first column of the first table below a heading of the docs."""
    page = (PAGES / "index.md").read_text(encoding="utf-8").partition(heading)[2]
    table = page[page.index("\n|") :].partition("\n\n")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def texts_in(file: Path) -> str:
    """Return all that a file says as text, also where it is packed."""
    if file.suffix in TEXTS:
        return file.read_text(encoding="utf-8")
    if file.suffix in {".xlsx", ".ods"}:
        with ZipFile(file) as package:
            return "".join(package.read(name).decode() for name in package.namelist())
    if file.suffix == ".pdf":
        reader = PdfReader(file)
        return "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    return file.read_bytes().decode("latin-1")


@pytest.fixture(scope="module")
def texts(nation) -> dict[str, str]:
    """All that the files say as text; profiles say the same as web pages."""
    found = [one for one in sorted(names(nation.out)) if not re.match("profiles/.*pdf", one)]
    return {name: texts_in(nation.out / name) for name in found}


@pytest.fixture(scope="module")
def layer(nation, tmp_path_factory):
    """The areas of the GeoPackage, of a copy: to read it leaves a file beside it."""
    file = nation.out / "geography" / "angen.gpkg"
    copy = shutil.copy(file, tmp_path_factory.mktemp("layer") / file.name)
    return pyogrio.read_dataframe(copy, layer="areas")


@pytest.fixture(scope="module")
def again(nation, tmp_path_factory):
    """The same once more by the command, without figures and with other profiles."""
    folder, out = nation.folder, tmp_path_factory.mktemp("again") / "new" / "published"
    given = {
        "--out": out,
        "--boundaries": folder / "outlines.parquet",
        "--geography-source": "Contains OS",
        "--publisher": "Swyddfa'r Ystadegau",
        "--regions": f"{folder / 'regions.csv'}:region_code",
        "--version": f"The index of 2019, as it was revised in 2021={folder / 'earlier'}",
        "--uncertainty": folder / "uncertainty",
        "--profiles": "region",
        "--without": "figures",
    }
    options = [str(one) for pair in given.items() for one in pair]
    return out, CliRunner().invoke(app, ["publish", str(folder / "results"), *options])


def test_every_file_that_is_promised_is_there_and_no_other(nation):
    out, tables = nation.out, [one.name for one in nation.publication.tables]
    found = {one.name + "/" * one.is_dir() for one in out.iterdir()}
    listed = [name.replace("<id>", "angen") for name in promised("## What is written")]
    short = {".html": "technical_report.html", ".ods": "angen.ods"}
    assert found == {short.get(name, name) for name in listed} - {"figures.json"}

    assert names(out / "csv") == {*(f"{name}.csv" for name in tables), "csv-metadata.json"}
    layers = ["areas", "districts_ltla24", "districts_region"]
    forms = {f"{name}.{end}" for name in layers for end in ("parquet", "qml")}
    assert names(out / "geography") == {"angen.gpkg", *forms}
    figures = json.loads((out / "figures" / "figures.json").read_text())["figures"]
    assert names(out / "figures") == {"figures.json", *(f for one in figures for f in one["files"])}
    profiles = json.loads((out / "profiles" / "profiles.json").read_text())["profiles"]
    assert [one["code"] for one in profiles] == sorted(
        nation.publication.larger[0].groups.codes,
        key=lambda code: next(one["name"].casefold() for one in profiles if one["code"] == code),
    )
    stems = [one["file"] for one in profiles]
    assert "W06000001-bournemouth-christchurch-poole" in stems
    both = {f"{stem}.{end}" for stem in stems for end in ("pdf", "html")}
    assert names(out / "profiles") == {"index.html", "profiles.json", *both}


def test_tables_are_those_of_the_docs(nation):
    known = [re.sub("<[a-z]+>", r"[a-z0-9_]+", name) for name in promised("Every file takes its")]
    tables = [one.name for one in nation.publication.tables]
    for name in tables:
        assert any(re.fullmatch(pattern, name) for pattern in known), name
    for pattern in known:
        if pattern.startswith("scales_"):
            continue  # no domain here counts people
        assert any(re.fullmatch(pattern, name) for name in tables), pattern


def test_workbook_spreadsheet_and_csv_hold_the_cells_of_the_tables(nation, read, same_cells):
    tables = nation.publication.tables
    assert any(len(one.name) > 31 for one in tables)
    books = [read(nation.file(end)) for end in ("xlsx", "ods")]
    for sheet in plan(tables):
        for book in books:
            found = book[sheet.name]
            assert found.row(sheet.heading_row) == sheet.headings
            same_cells(sheet.table, found[sheet.heading_row + 1 :])
    for table in tables:
        file = nation.out / "csv" / f"{table.name}.csv"
        cells = pl.read_csv(file, infer_schema=False)
        assert cells.columns == [one.name for one in table.columns]
        same_cells(table, cells)
        assert cells.to_series(0).equals(written(table, table.columns[0]))


def test_layers_of_maps_hold_the_numbers_of_the_tables(nation, layer):
    areas = nation.publication.table("areas").rows
    indicators = nation.publication.table("indicators_lsoa21").rows
    assert layer["area_code"].to_list() == areas["area_code"].to_list()
    for rows in (areas, indicators.drop("area_code", "area_name")):
        for name in rows.columns:
            found = pl.Series(name, layer[name].to_numpy(), nan_to_null=True, strict=False)
            assert found.cast(rows[name].dtype).equals(rows[name]), name
    assert layer.geometry.is_valid.all()


def test_every_figure_says_what_it_shows(nation):
    folder = nation.out / "figures"
    figures = json.loads((folder / "figures.json").read_text())["figures"]
    assert len({one["name"] for one in figures}) == len(figures) > 15
    for one in figures:
        assert len(one["title"]) > 20
        assert len(one["alternative_text"]) > 60
        assert "Swyddfa'r Ystadegau" in one["source"]
        assert ("Contains OS" in one["source"]) == one["name"].startswith(("map_", "hot_spots_"))
        png, svg = ((folder / file).read_bytes() for file in one["files"])
        assert png.startswith(b"\x89PNG\r\n")
        assert b"Description" in png[:4000]
        drawn = svg.decode()
        assert drawn.startswith("<svg")
        assert "aria-label=" in drawn[:6000]


def test_numbers_in_alternative_texts_are_those_of_the_tables(nation):
    figures = json.loads((nation.out / "figures" / "figures.json").read_text())["figures"]
    told = {one["name"]: one["alternative_text"] for one in figures}
    transformed = nation.publication.table("transformed").rows
    for node in ("work", "homes", "health"):
        over = (transformed[f"{node}_transformed"] > 50).sum()
        assert f" {over} ({over / 120:.1%}) over 50" in told[f"histogram_{node}"]
    areas = nation.publication.table("areas").rows
    for region in areas["region_name"].unique():
        here = areas.filter(region_name=region)
        named = [one for one in told if one.endswith(region.lower().replace(" ", "-"))]
        (found,) = (told[one] for one in named if one.startswith("map_decile_"))
        first = (here["angen_decile"] == 1).sum()
        assert re.search(rf"\b{here.height} LSOAs", found)
        assert re.search(rf"\b{first} \({first / here.height:.1%}\)", found)
        (found,) = (told[one] for one in named if one.startswith("map_score_"))
        assert re.search(rf"\b{here.height} LSOAs", found)
        scores = here["angen_score"]
        assert f"{scores.min():.1f} to " in found
        assert f" to {scores.max():.1f}" in found


def test_the_first_page_leads_to_every_file(nation, read_page):
    """By its own links, or those of the pages that it leads to."""
    seen: set[str] = set()
    waiting = ["index.html"]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        if not name.endswith(".html"):
            continue
        page = read_page(nation.out / name)
        for link in page.links:
            if link.startswith(("#", "https://", "http://")):
                continue
            path = (nation.out / name).parent / unquote(link.partition("#")[0])
            assert path.is_file(), f"{name} leads to {link}"
            to = path.resolve().relative_to(nation.out.resolve()).as_posix()
            if to not in seen:
                waiting.append(to)
    assert names(nation.out) - seen == {"profiles/profiles.json"}


def test_pages_are_in_order(nation, read_page):
    for file in nation.out.rglob("*.html"):
        page = read_page(file)
        title, heading = page.headings
        assert page.language == "en"
        assert title.startswith(heading.partition(":")[0])
        assert len(page.ids) == len(set(page.ids))
        assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids), file
        assert all(len(one["alt"]) > 40 for one in page.pictures)
        assert all(one["src"].startswith("data:image/") for one in page.pictures)
        assert "\u200b" not in page.text  # an address that is copied from it leads there


def test_documents_are_tagged_and_titled(nation):
    found = list(nation.out.rglob("*.pdf"))
    assert len(found) == 7
    for file in found:
        reader = PdfReader(file)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"]
        assert "/StructTreeRoot" in root
        assert root["/Lang"] == "en"
        assert root["/ViewerPreferences"]["/DisplayDocTitle"]
        assert len(reader.metadata.title) > 15
    report = PdfReader(nation.out / "technical_report.pdf").metadata
    assert report.title == f"{nation.publication.title}: technical report"
    assert report.author == "Swyddfa'r Ystadegau"


def test_metadata_names_every_file_with_its_checksum(nation):
    package = json.loads((nation.out / "datapackage.json").read_text())
    listed = {one["path"]: one for one in package["resources"]}
    assert names(nation.out) - set(listed) == {"datapackage.json", "publication.json"}
    assert set(listed) <= names(nation.out)
    for path, one in listed.items():
        content = (nation.out / path).read_bytes()
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}", path
        assert one["bytes"] == len(content)
    record = json.loads((nation.out / "publication.json").read_text())
    assert set(record["files"]) == names(nation.out)
    assert record["results"]["index"] == "angen"
    assert record["notes"]
    assert set(record["notes"]) <= set(nation.published.notes)


def test_what_was_written_is_told(nation):
    out, published = nation.out, nation.published
    assert published.files == len(names(out))
    assert sum(published.sizes.values()) == sum((out / one).stat().st_size for one in names(out))
    assert set(published.sizes) == {one.name for one in out.iterdir()}
    steps = [(done, of) for _, done, of in nation.told if of == STEPS]
    assert steps == sorted(steps)
    assert nation.told[-1] == ("Done", STEPS, STEPS)
    assert ("=Far Isle", 6, 6) in [(what, 6, of) for what, _, of in nation.told]
    assert not list(out.parent.glob(".published*"))


def test_what_may_not_be_shown_is_in_no_file(nation, texts, layer):
    """Neither as it is nor rounded to a whole number; the table of results holds it."""
    exact = nation.publication.results.areas["secret_value"]
    whole = {round(one) for one in exact} | {int(one) for one in exact}
    for name, text in texts.items():
        if not name.endswith((".parquet", ".gpkg", ".png")):
            numbers = re.findall(r"(?<![\w.#-])\d(?:,?\d){5,6}(?!\w)", text)
            assert not whole & {int(one.replace(",", "")) for one in numbers}, name
    parquet = pl.read_parquet(nation.out / "geography" / "areas.parquet")
    for one in (parquet, pl.from_pandas(layer.drop(columns="geometry"))):
        assert not [name for name in one.columns if name.startswith("secret")]
        numbers = one.select(pl.selectors.numeric()).unpivot()["value"].drop_nulls()
        assert not whole & {round(number) for number in numbers}
    for table in nation.publication.tables:
        assert not [one.name for one in table.columns if one.name.startswith("secret")]


def test_small_counts_are_confidential_in_every_form(nation, read):
    counts = nation.publication.results.areas["jobless_numerator"]
    small = counts.is_between(1, 9)
    assert 5 < small.sum() < 100
    table = nation.publication.table("indicators_lsoa21")
    sheet = next(one for one in plan(nation.publication.tables) if one.table is table)
    layer = pl.read_parquet(nation.out / "geography" / "areas.parquet", columns=["jobless_value"])
    assert layer["jobless_value"].is_null().equals(small, check_names=False)
    assert "jobless_shrunk" not in table.rows.columns
    for name in ("jobless_numerator", "jobless_value"):
        place = [one.name for one in table.columns].index(name)
        cells = [pl.read_csv(nation.out / "csv" / f"{table.name}.csv", infer_schema=False)[name]]
        cells += [
            read(nation.file(end))[sheet.name][sheet.heading_row + 1 :].to_series(place)
            for end in ("xlsx", "ods")
        ]
        for one in cells:
            assert (one == "[c]").equals(small, check_names=False), name


def test_folders_of_the_machine_are_nowhere(texts):
    assert not [name for name, text in texts.items() if "where-angen-was-made" in text]


def test_folders_that_a_definition_names_are_not_published(small, tmp_path):
    small.change("file: people.csv", f"file: '{small.table}'")
    written = publish(small.build(), tmp_path / "published", None, Wanted(without=PARTS))
    for name in names(written.folder):
        assert tmp_path.name not in texts_in(written.folder / name), name
    assert "file: people.csv" in (written.folder / "definition.yaml").read_text()


def test_the_command_says_what_it_wrote_and_what_to_know(nation, again):
    out, done = again
    assert done.exit_code == 0, done.output
    assert f"{out}: {len(names(out))} files, " in done.stdout
    assert f"Begin with {out / 'index.html'}" in done.stdout
    assert re.search(r"^  profiles +\d+\.\d MB$", done.stdout, re.MULTILINE)
    notes = [line for line in done.stderr.splitlines() if line]
    assert notes == [f"note: {one}" for one in nation.published.notes]


def test_the_same_results_give_the_same_bytes(nation, again):
    """All but what tells of the files that are there; helpers of each part test the figures."""
    out, _ = again
    common = names(nation.out) & names(out)
    assert names(out) - common == {
        one for one in names(out) if one.lower().startswith("profiles/w92-1")
    }
    told = {"index.html", "datapackage.json", "publication.json"}
    told |= {"profiles/index.html", "profiles/profiles.json"}
    differ = {one for one in common if (nation.out / one).read_bytes() != (out / one).read_bytes()}
    assert differ == told


def test_parts_are_left_out_quietly_and_an_earlier_publication_is_replaced(nation, again, tmp_path):
    out, _ = again
    options = [word for part in PARTS for word in ("--without", part)]
    done = CliRunner().invoke(
        app, ["publish", str(nation.folder / "results"), "--out", str(out), "--quiet", *options]
    )
    assert (done.exit_code, done.output) == (0, "")
    left = {name for name in names(out) if "/" not in name}
    assert left == {
        "index.html", "definition.yaml", "datapackage.json", "publication.json", "CITATION.cff",
        "ATTRIBUTION.txt",
    }  # fmt: skip
    assert {one.name for one in out.iterdir() if one.is_dir()} == {"csv"}
    assert [one.name for one in out.parent.iterdir()] == ["published"]
