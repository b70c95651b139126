"""Rules of what leaves, each in the case that only this rule decides."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from hyperlocal import Results
from hyperlocal.analysis.supplied import Sources, VersionSource
from hyperlocal.analysis.supplied.intervals import read_intervals
from hyperlocal.analysis.uncertainty import study, usual_design
from hyperlocal.errors import ResultsError
from hyperlocal.methods.disclosure import disclose_rate
from hyperlocal.present.figures import Subject, histogram
from hyperlocal.present.profile.ground import Ground, Group
from hyperlocal.present.profile.needs import together
from hyperlocal.present.profile.worst import by_domain
from hyperlocal.present.publication import read_publication
from hyperlocal.present.tables.indicators import indicator_tables

DEFINITION = """\
hyperlocal: 1
id: top
areas:
  geography: lsoa21
  table: {input: t}
  within: {msoa21: {input: t, column: msoa}, ltla24: {input: t, column: district}}
inputs: {t: {file: t.csv, geography: lsoa21, code: area}}
populations: {residents: {title: Residents, column: people}}
defaults: {input: t, high_value: more_need}
index:
  indicators:
    one: {INDICATOR, publish: {geography: msoa21, suppress_below: LEAST}}
"""
TABLE = """\
area,msoa,district,poor,children,people,minutes,before,after
E01000001,E02000001,E06000001,3,40,100,10,20,30
E01000002,E02000001,E06000001,9,60,300,20,30,30
E01000003,E02000002,E06000001,1,12,200,30,10,15
E01000004,E02000002,E06000001,2,10,200,50,40,45
E01000005,E02000003,E06000002,0,50,0,70,10,5
E01000006,E02000003,E06000002,50,52,400,90,5,5
"""
RATE = "numerator: poor, denominator: children, per: 100"


@pytest.fixture
def index(index_folder, tmp_path):
    """A function: an index of one indicator, shown for larger areas."""

    def made(indicator: str, least: object = "none", table: str = TABLE):
        text = DEFINITION.replace("INDICATOR", indicator).replace("LEAST", str(least))
        return index_folder(tmp_path, {"index.yaml": text, "t.csv": table}).build()

    return made


def shown(results) -> list[float | str | None]:
    """Return what stands in each row of the larger areas."""
    table = {one.name: one for one in indicator_tables(results)}["indicators_msoa21"]
    marks = table.mark("one_value").to_list()
    values = table.rows["one_value"].to_list()
    return [mark if one is None else one for one, mark in zip(values, marks, strict=True)]


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("before: before, after: after, sample_size: children", [20, "[c]", -100 / 3]),
        ("kind: mean, column: minutes, sample_size: children", [16, "[c]", 8180 / 102]),
    ],
)
def test_what_rests_on_few_is_hidden_of_larger_areas(index, indicator, expected):
    few = shown(index(indicator, 23))  # 22 children in the second
    assert few[1] == expected[1]
    assert few[::2] == pytest.approx(expected[::2], abs=1e-6)
    assert "[c]" not in shown(index(indicator, 22))


def test_an_area_in_no_larger_area_is_in_no_larger_value(index):
    """No build leaves such an area: each must lie in one; here its larger area is taken away."""
    results = index(RATE)
    code = pl.col("msoa21_code")
    apart = results.areas.with_columns(code.replace("E02000003", None))
    apart.write_parquet(results.folder / "areas.parquet")
    assert shown(Results.open(results.folder)) == pytest.approx([12, 300 / 22], abs=1e-6)


def test_where_nobody_lives_no_value_is_needed_for_an_average(index):
    empty = TABLE.replace("50,0,70,10,5", "50,0,,10,5")
    found = shown(index("column: minutes, missing_values: unscored", table=empty))
    assert found == pytest.approx([17.5, 40, 90], abs=1e-6)


def test_a_count_that_is_missing_is_not_called_hidden():
    found = disclose_rate([np.nan, 2, np.nan], [3, 3, 30], "members", suppress_below=5)
    assert found.numerator_hidden.tolist() == [False, True, False]
    assert found.denominator_hidden.tolist() == [True, True, False]


def test_what_another_version_withholds_does_not_leave_through_it(small, tmp_path):
    """Its own definition rules, though that of the index that is published says nothing."""
    small.change("defaults:", "populations: {adults: {column: adults, input: people}}\ndefaults:")
    small.change("  domains:", "  supplementary: {beside: {column: adults}}\n  domains:")
    text = small.definition.read_text()
    small.out = tmp_path / "open"
    small.build()
    small.change("{column: adults}", "{column: adults, publish: {geography: ltla24}}")
    small.change("less_need}", "less_need, publish: {geography: ltla24}}")
    small.out = tmp_path / "closed"
    small.build()
    small.definition.write_text(text)
    small.out = tmp_path / "now"
    versions = tuple(VersionSource(str(tmp_path / name), name) for name in ("open", "closed"))
    found = read_publication(small.build(), Sources(versions=versions))

    ranked, scored = {}, {}
    for name in ("open", "closed"):
        districts = found.table(f"districts_ltla24_{name}").rows
        ranked[name] = set(districts["measure"])
        scored[name] = set(districts.drop_nulls("average_score")["measure"])
        held = "beside_rank_then" in found.table(f"changes_{name}").rows.columns
        assert held == ("beside" in ranked[name]) == (name == "open")
    assert ranked["closed"] == {"small", "work", "money"}
    assert scored["open"] == {"small", "work", "money", "beside"}
    assert scored["closed"] == {"small", "work"}  # the scores of money give income away


def test_intervals_of_other_ranks_are_refused(small, tmp_path):
    results = small.build()
    report = tmp_path / "report"
    study(results, usual_design(results).changed(draws=20, seed=1), workers=1).write(report)
    intervals = read_intervals(results, report)
    assert intervals.columns["rank_lower"].size == 6
    file = next(report.glob("areas.*"))
    parquet = file.suffix == ".parquet"
    table = pl.read_parquet(file) if parquet else pl.read_csv(file)
    table = table.with_columns(rank=7 - pl.col("rank"))
    (table.write_parquet if parquet else table.write_csv)(file)
    with pytest.raises(ResultsError, match="its ranks are others"):
        read_intervals(results, report)


@pytest.fixture
def lacking(small):
    """The first district of an index in which one of its three areas has no income."""
    small.change("high_value: less_need", "high_value: less_need, missing_values: unscored")
    small.change_table("45,290,18000", "45,290,")
    small.change("  domains:", "  supplementary: {beside: {column: adults}}\n  domains:")
    ground = Ground.of(read_publication(small.build()), "ltla24")
    return Group.of(ground, "E06000001")


def test_as_many_are_expected_as_the_measure_ranks(lacking):
    ranked = {name: lacking.ranked(name) for name in ("small", "work", "money", "beside")}
    rows = by_domain(lacking)["table"]["rows"]
    expected = {node.id: row[3] for node, row in zip(lacking.ground.nodes, rows, strict=True)}
    assert expected == {name: f"{areas / 10:.1f}" for name, areas in ranked.items()}
    assert expected["beside"] != expected["small"]


def test_needs_coincide_only_where_each_is_known(lacking):
    counts = together(lacking)["counts"]["rows"]
    assert sum(float(row[1]) for row in counts) == 2


def test_a_group_in_no_larger_area_has_no_place_there(index, tmp_path):
    held = {"area": [f"E0100000{at}" for at in range(1, 5)], "isle": ["I1"] * 4}
    pl.DataFrame(held).write_csv(tmp_path / "isles.csv")
    isles = Sources(groups=(f"{tmp_path}/isles.csv:isle",))
    ground = Ground.of(read_publication(index(RATE), isles), "msoa21")
    parents = {kind.id: of.tolist() for kind, of in ground.parents}
    assert parents == {"ltla24": [0, 0, 1], "isle": [0, 0, -1]}


def test_a_score_of_fifty_is_not_over_fifty():
    subject = Subject("chart", "Need", "Wales", areas="LSOAs", source="Source: us.")
    figure = histogram([10.0, 50.0, 50.0, 60.0], subject)
    assert figure.subtitle == "1 of 4 LSOAs (25.0%) score over 50"
    assert "1 (25.0%) over 50" in figure.alt


@pytest.mark.parametrize(("among", "are_added"), [("income", True), ("adults, income", False)])
def test_counts_of_several_years_are_no_number_of_people(small, among, are_added):
    """Several columns over several may be years, in which the same people are counted again."""
    small.change(
        "numerator: out_of_work, denominator: adults,",
        f"numerator: [out_of_work, adults], denominator: [{among}],",
    )
    assert read_publication(small.build()).has("scales_ltla24") == are_added
