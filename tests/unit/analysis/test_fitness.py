import json
import re
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import hyperlocal
from hyperlocal import Results
from hyperlocal.analysis.fitness import WIDTH, as_lines, quality_table
from hyperlocal.errors import ResultsError
from hyperlocal.pipeline.computation import NodeResult
from hyperlocal.pipeline.quality import CHECKS, assess, quality_record
from hyperlocal.pipeline.write import write_record

DEFINITION = """\
hyperlocal: 1
id: fit
areas: {geography: lsoa21, table: {input: people}}
quality: {most_zeros: 0.3, least_distinct: 3, most_skewness: 5}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need, missing_values: unscored}
index:
  domains:
    work:
      indicators:
        jobless: {column: a, accept: {most_kurtosis: not asked}}
        people_who_have_been_out_of_work_for_over_a_year:
          column: b
          accept: {most_zeros: "few areas have any, and those that have some are what the index is \
to find; the source says so too"}
        unemployed:
          denominator: adults
          indicators:
            young: {kind: count, column: c}
    health:
      indicators:
        illness: {column: e, accept: {most_skewness: one value, least_distinct: one value}}
"""
LONG = "people_who_have_been_out_of_work_for_over_a_year"
TEN = np.arange(1, 11.0)
VALUES = {
    "jobless": np.array([*TEN[:9], np.nan]),
    LONG: np.array([6, 5, 4, 3, 2, 0, 0, 0, 0, 0.0]),
    "unemployed": 1000 * TEN,
    "young": TEN,
    "illness": np.full(10, 7.0),
}


@pytest.fixture
def results(tmp_path: Path) -> Results:
    """A results folder with a quality report and nothing else of interest."""
    return write_report(tmp_path, DEFINITION)


def write_report(folder: Path, text: str) -> Results:
    """Write a results folder as a build does, with the values above."""
    file = folder / "definition.yaml"
    file.write_text(text)
    definition = hyperlocal.load(file)
    unweighed = {node.id: NodeResult() for node in definition.nodes}
    record = quality_record(definition, unweighed, assess(definition, VALUES, {}))
    write_record(folder, "quality", record)
    write_record(folder, "provenance", {"index": "fit"})
    pl.DataFrame({"area_code": ["E01000001"]}).write_parquet(folder / "areas.parquet")
    return Results.open(folder)


def test_table_has_a_row_for_each_indicator_and_check(results):
    table = quality_table(results)
    assert table.columns == ["indicator", "check", "value", "threshold", "passed", "accepted"]
    names = ["jobless", LONG, "unemployed", "young", "illness"]
    assert table["indicator"].to_list() == [name for name in names for _ in CHECKS]
    assert table["check"].to_list() == list(CHECKS) * 5
    assert table.schema["value"] == table.schema["threshold"] == pl.Float64
    assert table.schema["passed"] == pl.Boolean
    assert table.schema["accepted"] == pl.String


def row(results: Results, indicator: str, check: str) -> tuple[object, ...]:
    """Return what the table says of one check."""
    chosen = (pl.col("indicator") == indicator) & (pl.col("check") == check)
    (found,) = quality_table(results).filter(chosen).rows()
    return found[2:]


def test_table_tells_what_was_judged(results):
    assert row(results, "jobless", "most_zeros") == (0.0, 0.3, True, None)
    assert row(results, "jobless", "most_missing") == (0.1, None, None, None)
    value, threshold, passed, accepted = row(results, LONG, "most_zeros")
    assert (value, threshold, passed) == (0.5, 0.3, False)
    assert accepted.startswith("few areas have any")
    assert row(results, "illness", "most_skewness") == (None, 5.0, False, "one value")
    assert row(results, "illness", "least_distinct") == (1.0, 3.0, False, "one value")
    assert row(results, "young", "least_distinct") == (10.0, None, None, None)


def test_lines_are_a_table_that_fits_a_terminal(results):
    lines = list(as_lines(results))
    assert max(map(len, lines)) <= WIDTH
    cells = [" ".join(line.split()) for line in lines]
    assert cells[0] == "zeros% low% high% missing distinct skewness kurtosis outl.% corr."
    # with the long one, of nine common areas: -sqrt(55 / 60)
    assert cells[1] == "jobless 0.0 11.1 11.1 1 9 0.0 -1.2 0.0 -0.96"
    assert cells[2].partition(" ")[2].startswith("50.0* 50.0 10.0 0 6 0.5 ")
    assert cells[3].endswith("-0.94")  # -sqrt(72.5 / 82.5)
    assert cells[4] == "+ young 0.0 10.0 10.0 0 10 0.0 -1.2 0.0 -"
    assert cells[5] == "illness 0.0 100.0 100.0 0 1* -* - 0.0 -"
    # figures stand under the last letter of their heading, the marks beside them
    ends = [match.end() for match in re.finditer(r"\S+", lines[0])]
    assert len(ends) == 9
    assert all(lines[1][end - 1].isdigit() for end in ends)
    assert lines[2][ends[0]] == "*"


def test_long_ids_are_cut_in_the_middle(results):
    name = list(as_lines(results))[2].split()[0]
    assert len(name) == 35
    assert LONG.startswith(name.partition("..")[0])
    assert LONG.endswith(name.partition("..")[2])


def test_lines_list_what_was_accepted_and_flagged(results):
    lines = list(as_lines(results))
    text = " ".join(" ".join(lines).split())
    assert "9 of 12 checks were passed; * 3 not passed, and accepted:" in text
    assert (
        f"{LONG}: most_zeros 30%, is 50%: few areas have any, and those that have some are what "
        "the index is to find; the source says so too"
    ) in text
    assert "illness: most_skewness 5, is undefined: one value" in text
    assert "illness: least_distinct 3, is 1: one value" in text
    assert f"Flags: jobless: is negatively correlated with {LONG}" in text
    assert "Notes: jobless: accept.most_kurtosis is not needed: nothing asks for it" in text
    assert "+ only added up into a rate, and not judged." in lines


def test_nothing_is_judged_without_thresholds(tmp_path):
    text = DEFINITION.replace("quality: {most_zeros: 0.3, least_distinct: 3, most_skewness: 5}", "")
    results = write_report(tmp_path, text)
    assert "No thresholds are stated under 'quality': nothing was judged." in as_lines(results)
    assert quality_table(results)["passed"].is_null().all()


def test_huge_figures_stay_in_their_columns(results):
    record = dict(results.quality)
    record["indicators"]["jobless"] |= {
        "excess_kurtosis": -1.5e300,
        "skewness": -123_456.0,
        "distinct": 33_755,
        "missing": 33_755,
    }
    write_record(results.folder, "quality", record)
    lines = list(as_lines(Results.open(results.folder)))
    assert lines[1].split()[4:8] == ["33,755", "33,755", "-1.2e+05", "-1.5e+300"]
    assert len(lines[1]) <= WIDTH


@pytest.mark.parametrize("missing", ["flags", "notes", "checks"])
def test_a_report_of_an_earlier_version_is_refused(results, missing):
    record = json.loads((results.folder / "quality.json").read_text())
    record.pop(missing, None)
    record["indicators"]["jobless"].pop(missing, None)
    write_record(results.folder, "quality", record)
    with pytest.raises(ResultsError, match="earlier version; build it again"):
        quality_table(results)
    with pytest.raises(ResultsError, match="earlier version; build it again"):
        list(as_lines(results))
