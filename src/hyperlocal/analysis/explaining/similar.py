"""The areas whose profile over the domains is nearest to that of one area."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from hyperlocal.analysis.explaining.area import find_area
from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.analysis.measures import Measure, rank_series
from hyperlocal.analysis.report import Report, made_from
from hyperlocal.errors import Problem, ResultsError
from hyperlocal.methods import FloatArray, normal_scores
from hyperlocal.pipeline import Results


def similar_areas(
    results: Results,
    area: str,
    number: int = 5,
    *,
    weights: Mapping[str, float] | None = None,
    groups: Groups | None = None,
) -> Report:
    """Find the areas whose ranks in the domains are most like those of one area.

    Parameters
    ----------
    results
        The finished index.
    area
        The code of the area, or its name.
    number
        How many areas; fewer where there are fewer.
    weights
        How much each domain counts, 0 or more by its id; without them all count 1, and those that
        are not named count 1.
    groups
        The groups that areas lie in, to say where the similar ones are.

    Returns
    -------
    Report
        ``similar``: the area itself in place 0, then the nearest, each with its distance, its
        overall rank and its rank in every domain.

    Raises
    ------
    ResultsError
        Where there is no such area, it has no rank in a domain, a weight is of no domain or
        negative, or fewer than one area is asked for.

    Notes
    -----
        distance(a, b)² = Σ_d weight_d·(z_d(a) − z_d(b))²

    with z_d the normal score of the rank in domain d, ties at the middle of their places. Ranks
    alone would count a step in the middle, where areas lie close together, as much as one at the
    end. An area that has no rank in one of the domains is none of the similar.
    """
    here = find_area(results, area)
    domains = [Measure(results, node) for node in results.definition.root.children]
    _refuse(results, here.row, domains, number, weights or {})
    profile = profile_of(results)
    factors = np.array([(weights or {}).get(domain.id, 1.0) for domain in domains])
    distance = np.sqrt(((profile - profile[here.row]) ** 2 * factors).sum(axis=1))
    known = ~np.isnan(distance)
    place = np.where(np.arange(distance.size) == here.row, 0, 1)
    overall = Measure(results, results.definition.root)
    columns = {
        "place": place,
        "area_code": results.areas["area_code"],
        "area_name": results.areas["area_name"],
    }
    if groups is not None:
        columns |= main_groups(groups, distance.size).drop("group").to_dict()
    columns |= {
        "distance": distance,
        "rank": rank_series(overall.rank),
        "decile": rank_series(overall.decile),
        **{f"{domain.id}_rank": rank_series(domain.rank) for domain in domains},
    }
    nearest = (
        pl.DataFrame(columns)
        .filter(pl.Series(known))
        .sort("place", "distance", "area_code")
        .head(number + 1)
        .with_columns(pl.int_range(pl.len()).alias("place"))
    )
    lost = int((~known).sum())
    one = lost == 1
    said = f"{lost:,} area{'' if one else 's'} without a rank in a domain {'is' if one else 'are'}"
    notes = [f"{said} left out"] if lost else []
    about = {
        "results": made_from(results),
        "area": results.areas["area_code"][here.row],
        "domains": {domain.id: float(factors[at]) for at, domain in enumerate(domains)},
        "areas_compared": int(known.sum()) - 1,
        **({"groups": groups.about()} if groups is not None else {}),
    }
    return Report("explain", {"similar": nearest}, about, tuple(notes))


def profile_of(results: Results) -> FloatArray:
    """Return what areas are compared by: the normal scores of their ranks in the domains.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    numpy.ndarray, shape (areas, domains)
        High is more need; NaN where an area has no rank.
    """
    domains = (Measure(results, node) for node in results.definition.root.children)
    return np.column_stack([_normal_scores(domain) for domain in domains])


def _normal_scores(domain: Measure) -> FloatArray:
    formula = domain.node.settings.conventions.normal_scores
    return normal_scores(-domain.rank, formula)


def _refuse(
    results: Results, row: int, domains: list[Measure], number: int, weights: Mapping[str, float]
) -> None:
    folder = str(results.folder)
    known = ", ".join(domain.id for domain in domains)
    problems = [
        Problem(f"has no domain {name!r}", f"there are {known}", folder)
        for name in weights
        if name not in {domain.id for domain in domains}
    ]
    problems += [
        Problem(f"the weight of {name} is {weight:g}", "state a number of 0 or more")
        for name, weight in weights.items()
        if not 0 <= weight < np.inf
    ]
    if number < 1:
        problems.append(Problem(f"{number} similar areas cannot be found", "ask for 1 or more"))
    code = results.areas["area_code"][row]
    problems += [
        Problem(f"{code} has no rank in {domain.id}, and so no profile to compare", file=folder)
        for domain in domains
        if np.isnan(domain.rank[row])
    ]
    if problems:
        raise ResultsError(problems)
