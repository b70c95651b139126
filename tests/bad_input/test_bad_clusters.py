"""What a user gets who asks for clusters that cannot be: one message a fault, with the remedy."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
import typer
from typer.testing import CliRunner

from hyperlocal.analysis.clusters.study import ClusterSettings, clusters
from hyperlocal.cli.clustering import cluster
from hyperlocal.errors import GeographyError, ResultsError

CODES = [f"E0100000{number}" for number in range(1, 7)]


def boundaries(file, codes) -> str:
    """Write a row of squares of 1 km."""
    features = []
    for place, code in enumerate(codes):
        left = 400_000 + 1000 * place
        ring = [[left, 0], [left + 1000, 0], [left + 1000, 1000], [left, 1000], [left, 0]]
        shape = {"type": "Polygon", "coordinates": [[[x, y + 300_000] for x, y in ring]]}
        features.append({"type": "Feature", "properties": {"code": code}, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    file.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return str(file)


def refused(results, error, *settings, **options) -> str:
    with pytest.raises(error) as caught:
        clusters(results, *settings, **options)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def test_boundaries_of_another_vintage(small):
    results = small.build()
    changed = [*CODES[:4], "E01034001", "E01034002"]
    file = boundaries(small.folder / "b.geojson", changed)
    message = refused(results, GeographyError, boundaries=file)
    assert message.startswith(file)
    assert "2 of 6 areas of the index have no boundary" in message
    assert "E01000005, E01000006" in message
    assert "same vintage (lsoa21)" in message


def test_boundaries_of_other_areas_altogether(small):
    results = small.build()
    others = [f"W0100000{number}" for number in range(1, 7)]
    file = boundaries(small.folder / "b.geojson", others)
    message = refused(results, GeographyError, boundaries=file)
    assert "no column holds the codes of the areas" in message
    assert "its columns are code" in message
    named = refused(results, GeographyError, boundaries=f"{file}:code")
    assert "6 of 6 areas of the index have no boundary" in named


def test_boundaries_that_are_none(small):
    results = small.build()
    gone = small.folder / "gone.geojson"
    assert "is missing" in refused(results, GeographyError, boundaries=gone)
    for name in ("b.geojson", "b.parquet"):
        text = small.folder / name
        text.write_text("no boundaries")
        message = refused(results, GeographyError, boundaries=text)
        assert "cannot be read as boundaries" in message
        assert name in message
    file = boundaries(small.folder / "c.geojson", CODES)
    assert "has no column 'lsoa'" in refused(results, GeographyError, boundaries=f"{file}:lsoa")


def test_an_area_with_two_boundaries(small):
    file = boundaries(small.folder / "b.geojson", [*CODES, CODES[2]])
    message = refused(small.build(), GeographyError, boundaries=file)
    assert "E01000003 has a second polygon" in message


def test_unknown_nodes_are_all_named(small):
    results = small.build()
    with pytest.raises(ResultsError) as caught:
        clusters(results, nodes=["work", "crime", "health"])
    assert [problem.message for problem in caught.value.problems] == [
        "has no node 'crime'",
        "has no node 'health'",
    ]


@pytest.mark.parametrize("types", [-1, 0, 1, 7, 100])
def test_types_that_cannot_be(small, types):
    message = refused(small.build(), ResultsError, ClusterSettings(types=types))
    assert f"there cannot be {types} types of 6 different profiles" in message
    assert "--types" in message


def test_one_domain_coincides_with_none(small):
    text = small.definition.read_text()
    small.definition.write_text(text[: text.index("    money:")])
    message = refused(small.build(), ResultsError)
    assert "small is made of work alone" in message
    assert "two domains or more" in message


def test_every_setting_out_of_range_is_named():
    with pytest.raises(ResultsError) as caught:
        ClusterSettings(
            most_deprived=Fraction(0),
            hot_spots=Fraction(3, 2),
            alpha=1.0,
            permutations=-1,
            seed=-1,
            join_islands=-2,
        )
    said = [problem.message for problem in caught.value.problems]
    assert said == [
        "most_deprived is 0",
        "hot_spots is 1.5",
        "alpha is 1",
        "permutations is -1",
        "seed is -1",
        "join_islands is -2",
    ]
    with pytest.raises(ResultsError, match="alpha is nan"):
        ClusterSettings(alpha=float("nan"))


def test_more_islands_to_join_than_there_are_areas(small):
    file = boundaries(small.folder / "b.geojson", CODES)
    message = refused(
        small.build(), GeographyError, ClusterSettings(join_islands=6), boundaries=file
    )
    assert "6 of 5 other areas" in message


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--most-deprived", "1.5"], "1.5 is not above 0 and at most 1"),
        (["--hot-spots", "0"], "0 is not above 0 and at most 1"),
        (["--most-deprived", "nan"], "nan is not above 0"),
        (["--population", "people.csv:adults"], "add --by"),
        (["--override", "E01000001=E06000002"], "add --by"),
    ],
)
def test_options_that_cannot_be(small, options, said):
    small.build()
    app = typer.Typer()
    app.command()(cluster)
    found = CliRunner().invoke(app, [str(small.out), *options])
    assert found.exit_code == 2
    assert said in " ".join(found.output.replace("│", " ").split())


def test_a_folder_of_something_else_is_refused_first(small, tmp_path):
    small.build()
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    app = typer.Typer()
    app.command()(cluster)
    found = CliRunner().invoke(app, [str(small.out), "--out", str(tmp_path / "mine")])
    assert isinstance(found.exception, ResultsError)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"
