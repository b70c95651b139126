"""What the options of the commands say goes where it belongs, in whatever order it is written."""

from __future__ import annotations

from hyperlocal.analysis.supplied import VersionSource
from hyperlocal.cli.publishing import SiteOptions, site_sources
from hyperlocal.explorer.sources import SiteSources


def test_each_option_becomes_what_it_is_called():
    given = SiteOptions(
        welsh=["cy.csv"],
        same_areas=True,
        override=["E01000001=E06000002"],
        version_match=["imd=need"],
        version_population=["2019=people.csv:all"],
        version_lookup=["2019=lookup.csv:old:new"],
        version=["2019=before.csv"],
        population=["people.csv:adults"],
        uncertainty="unsure",
        places="places.csv",
        postcodes="onspd.csv",
        groups=["wards.csv"],
        regions=["regions.csv"],
        districts=["districts.csv"],
        boundaries="areas.gpkg",
    )
    version = VersionSource(
        path="before.csv",
        label="2019",
        lookup="lookup.csv:old:new",
        population="people.csv:all",
        match={"imd": "need"},
        same_areas=True,
    )
    assert site_sources(given) == SiteSources(
        boundaries="areas.gpkg",
        districts=("districts.csv",),
        regions=("regions.csv",),
        groups=("wards.csv",),
        overrides={"E01000001": "E06000002"},
        postcodes="onspd.csv",
        places="places.csv",
        populations=("people.csv:adults",),
        versions=(version,),
        uncertainty="unsure",
        welsh=("cy.csv",),
    )
