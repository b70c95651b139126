"""Make up the input tables of Riverford: 240 areas in 8 districts, with a known level of need."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

AREAS, DISTRICTS, SEED = 240, 8, 2025
NAMES = ("Alder", "Birch", "Cedar", "Hazel", "Holly", "Maple", "Rowan", "Willow")


def make(out: Path) -> np.ndarray:
    """Write the tables into a folder; return the level of need that they were made from."""
    random = np.random.default_rng(SEED)
    district = np.arange(AREAS) % DISTRICTS
    need = random.normal(0, 0.8, AREAS) + random.normal(0, 0.6, DISTRICTS)[district]
    codes = [f"R01{number:06d}" for number in range(1, AREAS + 1)]
    people = random.integers(1100, 2600, AREAS)
    adults, children = (people * 0.62).astype(int), (people * 0.2).astype(int)

    def count(of: np.ndarray, level: float, slope: float) -> np.ndarray:
        own = need + random.normal(0, 0.4, AREAS)
        return random.binomial(of, 1 / (1 + np.exp(-(level + slope * own))))

    areas = pl.DataFrame(
        {
            "code": codes,
            "name": [f"{NAMES[d]} {n // DISTRICTS + 1:03d}" for n, d in enumerate(district)],
            "district_code": [f"R07{d + 1:06d}" for d in district],
            "district": [NAMES[d] for d in district],
            "people": people,
            "adults": adults,
            "children": children,
        }
    )
    benefits = pl.DataFrame(
        {
            "Area code": codes,
            "Jobseekers": count(adults, -3.4, 0.6),
            "Incapacity": count(adults, -2.9, 0.5),
            "Children in low-income families": count(children, -1.6, 0.7),
        }
    )
    suppressed = [
        pl.when(pl.col(name) < 5).then(pl.lit("*")).otherwise(pl.col(name)).alias(name)
        for name in ("Jobseekers", "Incapacity")
    ]
    expected = people * 0.003
    error = np.round(random.uniform(0.6, 1.6, AREAS), 2)
    health = pl.DataFrame(
        {
            "code": codes,
            "people": people,
            "disabled": count(people, -1.6, 0.35),
            "deaths": random.poisson(expected * np.exp(0.3 * need)),
            "expected_deaths": np.round(expected, 2),
            "life_expectancy": np.round(80 - 2 * need + random.normal(0, error), 1),
            "standard_error": error,
        }
    )
    schools = pl.DataFrame(
        {
            "code": codes,
            "attainment": np.round(46 - 5 * need + random.normal(0, 4, AREAS), 1),
            "absence": np.round(np.exp(1.6 + 0.25 * need + random.normal(0, 0.2, AREAS)), 1),
        }
    )
    crimes = pl.DataFrame(
        {"code": codes, "crimes": random.poisson(people * 0.08 * np.exp(0.5 * need))}
    )
    out.mkdir(parents=True, exist_ok=True)
    areas.write_csv(out / "areas.csv")
    notes = "Benefit claimants\nMade up for the example\n* stands for a count under 5\n"
    table = benefits.with_columns(suppressed).write_csv()
    (out / "benefits.csv").write_text(notes + table, encoding="utf-8")
    health.write_csv(out / "health.csv")
    schools.write_csv(out / "schools.csv")
    crimes[:-3].write_csv(out / "crimes.csv")  # the last three areas have no figure
    return need


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("data"), help="the folder to write into")
    folder = parser.parse_args().out
    make(folder)
    print(f"Made up the tables of {AREAS} areas in {folder}")
