"""What a site cannot be made of is refused as a whole, before anything is written."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hyperlocal.analysis import read_design, study
from hyperlocal.analysis.supplied import VersionSource
from hyperlocal.errors import DataError, HyperlocalError, ResultsError
from hyperlocal.explorer import site
from hyperlocal.explorer.site import write_site
from hyperlocal.explorer.sources import SiteSources


@pytest.fixture
def explorer(tmp_path, monkeypatch) -> Path:
    """A folder in the place of the built explorer, which a clone without Node.js lacks."""
    assets = tmp_path / "explorer"
    assets.mkdir()
    (assets / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(site, "ASSETS", assets)
    return assets


@pytest.fixture
def results(small, explorer):
    return small.build()


def refused(results, error=HyperlocalError, **sources) -> str:
    """Return what is refused; nothing may be left of the site."""
    out = results.folder.parent / "site"
    with pytest.raises(error) as caught:
        write_site(results, out, SiteSources(**sources))
    assert not out.exists()
    assert [path.name for path in out.parent.glob(".site*")] == []
    return str(caught.value)


def written(results, name: str, text: str) -> str:
    file = results.folder.parent / name
    file.write_text(text)
    return str(file)


def test_all_faults_of_all_files_at_once(results):
    said = refused(
        results,
        DataError,
        boundaries="no.gpkg",
        districts=("no-districts.csv",),
        regions=("no-regions.csv",),
        postcodes="no-postcodes.csv",
        places="no-places.csv",
        populations=("no-people.csv:people",),
        versions=(VersionSource("no-version"), VersionSource("nor-this.csv")),
        uncertainty="no-report",
        welsh=("no-names.csv",),
    )
    for file in (
        "no.gpkg",
        "no-districts.csv",
        "no-postcodes.csv",
        "no-places.csv",
        "no-people.csv",
        "no-version",
        "nor-this.csv",
        "no-report",
        "no-names.csv",
    ):
        assert file in said


def test_the_explorer_was_not_built(small, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "ASSETS", tmp_path / "nowhere")
    with pytest.raises(ResultsError, match=r"the explorer was not built.*Node\.js 20") as caught:
        write_site(small.build(), tmp_path / "site")
    assert "README" in str(caught.value)
    assert not (tmp_path / "site").exists()


def test_out_is_something_else(results, tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(ResultsError, match="is not a folder"):
        write_site(results, file)
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    with pytest.raises(ResultsError, match=r"would be lost: mine\.txt"):
        write_site(results, other)
    # a folder that only looks like a site: its manifest is another program's
    (other / "mine.txt").unlink()
    (other / "data").mkdir()
    (other / "data" / "site.json").write_text('{"format": 7}')
    with pytest.raises(ResultsError, match="would be lost: data"):
        write_site(results, other)
    assert (other / "data" / "site.json").read_text() == '{"format": 7}'


def test_a_site_to_which_something_was_added(results, tmp_path):
    out = tmp_path / "site"
    write_site(results, out)
    (out / "CNAME").write_text("example.org")
    with pytest.raises(ResultsError, match="would be lost: CNAME"):
        write_site(results, out)
    (out / "CNAME").unlink()
    write_site(results, out)


@pytest.mark.parametrize("place", ["results", "results/site", "."])
def test_out_and_the_results_in_one_another(results, place):
    with pytest.raises(ResultsError, match="is, holds or lies in the results folder"):
        write_site(results, results.folder.parent / place)
    assert (results.folder / "areas.parquet").exists()


def test_a_failed_site_leaves_the_earlier_one(results, tmp_path):
    out = tmp_path / "site"
    write_site(results, out)
    before = (out / "data" / "site.json").read_bytes()
    with pytest.raises(DataError):
        write_site(results, out, SiteSources(welsh=("no.csv",)))
    assert (out / "data" / "site.json").read_bytes() == before


def test_lookups_of_another_vintage(results):
    lookup = written(
        results,
        "lookup.csv",
        "lsoa,ward\nE01000001,E05000001\nE01000002,E05000001\nE01000003,E05000001\n"
        "E01000004,E05000001\nE01034001,E05000001\nE01034002,E05000001\n",
    )
    assert "take a table of the same areas and vintage" in refused(
        results, groups=(f"{lookup}:ward",)
    )


def test_larger_areas_that_are_called_the_same(results):
    rows = "\n".join(f"E0100000{number},E05000001" for number in range(1, 7))
    lookup = written(results, "lookup.csv", f"lsoa,ltla24_code\n{rows}\n")
    assert "larger areas are called 'ltla24' already" in refused(results, groups=(lookup,))


def test_boundaries_that_lack_areas(results):
    import shapely

    features = [
        {
            "type": "Feature",
            "properties": {"code": f"E0100000{number}"},
            "geometry": shapely.geometry.mapping(shapely.box(-number, 51, -number + 1, 52)),
        }
        for number in range(1, 6)
    ]
    file = written(
        results, "b.geojson", json.dumps({"type": "FeatureCollection", "features": features})
    )
    assert "1 of 6 areas of the index have no boundary, such as E01000006" in refused(
        results, boundaries=file
    )


def test_populations_that_lack_areas(results):
    file = written(results, "p.csv", "area,people\nE01000001,5\nE01000002,5\n")
    assert "4 areas have no population, such as E01000003" in refused(
        results, populations=(f"{file}:people",)
    )


def report_of(results, out: Path, **changes) -> Path:
    design = results.folder.parent / "design.yaml"
    design.write_text("hyperlocal_design: 1\ndraws: 5\nweights: {}\n")
    study(results, read_design(design), workers=1).write(out)
    about = json.loads((out / "about.json").read_text())
    about["results"] |= changes
    (out / "about.json").write_text(json.dumps(about))
    return out


def test_a_report_of_other_results(results, tmp_path):
    report = report_of(results, tmp_path / "unsure", built="2001-01-01T00:00:00+00:00")
    said = refused(results, uncertainty=report)
    assert "is a report of other results: its built is 2001-01-01T00:00:00+00:00" in said
    shutil.rmtree(report)
    report = report_of(results, tmp_path / "unsure")
    table = report / "areas.csv"
    table.write_text(table.read_text().replace("E01000006,,1,", "E01000006,,6,"))
    assert "its ranks are others" in refused(results, uncertainty=report)


def test_a_folder_that_is_no_report_of_uncertainty(results, tmp_path):
    for about in (None, "{", "[]", '{"analysis": "districts", "hyperlocal": "0.1.0"}'):
        (tmp_path / "report").mkdir(exist_ok=True)
        if about is not None:
            (tmp_path / "report" / "about.json").write_text(about)
        assert "is not a report of uncertainty" in refused(results, uncertainty=tmp_path / "report")


def test_a_report_without_a_table_of_areas(results, tmp_path):
    report = report_of(results, tmp_path / "unsure")
    (report / "areas.csv").unlink()
    assert "has no table 'areas' as CSV or Parquet" in refused(results, uncertainty=report)
    (report / "areas.parquet").write_bytes(b"PAR1 no")
    assert "areas.parquet: cannot be read" in refused(results, uncertainty=report)


def test_versions_that_cannot_be_matched(results, small):
    itself = VersionSource(str(results.folder))
    assert "is the very index that is published" in refused(results, versions=(itself,))
    table = written(results, "old.csv", "code,imd_rank\nE01000001,1\nE01000002,2\n")
    said = refused(results, versions=(VersionSource(table, "old"),))
    assert "the versions have no measure in common; say which is which with --version-match" in said
    said = refused(results, versions=(VersionSource(table, "old", match={"imd": "small"}),))
    assert "the versions have different areas" in said
    assert "--version-lookup LABEL=FILE:OLD_COLUMN:NEW_COLUMN" in said
    assert "--correspondence" not in said
    said = refused(
        results,
        versions=(VersionSource(table, "a b", match={"imd": "small"}, same_areas=True),) * 2,
    )
    assert "several versions are called 'a_b'" in said


def test_places_that_are_wrong(results):
    assert "has no column of the names of places; call it 'name'" in refused(
        results, places=written(results, "a.csv", "title,lat,long\nA,51,-1\n")
    )
    assert "has no columns that say where places are" in refused(
        results, places=written(results, "b.csv", "name,east\nA,51\n")
    )
    rows = "\n".join(f",51,-{number}" for number in range(1, 8))
    said = refused(results, places=written(results, "c.csv", f"name,lat,long\nA,,-1\n{rows}\n"))
    assert "c.csv:3: the place has no name" in said
    assert "2 more places have no name" in said
    assert "c.csv:2: the place has no coordinates" in said
    assert "not within the British Isles" in refused(
        results, places=written(results, "d.csv", "name,lat,long\nParis,48.85,2.35\nB,51,-1\n")
    )
    assert "the table has no rows" in refused(
        results, places=written(results, "e.csv", "name,lat,long\n")
    )
    good = written(results, "f.csv", "name,lat,long\nA,51,-1\n")
    assert "places have no use without --boundaries" in refused(results, places=good)


def test_welsh_names_that_are_wrong(results):
    assert "does not say which column holds codes" in refused(
        results, welsh=(written(results, "a.csv", "code,id,name_cy\nx,y,z\n"),)
    )
    assert "names no area, larger area or node of this index" in refused(
        results, welsh=(written(results, "b.csv", "code,name_cy\nW01000001,Tref\n"),)
    )
    said = refused(
        results,
        welsh=(written(results, "c.csv", "code,name_cy\nwork,Gwaith\nmoney,Arian\nwork,Swydd\n"),),
    )
    assert "c.csv:4: name_cy: work has another Welsh name already; keep one" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--version-lookup", "old=a:b:c"], "no version is called 'old'"),
        (["--version-lookup", "nothing"], "not of the form A=B"),
        (["--version", "old=x", "--version-population", "new=y"], "no version is called 'new'"),
    ],
)
def test_options_that_are_wrong(results, options, said):
    import typer
    from typer.testing import CliRunner

    from hyperlocal.cli.publishing import publish_site

    app = typer.Typer()
    app.command()(publish_site)
    out = results.folder.parent / "site"
    done = CliRunner().invoke(app, [str(results.folder), "--out", str(out), *options])
    assert done.exit_code == 2
    assert said in done.output
