"""What a user gets whose flags, or what is named beside them, are wrong."""

from __future__ import annotations

import pytest

import hyperlocal
from hyperlocal.analysis.flags.areas import flag_areas
from hyperlocal.analysis.flags.file import load_flags
from hyperlocal.errors import DataError, DefinitionError, GeographyError, ResultsError

FLAGS = """\
hyperlocal_flags: 1
geography: ltla24
indices:
  assets: {title: Community assets}
  small: {geography: lsoa21}
measures:
  average: {average_score: small}
  both: {combine: {assets: 1, average: 1}}
flags:
  low: {when: {measure: both, most_deprived: 0.25}}
  high:
    when:
      all:
        - {flag: low}
        - {areas_within: small.work, decile_at_most: 3, at_least: 1}
"""
ASSETS = """\
hyperlocal: 1
id: assets
areas: {geography: ltla24, table: {input: places}}
inputs: {places: {file: places.csv, geography: ltla24, code: area}}
index: {domains: {shops: {input: places, column: shops, high_value: less_need}}}
"""


class Case:
    """Two indices, a lookup and a file of flags, to be spoilt."""

    def __init__(self, small) -> None:
        self.small, self.folder = small, small.folder
        self.flags = self.folder / "flags.yaml"
        self.flags.write_text(FLAGS)
        (self.folder / "assets.yaml").write_text(ASSETS)
        (self.folder / "places.csv").write_text("area,shops\nE06000001,5\nE06000002,3\n")

    def change(self, old: str, new: str) -> None:
        text = self.flags.read_text()
        assert old in text, old
        self.flags.write_text(text.replace(old, new))

    def results(self) -> dict[str, hyperlocal.Results]:
        assets = hyperlocal.build(self.folder / "assets.yaml", self.folder, self.folder / "assets")
        return {"assets": assets, "small": self.small.build()}

    def made(self, results=None, **options):
        options.setdefault("weigh_by", {"small": [f"{self.small.table}:adults"]})
        return flag_areas(load_flags(self.flags), results or self.results(), **options)

    def refused(self, error: type[Exception], **options) -> list[str]:
        with pytest.raises(error) as caught:
            self.made(**options)
        return [str(one).removeprefix(f"{self.flags}") for one in caught.value.problems]


@pytest.fixture
def case(small) -> Case:
    return Case(small)


def test_the_sound_case(case):
    assert case.made().tables["flags"]["areas"].to_list() == [2, 2]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("measure: both", "measure: bath", ":10: flags.low.when.measure: there is no index or "
         "measure 'bath'; did you mean 'both'?"),
        ("areas_within: small", "areas_within: smell", ":15: flags.high.when.all[1].areas_within: "
         "there is no index or measure 'smell'; did you mean 'small'?"),
        ("average_score: small", "average_score: tiny", ":7: measures.average.average_score: there "
         "is no index or measure 'tiny'; there are assets, small, average, both"),
        ("{assets: 1,", "{asset: 1,", ":8: measures.both.combine.asset: there is no index or "
         "measure 'asset'; did you mean 'assets'?"),
        ("flag: low", "flag: lo", ":14: flags.high.when.all[0].flag: there is no flag 'lo'; did "
         "you mean 'low'?"),
        ("flag: low", "flag: high", ":11: flags.high: goes in a circle: high -> high; break it"),
        ("average_score: small", "combine: {both: 1, assets: 1}", ":7: measures.average: goes in a "
         "circle: average -> both -> average; break it"),
        ("measure: both", "measure: small", ":10: flags.low.when.measure: small is an index of "
         "lsoa21, not ltla24; make a measure of it: average_score: small"),
        ("measure: both", "measure: both.work", ":10: flags.low.when.measure: both is a measure "
         "and has no nodes; write both"),
        ("areas_within: small.work", "areas_within: both", ":15: flags.high.when.all[1]."
         "areas_within: both is a measure of ltla24, without areas within; name an index of small "
         "areas"),
        ("average_score: small", "average_score: assets", ":7: measures.average.average_score: "
         "assets is an index of ltla24 itself; state the geography of its areas, or take its own "
         "rank: assets"),
        ("  average: {", "  assets: {", ":7: measures.assets: an index has the same name; give it "
         "another"),
        ("most_deprived: 0.25", "most_deprived: 1.25", ":10: flags.low.when.most_deprived: 1.25 is "
         "not allowed here; it must be less than or equal to 1"),
        ("most_deprived: 0.25", "most_deprived: 0", ":10: flags.low.when.most_deprived: 0 is not "
         "allowed here; it must be greater than 0"),
        ("most_deprived: 0.25", "most_deprived: 25%", ":10: flags.low.when.most_deprived: '25%' is "
         "not allowed here; write a number such as 0.1, or a fraction such as 1/3"),
        ("most_deprived: 0.25", "most_deprived: true", ":10: flags.low.when.most_deprived: true "
         "is not allowed here; write a number such as 0.1, or a fraction such as 1/3"),
        ("most_deprived: 0.25", "most_deprived: 0.25, rank_at_most: 3", ":10: flags.low.when: "
         "state one of most_deprived, rank_at_most and decile_at_most"),
        (", at_least: 1", "", ":15: flags.high.when.all[1]: state either at_least (a number) or "
         "at_least_share"),
        ("decile_at_most: 3", "decile_at_most: 11", ":15: flags.high.when.all[1].decile_at_most"
         ": 11 is not allowed here; it must be less than or equal to 10"),
        ("most_deprived", "most_depraved", ":10: flags.low.when.most_depraved: unknown key; did "
         "you mean 'most_deprived'?"),
        ("  low: {when", "  low: {geography: ltla24, when", ":10: flags.low.geography: this key "
         "does not belong here"),
        ("      all:", "      at_least: 3\n      of:", ":12: flags.high.when: at_least is 3, more "
         "than the 2 under of"),
        ("{when: {measure: both, most_deprived: 0.25}}", "{when: {}}", ":10: flags.low.when: is "
         "empty; state at least one"),
        ("{when: {measure: both, most_deprived: 0.25}}", "{when: [both]}", ":10: flags.low.when: "
         "state measure, areas_within, flag, all, any, of or not"),
        ("{assets: 1, average: 1}", "{assets: 1}", ":8: measures.both.combine: name at least two"),
        ("{assets: 1, average: 1}", "{assets: 1, average: 0}", ":8: measures.both.combine.average: "
         "0 is not allowed here; it must be greater than 0"),
        ("average_score: small", "title: nothing", ":7: measures.average: state either "
         "average_score or combine"),
        ("geography: ltla24", "geography: ltla", ":2: geography: 'ltla' is not allowed here; a "
         "geography ends in the year of its vintage, as in lsoa21"),
        ("  low:", "  Low flag:", ":10: flags.Low flag: 'Low flag' is not allowed here; names have "
         "lower-case letters, digits and _, a letter first"),
        ("hyperlocal_flags: 1", "hyperlocal_flags: 2", ":1: hyperlocal_flags: 2 is not allowed "
         "here; it must be 1"),
        ("{title: Community assets}", "{title: Community assets, title: x}", ":4: "
         "indices.assets.title: stated twice, first on line 4"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_file_is_said_with_its_line(case, old, new, said):
    case.change(old, new)
    with pytest.raises(DefinitionError) as caught:
        load_flags(case.flags)
    assert f"{case.flags}{said}" in map(str, caught.value.problems)


def test_everything_wrong_in_the_file_is_said_at_once(case):
    for old, new in (
        ("title:", "titel:"),
        ("average_score: small", "average_score: tiny"),
        ("most_deprived: 0.25", "most_deprived: 2"),
        ("measure: both", "measure: neither"),
        ("flag: low", "flag: slow"),
        ("at_least: 1", "at_least: none"),
    ):
        case.change(old, new)
    with pytest.raises(DefinitionError) as caught:
        load_flags(case.flags)
    assert [problem.line for problem in caught.value.problems] == [4, 7, 10, 10, 14, 15]


@pytest.mark.parametrize("flags", ["flags: {}\n", "flags: []\n", "flags:\n", ""])
def test_no_flags(case, flags):
    case.flags.write_text(FLAGS.partition("flags:\n")[0] + flags)
    with pytest.raises(DefinitionError) as caught:
        load_flags(case.flags)
    assert len(caught.value.problems) == 1
    assert "flags" in str(caught.value.problems[0]).removeprefix(str(case.flags))


@pytest.mark.parametrize("text", ["", "- a\n", "indices: [", "a: &a [*a]\n"])
def test_no_file_of_flags(case, text):
    case.flags.write_text(text)
    with pytest.raises(DefinitionError):
        load_flags(case.flags)


def test_unreadable_files(case):
    with pytest.raises(DefinitionError, match="there is no such file"):
        load_flags(case.folder / "none.yaml")
    with pytest.raises(DefinitionError, match="cannot be read"):
        load_flags(case.folder)
    case.flags.write_bytes(b"title: \xff")
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_flags(case.flags)


def test_results_that_are_missing_or_not_asked_for(case):
    found = case.refused(ResultsError, results={"other": case.small.build()})
    assert found == [
        ":4: indices.assets: there are no results of assets; name them with --results "
        "assets=FOLDER",
        ":5: indices.small: there are no results of small; name them with --results small=FOLDER",
        ": the flags know no index 'other'; its indices are assets, small",
    ]


def test_lookups_of_indices_that_are_not_there_or_need_none(case):
    lookups = {"smal": ["ltla24"], "assets": ["ltla24"]}
    found = case.refused(ResultsError, lookups=lookups)
    assert found == [
        ": the flags know no index 'smal'; its indices are assets, small",
        ":4: indices.assets: a lookup or override is given, and it is of ltla24 itself; leave them "
        "out, or state the geography of its areas",
    ]


def test_results_of_another_geography_or_without_a_node(case):
    case.change("lsoa21", "lsoa11")
    case.change("small.work", "small.wark")
    found = case.refused(ResultsError)
    assert found[0] == (
        ":5: indices.small: its results are of lsoa21, not lsoa11; state geography: lsoa21, or "
        "name other results"
    )
    assert found[1].startswith(
        ":15: flags.high.when.all[1].areas_within: small has no node 'wark'; ranked are: small"
    )


def test_indices_of_other_areas(case):
    (case.folder / "places.csv").write_text("area,shops\nE06000001,5\nE06000009,3\n")
    found = case.refused(GeographyError)
    assert found == [
        ":4: indices.assets: lacks 1 of the 3 areas of all indices, such as E06000002; take "
        "indices of one geography and vintage, or state absent_areas: unscored",
        ":5: indices.small: lacks 1 of the 3 areas of all indices, such as E06000009; take "
        "indices of one geography and vintage, or state absent_areas: unscored",
    ]


def test_indices_that_have_no_area_in_common_are_refused_whatever_is_stated(case):
    (case.folder / "places.csv").write_text("area,shops\nE06000008,5\nE06000009,3\n")
    case.change("geography: ltla24", "geography: ltla24\nabsent_areas: unscored")
    found = case.refused(GeographyError)
    assert len(found) == 2
    assert all(one.endswith("take indices of one geography and vintage") for one in found)


def test_a_lookup_that_leaves_areas_out(case):
    lookup = case.folder / "lookup.csv"
    lines = case.small.table.read_text().splitlines()
    lookup.write_text("\n".join(lines[:-1]))
    found = case.refused(GeographyError, lookups={"small": [f"{lookup}:district"]})
    assert len(found) == 1
    assert "1 of 6 areas of small lie in no group, such as E01000006" in found[0]
    assert found[0].endswith("mend the lookup, or place them by overrides")
    case.made(
        lookups={"small": [f"{lookup}:district"]}, overrides={"small": {"E01000006": "E06000002"}}
    )


def test_results_that_do_not_say_in_which_area_small_ones_lie(case):
    case.small.change("  within: {ltla24: {input: people, column: district}}\n", "")
    case.small.change(", shrink_to: ltla24", "")
    assert case.refused(DataError) == [
        ":5: indices.small: its results do not say in which ltla24 areas lie; name a lookup with "
        "--lookup small=FILE:COLUMN"
    ]


def test_overrides_and_populations_that_are_not_there(case):
    found = case.refused(
        DataError, overrides={"small": {"E01000099": "E06000002"}}, weigh_by={"small": ["none.csv"]}
    )
    assert any("E01000099" in one for one in found)
    assert any("none.csv" in one for one in found)


def test_no_population(case):
    found = case.refused(DataError, weigh_by={})
    assert len(found) == 1
    assert "the results hold no population to weigh areas by" in found[0]


def test_columns_of_one_name(case):
    case.change("  low:", "  average_rank:")
    case.change("flag: low", "flag: average_rank")
    assert case.refused(DefinitionError) == [
        ": two columns would be called average_rank; give the flag or the measure another name"
    ]


def test_a_measure_without_any_score(case):
    people = case.folder / "none.csv"
    people.write_text("area,people\n" + "".join(f"E0100000{area},0\n" for area in range(1, 7)))
    found = case.refused(ResultsError, weigh_by={"small": [f"{people}:people"]})
    assert found == ["no area has a score in Average; see what it is made of"]
