import json
import math
from pathlib import Path

import numpy as np
import pytest

import hyperlocal
from hyperlocal.definition import Definition
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline.computation import NodeResult
from hyperlocal.pipeline.quality import (
    CHECKS,
    FIGURES,
    Assessment,
    assess,
    flags,
    notes,
    quality_record,
    refusals,
)

NAN = float("nan")

DEFINITION = """\
hyperlocal: 1
id: tested
areas:
  geography: lsoa21
  table: {input: people}
inputs:
  people: {file: people.csv, geography: lsoa21, code: area}
defaults: {input: people, high_value: more_need, missing_values: unscored}
index:
  domains:
    work:
      indicators:
        jobless: {column: a}
        wages: {column: b, high_value: less_need}
        unemployed:
          denominator: adults
          indicators:
            young: {kind: count, column: c}
            old: {kind: count, column: d}
    health:
      indicators:
        illness: {column: e}
"""

TEN = np.arange(10.0)
VALUES = {
    "jobless": TEN,
    "wages": 100 - TEN,
    "unemployed": TEN**2,
    "young": TEN,
    "old": 9 - TEN,
    "illness": TEN,
}


class Assessed:
    """A definition in a file, to be changed, and the values of its indicators."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "index.yaml"
        self.file.write_text(DEFINITION)
        self.values = dict(VALUES)

    def change(self, old: str, new: str) -> None:
        """Change the text of the definition; the old text must be there."""
        text = self.file.read_text()
        assert old in text, old
        self.file.write_text(text.replace(old, new))

    def require(self, *thresholds: str) -> None:
        """State thresholds for the whole definition."""
        self.change("defaults:", f"quality: {{{', '.join(thresholds)}}}\ndefaults:")

    def load(self, **changes: object) -> Definition:
        """Read the definition."""
        return hyperlocal.load(self.file, {key.replace("__", "."): changes[key] for key in changes})

    def assess(self) -> dict[str, Assessment]:
        """Assess the indicators."""
        return assess(self.load(), self.values, {})

    def refusals(self, **changes: object) -> list[Problem]:
        """Return the problems of those that fail."""
        definition = self.load(**changes)
        return refusals(definition, assess(definition, self.values, {}))


@pytest.fixture
def tested(tmp_path: Path) -> Assessed:
    """Six indicators of ten areas that fail nothing, and no thresholds."""
    return Assessed(tmp_path)


def test_every_check_has_a_figure_and_every_figure_a_check(tested):
    assert tuple(FIGURES) == CHECKS
    assert set(FIGURES.values()) <= set(tested.assess()["jobless"].figures)


def test_without_thresholds_anything_enters(tested):
    tested.values["illness"] = np.zeros(10)
    assert tested.refusals() == []
    assert all(found.findings == () for found in tested.assess().values())


def test_figures(tested):
    tested.values["illness"] = np.array([0, 0, 3, NAN, 0, 6, 1, NAN, NAN, NAN])
    figures = tested.assess()["illness"].figures
    assert figures["zero_share"] == 0.5  # of the six areas that have a value
    assert figures["missing_share"] == 0.4
    assert figures["missing"] == 4
    assert figures["distinct"] == 4


def test_areas_without_data_are_those_that_are_told(tested):
    tested.values["illness"] = np.array([NAN, *range(9)])
    found = assess(tested.load(), tested.values, {"jobless": 3})
    assert found["jobless"].figures["areas_without_data"] == 3  # 0 may stand for them
    assert found["illness"].figures["areas_without_data"] == 1
    assert found["wages"].figures["areas_without_data"] == 0


FAILING = {
    "most_zeros: 0.3": (
        [0, 0, 0, 0, 1, 2, 3, 4, 5, 6],
        "40% of the areas have the value 0, more than the 30% of quality.most_zeros",
    ),
    "most_at_lowest: 0.3": (
        [7, 7, 7, 7, 8, 9, 10, 11, 12, 13],
        "40% of the areas share the lowest value, 7, more than the 30% of quality.most_at_lowest",
    ),
    "most_at_highest: 0.3": (
        [100, 100, 100, 100, 1, 2, 3, 4, 5, 6],
        "40% of the areas share the highest value, 100, more than the 30% of "
        "quality.most_at_highest",
    ),
    "most_missing: 0.3": (
        [NAN, NAN, NAN, NAN, 1, 2, 3, 4, 5, 6],
        "40% of the areas have no value, more than the 30% of quality.most_missing",
    ),
    "least_distinct: 4": (
        [1, 2, 3, 1, 2, 3, 1, 2, 3, 3],
        "3 is its number of different values, less than the 4 of quality.least_distinct",
    ),
    "most_skewness: 2": (
        # mean 1, deviations -1 (nine times) and 9: variance 9, third moment 72, so 72/27
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
        "2.67 is its skewness, more than the 2 of quality.most_skewness",
    ),
    "most_skewness: 1.5": (
        [0, 0, 0, 0, 0, 0, 0, 0, 0, -10],
        "-2.67 is its skewness, further from 0 than the 1.5 of quality.most_skewness",
    ),
    "most_kurtosis: 5": (
        # fourth moment (9 + 6561) / 10 = 657, over 81, less 3
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 10],
        "5.11 is its excess kurtosis, more than the 5 of quality.most_kurtosis",
    ),
    "most_outliers: 0.1": (
        [-90, 1, 2, 3, 4, 5, 6, 7, 8, 90],
        "20% of the areas lie outside the quartiles by more than three times the distance "
        "between them, more than the 10% of quality.most_outliers",
    ),
}


@pytest.mark.parametrize("threshold", FAILING)
def test_a_failing_indicator_stops_the_build(tested, threshold):
    values, said = FAILING[threshold]
    check = threshold.partition(":")[0]
    tested.values["illness"] = np.array(values, dtype=float)
    tested.require(threshold)
    (problem,) = [found for found in tested.refusals() if "illness" in found.place]
    assert problem.message == said
    assert problem.remedy == (
        f"mend the data, leave it out, or state 'accept: {{{check}: <the reason>}}'"
    )
    assert problem.place == "domains.health.indicators.illness"
    line = tested.file.read_text().splitlines()[problem.line - 1]
    assert line.strip() == "illness: {column: e}"
    assert str(problem).startswith(f"{tested.file}:{problem.line}: domains.health")


@pytest.mark.parametrize("threshold", FAILING)
def test_what_is_accepted_stops_nothing(tested, threshold):
    check = threshold.partition(":")[0]
    tested.values["illness"] = np.array(FAILING[threshold][0], dtype=float)
    tested.require(threshold)
    tested.change("{column: e}", f"{{column: e, accept: {{{check}: it is rare}}}}")
    assert not [found for found in tested.refusals() if "illness" in found.place]
    (finding,) = tested.assess()["illness"].findings
    assert not finding.passed
    assert finding.accepted == "it is rare"
    assert not notes(tested.load(), tested.assess())


@pytest.mark.parametrize(
    ("threshold", "values"),
    [
        ("most_zeros: 0.4", [0, 0, 0, 0, 1, 2, 3, 4, 5, 6]),
        ("most_at_lowest: 0.4", [7, 7, 7, 7, 8, 9, 10, 11, 12, 13]),
        ("most_at_highest: 0.3", [100, 100, 100, 1, 2, 3, 4, 5, 6, 7]),
        ("most_missing: 0.4", [NAN, NAN, NAN, NAN, 1, 2, 3, 4, 5, 6]),
        ("least_distinct: 3", [1, 2, 3, 1, 2, 3, 1, 2, 3, 3]),
        ("most_skewness: 0", [-2, -1, 0, 0, 0, 0, 0, 0, 1, 2]),
        ("most_outliers: 0.2", [-90, 1, 2, 3, 4, 5, 6, 7, 8, 90]),
    ],
)
def test_what_is_just_at_the_threshold_keeps_it(tested, threshold, values):
    tested.values["illness"] = np.array(values, dtype=float)
    tested.change("{column: e}", f"{{column: e, quality: {{{threshold}}}}}")
    assert tested.refusals() == []
    (finding,) = tested.assess()["illness"].findings
    assert finding.passed
    assert finding.value == finding.threshold


def test_a_threshold_that_is_nearly_kept_is_written_with_enough_digits(tested):
    values = np.zeros(100_000)
    values[50_001:] = np.arange(49_999) + 1
    tested.values = dict.fromkeys(tested.values, values)
    tested.change("{column: e}", "{column: e, quality: {most_zeros: 0.5}}")
    (problem,) = tested.refusals()
    assert problem.message.startswith("50.001% of the areas have the value 0, more than the 50%")


def test_shares_are_of_the_areas_with_a_value(tested):
    tested.values["illness"] = np.array([0, 0, NAN, NAN, NAN, NAN, NAN, 1, 2, 3])
    tested.change("{column: e}", "{column: e, quality: {most_zeros: 0.3}}")
    (problem,) = tested.refusals()
    assert problem.message.startswith("40% of the 5 areas with a value have the value 0, more")


def test_all_that_fails_is_said_at_once(tested):
    tested.values["illness"] = np.zeros(10)
    tested.values["jobless"] = np.zeros(10)
    tested.require("most_zeros: 0.5", "least_distinct: 3", "most_skewness: 2")
    found = [(problem.place.rpartition(".")[2], problem.message) for problem in tested.refusals()]
    assert [name for name, _ in found] == ["jobless"] * 3 + ["illness"] * 3
    said = dict(found)["illness"]
    assert said == "quality.most_skewness cannot be judged: all areas have the same value"


def test_a_threshold_can_be_stated_for_one_domain_only(tested):
    tested.values["illness"] = np.zeros(10)
    tested.values["jobless"] = np.zeros(10)
    tested.require("most_zeros: 0.2")
    tested.change("    health:\n", "    health:\n      quality: {most_zeros: 1.0}\n")
    assert [problem.place for problem in tested.refusals()] == ["domains.work.indicators.jobless"]
    (finding,) = tested.assess()["illness"].findings
    assert (finding.threshold, finding.passed) == (1.0, True)
    assert finding.stated_at == "domains.health.quality.most_zeros"


def test_a_threshold_from_the_command_line_is_named_as_such(tested):
    tested.values["illness"] = np.zeros(10)
    (problem,) = tested.refusals(domains__health__quality__most_zeros=0.2)
    assert problem.file == "--set"
    assert "the 20% of domains.health.quality.most_zeros" in problem.message


def test_infinite_values_never_pass(tested):
    tested.values["illness"] = np.array([math.inf, -math.inf, *range(8)])
    tested.change("{column: e}", "{column: e, accept: {most_outliers: they are so}}")
    (problem,) = tested.refusals()
    assert problem.message == "2 areas have an infinite value"
    assert problem.remedy == "mend the data"


def test_no_value_at_all(tested):
    tested.values["illness"] = np.full(10, NAN)
    tested.require("most_missing: 1.0", "most_zeros: 1.0")
    (problem,) = tested.refusals()
    assert problem.message == "quality.most_zeros cannot be judged: no area has a value"


def test_siblings_are_correlated_after_orientation(tested):
    found = tested.assess()
    # high wages are less need: turned round, all three are in the same order
    assert found["jobless"].correlations == {"wages": 1.0, "unemployed": 1.0}
    assert found["wages"].correlations == {"jobless": 1.0, "unemployed": 1.0}
    assert found["illness"].correlations == {}  # it stands alone in its domain
    assert found["illness"].lowest_with is None
    assert math.isnan(found["illness"].figures["lowest_correlation"])


def test_supplementary_indicators_are_judged_and_not_correlated(tested):
    tested.change(
        "        illness: {column: e}\n",
        "        illness: {column: e}\n"
        "      supplementary:\n"
        "        pain: {column: f}\n"
        "        more: {indicators: {aches: {column: g}, sores: {column: h}}}\n",
    )
    tested.values |= {"pain": np.zeros(10), "aches": TEN, "sores": -TEN}
    tested.require("most_zeros: 0.5")
    found = tested.assess()
    assert found["illness"].correlations == found["pain"].correlations == {}
    assert found["sores"].correlations == {"aches": -1.0}  # they make up one of their own
    assert [problem.place for problem in tested.refusals()] == ["domains.health.supplementary.pain"]


def test_the_lowest_correlation_is_named(tested):
    # against 0 1 2 3 ...: ranks 1 and 10 exchanged, 2 x 81 squared: 1 - 6 x 162 / 990
    tested.values["wages"] = 100 - np.array([9.0, 1, 2, 3, 4, 5, 6, 7, 8, 0])
    found = tested.assess()["jobless"]
    assert found.lowest_with == "wages"
    assert found.figures["lowest_correlation"] == pytest.approx(1 - 6 * 162 / 990, rel=1e-14)


def test_a_negative_correlation_is_flagged_once_without_any_threshold(tested):
    tested.change(", high_value: less_need", "")
    assert flags(tested.assess()) == [
        "jobless: is negatively correlated with wages (rank correlation -1, both oriented so that "
        "high is more need): check 'high_value', and that they belong together",
        "wages: is negatively correlated with unemployed (rank correlation -1, both oriented so "
        "that high is more need): check 'high_value', and that they belong together",
    ]
    assert tested.refusals() == []


def test_a_correlation_that_chance_brings_about_is_not_flagged(tested):
    found = tested.assess()
    many = {**found["jobless"].figures, "number": 10_001}  # two standard errors: 0.02
    for figures, correlation, told in (
        (found["jobless"].figures, -0.09, False),
        (found["jobless"].figures, -0.11, True),
        (many, -0.019, False),
        (many, -0.021, True),
    ):
        found["jobless"] = Assessment(figures, {"wages": correlation}, (), judged=True)
        assert any(said.startswith("jobless: is") for said in flags(found)) == told


def test_least_correlation(tested):
    tested.change(", high_value: less_need", "")
    tested.require("least_correlation: 0")
    problems = tested.refusals()
    assert [problem.place.rpartition(".")[2] for problem in problems] == [
        "jobless",
        "wages",
        "unemployed",
    ]
    assert problems[0].message == (
        "-1 is its rank correlation with wages, less than the 0 of quality.least_correlation"
    )
    assert problems[0].remedy.startswith("check 'high_value', leave it out, or state 'accept: ")


def test_a_sibling_without_variation_is_not_held_against_an_indicator(tested):
    tested.values["wages"] = np.full(10, 7.0)
    tested.values["unemployed"] = np.full(10, NAN)
    tested.require("least_correlation: 0")
    assert tested.assess()["jobless"].findings == ()
    found = {problem.place.rpartition(".")[2]: problem.message for problem in tested.refusals()}
    assert found == {
        "wages": "quality.least_correlation cannot be judged: all areas have the same value",
        "unemployed": "quality.least_correlation cannot be judged: no area has a value",
    }


def test_indicators_without_common_areas_cannot_be_correlated(tested):
    tested.values["jobless"] = np.array([1, 2, 3, 4, 5, *[NAN] * 5])
    tested.values["wages"] = np.array([*[NAN] * 5, 5, 4, 3, 2, 1])
    tested.values["unemployed"] = np.full(10, 1.0)
    tested.change("{column: a}", "{column: a, quality: {least_correlation: -1}}")
    (problem,) = tested.refusals()
    assert problem.message.endswith("beside it are all alike")


def test_counts_that_are_added_up_are_described_and_not_judged(tested):
    tested.require("most_zeros: 0.1", "least_distinct: 10")
    found = tested.assess()
    for name in ("young", "old"):
        assert not found[name].judged
        assert found[name].findings == ()
        assert found[name].correlations == {}  # those that run against each other may be added
        assert found[name].figures["distinct"] == 10
    assert found["unemployed"].judged
    assert len(found["unemployed"].findings) == 2


def test_what_need_not_be_accepted_is_noted(tested):
    tested.require("most_zeros: 0.5")
    tested.change("{column: a}", "{column: a, accept: {most_zeros: why, most_kurtosis: why}}")
    assert tested.refusals() == []
    assert notes(tested.load(), tested.assess()) == [
        "jobless: accept.most_zeros is not needed: the check is passed",
        "jobless: accept.most_kurtosis is not needed: nothing asks for it",
    ]


def test_single_precision(tested):
    tested.values = {name: each.astype(np.float32) for name, each in tested.values.items()}
    tested.require("most_zeros: 0.1", "least_correlation: 1")
    assert tested.refusals() == []


def test_the_record_is_documented_and_fit_for_json(tested):
    tested.values["illness"] = np.zeros(10)
    tested.require("most_zeros: 0.5", "most_skewness: 3")
    tested.change(
        "{column: e}", "{column: e, accept: {most_zeros: it is rare, most_skewness: so is this}}"
    )
    definition = tested.load()
    found = assess(definition, tested.values, {"illness": 2})
    unweighed = {node.id: NodeResult() for node in definition.nodes}
    record = quality_record(definition, unweighed, found)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert list(record) == ["indicators", "flags", "notes", "factor_analyses"]
    assert list(record["indicators"]) == list(found)
    illness = record["indicators"]["illness"]
    assert illness["areas_without_data"] == 2
    assert illness["skewness"] is None
    assert illness["lowest_correlation_with"] is None
    assert illness["checks"] == {
        "most_zeros": {
            "value": 1.0,
            "threshold": 0.5,
            "stated_at": "quality.most_zeros",
            "passed": False,
            "accepted": "it is rare",
        },
        "most_skewness": {
            "value": None,
            "threshold": 3.0,
            "stated_at": "quality.most_skewness",
            "passed": False,
            "accepted": "so is this",
        },
    }
    assert record["indicators"]["wages"]["correlations"] == {"jobless": 1.0, "unemployed": 1.0}
    assert record["indicators"]["young"]["checks"] == {}


def test_a_build_stops_before_it_writes_anything(small):
    small.change("defaults:", "quality: {least_distinct: 7, most_zeros: 0.5}\ndefaults:")
    with pytest.raises(DataError) as stopped:
        small.build()
    assert [problem.place for problem in stopped.value.problems] == [
        "domains.work.indicators.out_of_work",
        "domains.money.indicators.income",
    ]
    assert "6 is its number of different values, less than the 7" in str(stopped.value)
    assert not small.out.exists()


def test_a_build_is_judged_by_the_values_before_shrinkage(small):
    for row in ("12,300", "30,310", "45,290", "3,150", "9,280"):
        small.change_table(f",{row},", f",0,{row.partition(',')[2]},")
    small.change("defaults:", "quality: {most_zeros: 0.5}\ndefaults:")
    with pytest.raises(DataError, match=r"83\.3% of the areas have the value 0, more than the 50%"):
        small.build()
    small.change("per: 100,", "per: 100, accept: {most_zeros: shrinkage tells them apart},")
    results = small.build()
    assert results.areas["out_of_work_shrunk"].n_unique() == 6
    checks = results.quality["indicators"]["out_of_work"]["checks"]
    assert checks["most_zeros"]["accepted"] == "shrinkage tells them apart"
    assert results.quality["indicators"]["income"]["checks"]["most_zeros"]["passed"]


def test_a_build_counts_the_areas_without_data(small):
    small.change_table("E01000004,E06000002,3,", "E01000004,E06000002,,")
    small.change("per: 100,", "per: 100, missing_values: zero,")
    figures = small.build().quality["indicators"]["out_of_work"]
    assert figures["areas_without_data"] == 1
    assert figures["missing"] == 0  # 0 stands for it
    assert figures["zero_share"] == 1 / 6


def test_a_build_warns_of_indicators_that_run_against_each_other(small):
    small.change("high_value: less_need}", "high_value: more_need}")
    small.change("    money:\n      indicators:\n", "")
    results = small.build()
    (warning,) = results.provenance["warnings"]
    assert warning.startswith("out_of_work: is negatively correlated with income")
    assert results.quality["flags"] == [warning]


def test_the_resolved_definition_is_judged_alike(small):
    small.change("defaults:", "quality: {most_zeros: 0.5, most_kurtosis: 50}\ndefaults:")
    small.change("less_need}", "less_need, accept: {most_zeros: why}}")
    results = small.build()
    again = hyperlocal.build(results.definition, small.folder, small.folder / "again")
    said, said_again = (
        {
            name: {check: found["threshold"] for check, found in indicator["checks"].items()}
            for name, indicator in each.quality["indicators"].items()
        }
        for each in (results, again)
    )
    stated = {"most_zeros": 0.5, "most_kurtosis": 50.0}
    assert said == said_again == {"out_of_work": stated, "income": stated}
    assert results.quality["notes"] == again.quality["notes"]
    assert len(again.quality["notes"]) == 1


def test_tables_whose_years_differ_are_noted(small):
    (small.folder / "adults.csv").write_text(small.table.read_text())
    small.change(
        "inputs:\n",
        "inputs:\n  adults: {file: adults.csv, geography: lsoa21, code: area, date: mid-2022}\n",
    )
    small.change("denominator: adults", "denominator: {input: adults, column: adults}")
    assert small.build().quality["notes"] == []  # the other table does not say its year
    small.change("code: area}\ndefaults", "code: area, date: 2024-09}\ndefaults")
    assert small.build().quality["notes"] == [
        "out_of_work: the numerator is of 2024-09, the denominator of mid-2022"
    ]
    small.change("date: 2024-09", "date: 2022/23")
    assert small.build().quality["notes"] == []
