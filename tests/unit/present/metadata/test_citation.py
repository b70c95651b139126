"""How to cite, and whom to name: what definitions state, and plainly what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

import hyperlocal
from hyperlocal.present.citation import NOT_STATED, credit_for, licence_of
from hyperlocal.present.metadata.crediting import attribution_text, citation_file

OGL = "Contains public sector information licensed under the Open Government Licence v3.0."


@pytest.mark.parametrize(
    "text",
    [
        "OGL-UK-3.0",
        "ogl-uk-3.0",
        "Open Government Licence v3.0",
        "Open Government Licence v.3.0",
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "http://nationalarchives.gov.uk/doc/open-government-licence/version/3",
    ],
)
def test_a_licence_is_known_however_it_is_spelt(text):
    assert licence_of(text).name == "OGL-UK-3.0"
    assert licence_of(text).statement == OGL


@pytest.mark.parametrize("text", ["Open Government Licence v2.0", "not stated", "CC-BY-NC-4.0"])
def test_other_licences_are_not_taken_for_known_ones(text):
    assert licence_of(text).name == ""
    assert licence_of(text).title == text


def test_only_what_was_read_is_named_and_no_folder(credit, publication):
    assert [one.id for one in credit.sources] == ["people", "names"]
    assert [one.file for one in credit.sources] == ["people.csv", "names.csv"]
    text = attribution_text(credit)
    assert str(publication.results.folder.parent) not in text
    assert credit.sources[0].sha256 in text


def test_attributions_are_said_once_with_those_of_the_licences(credit):
    assert credit.attributions == (
        OGL,
        "Source: Office of Work. © Crown copyright.",
        "Contains OS data.",
    )


def test_a_licence_that_is_not_stated_is_said_plainly(credit):
    assert credit.notes == (f"names: {NOT_STATED}",)
    assert NOT_STATED in attribution_text(credit).replace("\n    ", " ")
    unlicensed = replace(credit, licence=None)
    assert unlicensed.notes[0] == f"Need in Tŷ Bach: {NOT_STATED}"
    assert unlicensed.licence_said == NOT_STATED
    assert "license" not in yaml.safe_load(citation_file(unlicensed))


def test_the_citation_says_who_when_what_and_where(credit):
    built = credit.built
    assert credit.citation == (
        f"Small Office ({built.year}). Need in Tŷ Bach [data set]. Computed with hyperlocal "
        f"{credit.version} on {built.day} {built:%B} {built.year}. https://example.org/small"
    )
    cited = yaml.safe_load(citation_file(credit))
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert cited["authors"] == [{"name": "Small Office"}]
    assert cited["date-released"] == built.date()
    assert cited["license"] == "OGL-UK-3.0"


def test_who_drew_the_boundaries_is_named(publication):
    import shapely

    from hyperlocal.areas import Geography
    from hyperlocal.geography import Boundaries

    codes = publication.table("areas").rows["area_code"]
    shapes = shapely.box(range(6), 300_000, range(1, 7), 300_001)
    file = "/a/folder/drawn.gpkg"
    drawn = Boundaries(Geography.from_name("lsoa21"), codes, shapes, "EPSG:27700", file, "ab")
    drawing = replace(publication, supplied=replace(publication.supplied, boundaries=drawn))
    source = credit_for(drawing).sources[-1]
    assert (source.title, source.file) == ("Boundaries: LSOA (2021)", "drawn.gpkg")
    assert source.licence_said.startswith("licence not stated")
    said = "Source: ONS licensed under the Open Government Licence v.3.0."
    credit = credit_for(replace(drawing, geography_source=said))
    assert credit.sources[-1].licence.name == "OGL-UK-3.0"
    assert said in credit.attributions


@pytest.mark.parametrize("name", ["iod-2025-domains", "wimd-2019-domains"])
def test_bundled_definitions_of_published_ranks_name_everyone(name):
    for stated in hyperlocal.load(name).inputs.values():
        assert licence_of(stated.licence).name == "OGL-UK-3.0"
        assert stated.attribution.startswith("Source: ")


def test_a_licence_that_nobody_confirmed_is_not_stated():
    stated = hyperlocal.load("wcri-2022-domains").inputs["domains"]
    assert stated.licence == ""
    assert stated.attribution == "Source: OCSI and Building Communities Trust."
