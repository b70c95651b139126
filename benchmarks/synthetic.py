"""Make the synthetic index: a table of counts with planted factors, and its definition.

Every domain has one latent factor, which is partly common to all domains and partly the
district's. An indicator's rate is the logistic function of its factor and of noise of its own; the
counts are binomial. So factor analysis finds what was planted, and shrinkage has something to do.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from benchmarks import shape

SEED = 20250


def counts(
    factor: NDArray[np.float64], random: np.random.Generator
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw an indicator of a domain: its numerators and denominators.

    Parameters
    ----------
    factor
        The domain's factor, one value per area, of mean 0 and variance 1.
    random
        Where the randomness comes from.
    """
    areas = factor.size
    loading = random.uniform(0.55, 0.9)
    own = random.standard_normal(areas)
    level, spread = random.uniform(-2.5, -0.5), random.uniform(0.35, 0.7)
    rate = level + spread * (loading * factor + np.sqrt(1 - loading**2) * own)
    population = random.lognormal(np.log(1_650) + np.log(random.uniform(0.2, 1)), 0.2, areas)
    at_risk = np.maximum(np.rint(population), 50).astype(np.int32)
    observed = random.binomial(at_risk, 1 / (1 + np.exp(-rate)))
    return observed.astype(np.int32), at_risk


def table(areas: int) -> pl.DataFrame:
    """Make the table of indicators, with about 114 areas to a district.

    Parameters
    ----------
    areas
        How many areas, one row each.
    """
    random = np.random.default_rng(SEED)
    districts = max(1, round(areas * shape.DISTRICTS / shape.AREAS))
    district = np.sort(np.arange(areas) % districts)
    common = random.standard_normal(areas)
    columns: dict[str, NDArray[np.int32] | pl.Series] = {
        "area_code": pl.Series([f"E01{number:06d}" for number in range(1, areas + 1)]),
        "district_code": pl.Series([f"E07{number:06d}" for number in district + 1]),
    }
    for members in shape.domains():
        of_district = random.standard_normal(districts)[district]
        own = random.standard_normal(areas)
        factor = np.sqrt(0.4) * common + np.sqrt(0.2) * of_district + np.sqrt(0.4) * own
        for indicator in members:
            observed, at_risk = counts(factor, random)
            columns[shape.numerator(indicator)] = observed
            columns[shape.denominator(indicator)] = at_risk
    return pl.DataFrame(columns)


def definition() -> str:
    """Return the definition of the index in the definition language."""
    lines = [
        "hyperlocal: 1",
        f"id: {shape.INDEX}",
        "title: Synthetic index of the benchmarks",
        "areas:",
        "  geography: lsoa21",
        "  table: {input: indicators}",
        "  within:",
        "    ltla24: {input: indicators, column: district_code}",
        "conventions: {ties: average, exponential: 23, normal_scores: r/(n+1)}",
        "defaults:",
        "  input: indicators",
        "  high_value: more_need",
        "  shrink_to: ltla24",
        "  domains: {weights: factor_analysis}",
        "inputs:",
        f"  indicators: {{file: {shape.TABLE}, geography: lsoa21, code: area_code}}",
        "index:",
        "  weights: equal",
        "  domains:",
    ]
    for position, members in enumerate(shape.domains(), start=1):
        lines += [f"    domain_{position}:", "      indicators:"]
        lines += [
            f"        indicator_{number:02d}: "
            f"{{numerator: {shape.numerator(number)}, denominator: {shape.denominator(number)}}}"
            for number in members
        ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the table and the definition into a folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.synthetic", description=__doc__)
    parser.add_argument("--areas", type=int, default=shape.AREAS)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    table(arguments.areas).write_parquet(arguments.out / shape.TABLE)
    (arguments.out / shape.DEFINITION).write_text(definition(), encoding="utf-8")


if __name__ == "__main__":
    main()
