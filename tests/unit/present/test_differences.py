"""In what definitions differ from the bundled ones: nothing where nothing was changed."""

from __future__ import annotations

import pytest

from hyperlocal.catalogue import find, load, names
from hyperlocal.definition.load import parse_definition
from hyperlocal.definition.write import resolved_yaml
from hyperlocal.present.differences import SHOWN, bundled_as, changed, differences

NAME = "iod-2025-domains"


@pytest.fixture(scope="module")
def text() -> str:
    return find(NAME).read_text(encoding="utf-8")


def as_built(definition):
    """Return a definition as the results of a build hold it."""
    return parse_definition(resolved_yaml(definition))


@pytest.mark.parametrize("name", names())
def test_every_bundled_definition_is_itself(name):
    definition = as_built(load(name))
    assert bundled_as(definition) == name
    assert differences(definition) == ()


def test_a_changed_setting_is_told_with_both_values():
    settings = {"index.weights": "rescaled", "domains.income.weight": 0.3}
    expected = (
        "index.weights: rescaled, bundled as_stated",
        "index.domains.income.weight: 0.3, bundled 0.225",
    )
    definition = load(NAME, settings)
    assert differences(definition) == differences(as_built(definition)) == expected
    assert changed(definition) == (
        "The definition differs from the one that hyperlocal bundles as iod-2025-domains, in 2 "
        f"settings: {'; '.join(expected)}"
    )


def test_a_file_of_ones_own_counts_but_not_where_its_data_lie(text):
    assert (
        differences(parse_definition(text.replace("file: published", "file: my/published"))) == ()
    )
    own = parse_definition(text.replace("title: Crime", "title: Crime as seen"))
    assert differences(own) == ("index.domains.crime.title: Crime as seen, bundled Crime",)
    other = parse_definition(text.replace("id: iod_2025_domains", "id: ours"))
    assert (bundled_as(other), changed(other)) == ("", "")
    assert changed(load(NAME)) == ""


def test_what_is_added_or_left_out_is_told_as_a_whole():
    found = differences(load(NAME, {"index.domains.crime.caveats": "Rough", "areas.exclude": []}))
    assert found == ("index.domains.crime.caveats: Rough, bundled without",)
    without = differences(load("wimd-2019-domains", {"populations": {}}))
    assert without[0] == "inputs.population: left out, bundled with it"
    assert "populations.residents: left out, bundled with it" in without


def test_numbers_come_before_words_and_many_are_counted():
    domains = [node.id for node in load(NAME).root.children]
    settings = {f"index.domains.{one}.description": "x " * 80 for one in domains}
    settings |= {f"index.domains.{one}.published_score": "combined" for one in domains}
    settings |= {"conventions.ties": "minimum"}
    found = differences(load(NAME, settings))
    told = changed(load(NAME, settings))
    assert len(found) > SHOWN
    assert told.endswith(f"; and {len(found) - SHOWN} more")
    assert all(one in told for one in found[:SHOWN])
    words = ["description" in one.partition(":")[0] for one in found]
    assert words == sorted(words)
    assert any("…" in one for one in found)
