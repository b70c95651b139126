"""How to cite, and whom to name: what definitions state, and plainly what they do not."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

import hyperlocal
from hyperlocal.present.citation import NOT_STATED, credit_for, once
from hyperlocal.present.licences import licence_of
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


def test_a_licence_that_is_not_stated_is_said_plainly_and_asked_for_in_private(credit):
    assert credit.questions == (f"names: {NOT_STATED}",)
    unlicensed = replace(credit, licence=None)
    assert unlicensed.questions[0] == f"Need in Tŷ Bach: {NOT_STATED}"
    assert unlicensed.licence_said == "not stated"
    assert unlicensed.notes == ()
    text = attribution_text(unlicensed)
    assert "Licence\n-------\n\nNot stated\n" in text
    assert "names\n  Licence: not stated\n" in text
    assert "ask" not in text.replace("asked", "")
    assert "license" not in yaml.safe_load(citation_file(unlicensed))


COMPUTED = "Computed with hyperlocal {0.version} on {0.day}"
MINISTRY = "Ministry of Housing"


@pytest.mark.parametrize(
    ("maker", "publisher", "said"),
    [
        ("Small Office", "", "Need in Tŷ Bach (index of Small Office)."),
        (MINISTRY, "", "Need in Tŷ Bach (index of the Ministry of Housing)."),
        ("", "", "Need in Tŷ Bach."),
        ("", "Kirklees Council", "Kirklees Council (2026). Need in Tŷ Bach [data set]."),
        (MINISTRY, MINISTRY, "Ministry of Housing (2026). Need in Tŷ Bach [data set]."),
        (
            MINISTRY,
            "Kirklees Council",
            "Kirklees Council (2026). Need in Tŷ Bach, index of the Ministry of Housing "
            "[data set].",
        ),
    ],
)
def test_the_citation_says_whose_the_index_is_and_who_publishes(credit, maker, publisher, said):
    credit = replace(
        credit, maker=maker, publisher=publisher, built=credit.built.replace(year=2026)
    )
    computed = COMPUTED.format(credit)
    assert credit.citation == f"{said} {computed}. https://example.org/small"
    index = ", ".join(filter(None, ("Need in Tŷ Bach", maker, credit.url)))
    published = [f"Published by {publisher}"] if publisher else []
    assert credit.lines == (f"Index: {index}", *published, computed)


def test_nobody_is_said_to_have_published_what_they_did_not(credit, publication):
    cited = yaml.safe_load(citation_file(credit))
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "dataset"
    assert cited["authors"] == [{"name": "Publisher not stated"}]
    assert cited["references"][0]["authors"] == [{"name": "Small Office"}]
    assert "url" not in cited
    assert cited["date-released"] == credit.built.date()
    computed = COMPUTED.format(credit)
    assert computed in cited["message"]
    assert computed in cited["abstract"]
    assert cited["license"] == "OGL-UK-3.0"
    own = yaml.safe_load(citation_file(replace(credit, publisher="Small Office")))
    assert own["authors"] == [{"name": "Small Office"}]
    assert own["url"] == "https://example.org/small"
    assert "references" not in own
    named = credit_for(replace(publication, publisher=" Kirklees Council "))
    assert named.publisher == "Kirklees Council"
    assert named.source.endswith("; published by Kirklees Council.")
    assert {one.source for one in publication.tables} == {credit.source}


def test_made_up_data_are_said_to_be_made_up_before_anything_else(credit):
    assert credit.made_up == credit.warning == ""
    made_up = replace(credit, made_up="Everything in this folder is made up.")
    cited = yaml.safe_load(citation_file(made_up))
    for said in (
        made_up.citation,
        made_up.source,
        made_up.source_line("Contains OS data."),
        made_up.lines[0],
        made_up.notes[0],
        made_up.about,
        made_up.titled("A map"),
        cited["title"],
        cited["message"],
        cited["abstract"],
        attribution_text(made_up),
    ):
        assert said.startswith("Made-up data: ")
        assert said.count("Made-up data") <= 3


def test_a_changed_definition_is_told(credit):
    changed = replace(credit, changed="The definition differs: index.weights: equal")
    assert "Computed from a changed definition with hyperlocal" in changed.citation
    assert "; computed from a changed definition with hyperlocal" in changed.source
    assert changed.notes == (changed.changed,)
    for said in (changed.about, attribution_text(changed), citation_file(changed)):
        assert "index.weights: equal" in said.replace("\n ", "")


@pytest.mark.parametrize(
    ("statements", "left"),
    [
        (["A.", "", "B", "a", " "], ["A.", "B"]),
        (["Source: ONS", "Source: Onslow"], ["Source: ONS", "Source: Onslow"]),
        (["Source: ONS under v.3.0.", "Source: ONS under v3.0. © Crown."], [1]),
        (["Source: ONS, version 3.0. © Crown.", "Source: ONS v3.0"], [0]),
        (["© Crown 2023", "© Crown 2024"], ["© Crown 2023", "© Crown 2024"]),
    ],
)
def test_what_stands_in_a_longer_statement_is_not_said_again(statements, left):
    expected = tuple(statements[one] if isinstance(one, int) else one for one in left)
    assert once(statements) == expected


def test_a_figure_names_its_source_once(credit):
    asked = credit.licence.statement
    line = credit.source_line("Source: ONS.", f"Source: ONS. {asked}")
    assert line == f"Source: {credit.source} Source: ONS. {asked}"


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
    assert source.licence_said == "not stated"
    assert "ask its publisher" in credit_for(drawing).questions[-1]
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
