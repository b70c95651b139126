"""What is wrong with dwellings, sites, assets and people is refused with its row and remedy."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

import hyperlocal

DEFINITION = """\
hyperlocal: 1
id: top
areas: {geography: lsoa11, table: {input: areas}, boundaries: {input: shapes}}
inputs:
  areas: {file: areas.csv, geography: lsoa11, code: code}
  shapes: {file: shapes.parquet, geography: lsoa11, code: code}
records:
  homes: {file: homes.csv, location: {x: x, y: y}}
  green: {file: green.gpkg, location: {geometry: geom}}
  assets: {file: assets.csv, location: {x: x, y: y}}
  people: {file: people.csv, location: {x: x, y: y}}
index:
  high_value: less_need
  indicators:
    near: {kind: proximity, dwellings: homes, sites: green, within: 300}
    libraries:
      kind: density
      assets: {records: assets, where: {class: library}}
      people: {records: people, number: people}
      within: 1000
"""
TEXTS = {
    "index.yaml": DEFINITION,
    "areas.csv": "code\nE01000001\nE01000002\n",
    "homes.csv": "x,y\n400100,300500\n400500,300500\n401900,300500\n",
    "assets.csv": "class,x,y\nlibrary,400100,300500\nlibrary,401900,300500\nshop,401900,300500\n",
    "people.csv": "people,x,y\n10,400100,300500\n20,401900,300500\n",
}
PARK = shapely.box(400_000, 300_450, 400_200, 300_550)


class Files:
    """The files, of which the sites may be others."""

    def __init__(self, folder, index_folder) -> None:
        self.sites = [PARK]
        self.crs = 27700
        self.index = index_folder(folder, TEXTS, self.prepare)
        self.change = self.index.change

    def prepare(self, folder) -> None:
        squares = [shapely.box(x, 3e5, x + 1000, 301e3) for x in (400e3, 401e3)]
        shapes = gpd.GeoDataFrame({"code": ["E01000001", "E01000002"]}, geometry=squares, crs=27700)
        shapes.to_parquet(folder / "shapes.parquet")
        (folder / "green.gpkg").unlink(missing_ok=True)
        green = gpd.GeoDataFrame(
            {"class": "park"}, geometry=self.sites, crs=self.crs, index=range(len(self.sites))
        )
        green.to_file(folder / "green.gpkg")

    def refused(self, error=hyperlocal.DataError) -> str:
        return self.index.problems(error)


@pytest.fixture
def files(tmp_path, index_folder):
    return Files(tmp_path, index_folder)


def test_all_is_well(files):
    areas = files.index.build().areas
    assert areas["near_numerator"].to_list() == [2, 0]
    assert areas["libraries_value"].to_list() == [2 / 30, 2 / 30]


def test_dwellings_without_a_location(files):
    files.change("homes.csv", "400500,300500", ",")
    said = files.refused()
    assert "homes.csv: the record has no location: 1 of 3, in rows 3" in said
    assert "'most_unplaced' of the records 'homes': here 33.34% would be" in said
    files.change("index.yaml", "{file: homes.csv,", "{file: homes.csv, most_unplaced: 0.4,")
    results = files.index.build()
    assert results.areas["near_denominator"].to_list() == [1, 1]
    left_out = results.provenance["gathered"]["near"]["records"]["homes"]["left_out"]
    assert left_out == {"the record has no location": 1}


def test_dwellings_outside_all_areas(files):
    files.change("homes.csv", "401900,300500", "409900,300500")
    assert "the record lies in no area: 1 of 3, in rows 4" in files.refused()


def test_dwellings_in_another_coordinate_system(files):
    files.index.texts["homes.csv"] = "x,y\n-3.2,51.5\n-3.3,51.6\n"
    said = files.refused(hyperlocal.HyperlocalError)
    assert "stated as metres of the National Grid" in said
    assert "look like degrees" in said


def test_sites_in_another_coordinate_system(files):
    files.sites, files.crs = [shapely.box(-3.2, 51.5, -3.1, 51.6)], 4326
    said = files.refused(hyperlocal.HyperlocalError)
    assert "its coordinates are EPSG:4326, and the definition says EPSG:27700" in said


def test_sites_that_are_not_valid(files):
    files.sites = [PARK, shapely.Polygon([(4e5, 3e5), (401e3, 301e3), (401e3, 3e5), (4e5, 301e3)])]
    said = files.refused(hyperlocal.HyperlocalError)
    assert "green.gpkg:2: the geometry is not valid: Self-intersection" in said


def test_sites_without_a_location(files):
    files.sites = [PARK, None]
    assert "green.gpkg: the record has no location: 1 of 2, in rows 2" in files.refused()
    files.sites = [None]
    assert "no site has a location" in files.refused()


def test_sites_without_an_area_have_no_size(files):
    files.change("index.yaml", "kind: proximity", "kind: area_within")
    files.sites = [PARK, shapely.Point(400_000, 300_000)]
    assert "green.gpkg:2: the site has no area; 1 of 2 are no polygons" in files.refused()


def test_a_class_that_no_site_is_of(files):
    files.change("index.yaml", "sites: green", "sites: {records: green, where: {class: wood}}")
    assert "no row holds 'wood'; there stands: 'park'" in files.refused()


@pytest.mark.parametrize(("number", "said"), [("", "missing"), ("-2", "-2")])
def test_a_number_of_people_that_cannot_be(files, number, said):
    files.change("people.csv", "20,401900", f"{number},401900")
    message = files.refused()
    assert f"people.csv:3: people: the number that the record counts for is {said}" in message


def test_assets_without_a_location_and_near_no_area(files):
    files.index.texts["assets.csv"] += "library,,\nlibrary,403001,300500\n"
    said = files.refused()
    assert "assets.csv: the record has no location: 1 of 4, in rows 5" in said
    assert "assets.csv: the record lies near no area: 1 of 4, in rows 6" in said


def test_assets_of_a_class_that_is_not_there(files):
    files.change("index.yaml", "class: library", "class: librarys")
    assert "assets.csv" in files.refused()
    assert "no row holds 'librarys'; there stands: 'library', 'shop'" in files.refused()


def test_places_that_are_not_known_or_stand_twice(files):
    files.index.texts["assets.csv"] = "class,at\nlibrary,A\nlibrary,B\nlibrary,\nlibrary,C\n"
    files.index.texts["places.csv"] = "place,x,y\nA,400100,300500\nC,,\n"
    files.change("index.yaml", "assets.csv, location: {x: x, y: y}}", "assets.csv}")
    files.change(
        "index.yaml",
        "records:\n",
        "records:\n  spots: {file: places.csv, location: {x: x, y: y}}\n",
    )
    files.change("index.yaml", "class: library}}", "class: library}, place: at}")
    files.change(
        "index.yaml", "within: 1000", "within: 1000\n      places: {records: spots, column: place}"
    )
    said = files.refused()
    assert "its place is not known: 1 of 4, in rows 3" in said
    assert "the record names no place: 1 of 4, in rows 4" in said
    assert "the record has no location: 1 of 4, in rows 5" in said
    files.index.texts["places.csv"] += "A,400200,300500\n"
    assert "places.csv:4: place: the place A stands in it twice" in files.refused()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "assets.csv, location: {x: x, y: y}}",
            "assets.csv}",
            "nothing says where the records 'assets' lie",
        ),
        (
            "homes.csv, location: {x: x, y: y}}",
            "homes.csv, area: {column: x, geography: lsoa11}}",
            "nothing says where the records 'homes' lie",
        ),
        (", boundaries: {input: shapes}}", "}", "the boundaries of the areas are needed"),
        ("sites: green", "sites: greens", "there is no table of records 'greens'"),
        ("{class: library}", "{class: {list: culture}}", "there is no list 'culture'"),
        ("{class: library}}", "{class: library}, place: at}", "nothing says where they lie"),
        (
            "within: 1000",
            "within: 1000\n      places: {records: people, column: people}",
            "has no effect: neither the assets nor the people name a 'place'",
        ),
        ("within: 300", "within: 0", "0 is not allowed here"),
        ("within: 300", "metres: 300", "'within' is missing"),
        ("within: 1000", "within: -1", "-1 is not allowed here"),
    ],
)
def test_definitions_that_do_not_fit(files, old, new, said):
    files.change("index.yaml", old, new)
    assert said in files.refused(hyperlocal.DefinitionError)
