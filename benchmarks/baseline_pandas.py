"""The synthetic index as an analyst would write it with pandas, scipy and statsmodels.

The results hold the same columns as a results folder: every indicator from its counts to its rank
and decile, and every domain's and the index's score, rank and decile. The name of the file to write
says whether they are written as CSV or as Parquet.
"""

from __future__ import annotations

import time

started = time.perf_counter()

import argparse  # noqa: E402
import json  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy.stats import norm, rankdata  # noqa: E402
from statsmodels.multivariate.factor import Factor  # noqa: E402

from benchmarks import shape  # noqa: E402


def shrink(events: pd.Series, at_risk: pd.Series, district: pd.Series) -> pd.Series:
    """Draw the rates of areas towards their districts', on the scale of logits."""
    logit = np.log((events + 0.5) / (at_risk - events + 0.5))
    variance = (at_risk + 1) * (at_risk + 2) / (at_risk * (events + 1) * (at_risk - events + 1))
    all_events = events.groupby(district).transform("sum")
    all_at_risk = at_risk.groupby(district).transform("sum")
    district_logit = np.log((all_events + 0.5) / (all_at_risk - all_events + 0.5))
    squares = ((logit - district_logit) ** 2).groupby(district)
    between = squares.transform("sum") / (squares.transform("size") - 1)
    weight = (1 / variance) / (1 / variance + 1 / between)
    shrunk = weight * logit + (1 - weight) * district_logit
    return np.exp(shrunk) / (1 + np.exp(shrunk))


def exponential(score: pd.Series) -> pd.Series:
    """Transform the ranks of scores exponentially, from 0 for the least need to 100."""
    fraction = score.rank() / len(score)
    return -23 * np.log(1 - fraction * (1 - np.exp(-100 / 23)))


def decile(rank: pd.Series) -> pd.Series:
    """Cut ranks into tenths, 1 the most need."""
    return np.ceil(10 * rank / len(rank)).astype(int)


def domain(table: pd.DataFrame, name: str, members: list[int]) -> pd.DataFrame:
    """Shrink and standardise the indicators of a domain, weigh them by factor analysis, rank."""
    columns = {}
    for number in members:
        indicator = f"indicator_{number:02d}"
        events = table[shape.numerator(number)].astype(float)
        at_risk = table[shape.denominator(number)].astype(float)
        rate = shrink(events, at_risk, table["district_code"])
        rank = rate.rank(ascending=False, method="min")
        columns[f"{indicator}_numerator"] = events
        columns[f"{indicator}_denominator"] = at_risk
        columns[f"{indicator}_value"] = events / at_risk
        columns[f"{indicator}_shrunk"] = rate
        columns[f"{indicator}_standardised"] = norm.ppf(rankdata(rate) / (len(rate) + 1))
        columns[f"{indicator}_rank"] = rank
        columns[f"{indicator}_decile"] = decile(rank)
    results = pd.DataFrame(columns)
    normal = results.filter(like="_standardised")
    standardised = (normal - normal.mean()) / normal.std()
    # After the default of 3 steps of expectation and maximisation the optimiser stops where the
    # weights are good to some six digits only, and a few hundred neighbouring areas change places.
    model = Factor(standardised, n_factor=1, method="ml").fit(em_iter=200, rng=0)
    weights = model.loadings[:, 0] / model.loadings[:, 0].sum()
    score = (normal * weights).sum(axis=1)
    rank = score.rank(ascending=False, method="min")
    results[f"{name}_score"] = score
    results[f"{name}_transformed"] = exponential(score)
    results[f"{name}_rank"] = rank
    results[f"{name}_decile"] = decile(rank)
    return results


def index(table: pd.DataFrame) -> pd.DataFrame:
    """Compute everything: a row per area, with the columns of every indicator and domain."""
    domains = [
        domain(table, f"domain_{position}", members)
        for position, members in enumerate(shape.domains(), start=1)
    ]
    results = pd.concat([table[["area_code", "district_code"]], *domains], axis=1)
    results["score"] = results.filter(regex="domain_._transformed").mean(axis=1)
    results["rank"] = results["score"].rank(ascending=False, method="min")
    results["decile"] = decile(results["rank"])
    return results


def main() -> None:
    """Read the table, compute, write the results; print the seconds of each step as JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.baseline_pandas")
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()

    imported = time.perf_counter()
    table = pd.read_parquet(arguments.data / shape.TABLE)
    read = time.perf_counter()
    results = index(table)
    computed = time.perf_counter()
    if arguments.out.suffix == ".csv":
        results.to_csv(arguments.out, index=False)
    else:
        results.to_parquet(arguments.out)
    written = time.perf_counter()
    print(
        json.dumps(
            {
                "import": imported - started,
                "read": read - imported,
                "compute": computed - read,
                "write": written - computed,
            }
        )
    )


if __name__ == "__main__":
    main()
