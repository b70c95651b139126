"""What holds for every correspondence, over random geographies: nothing is lost or made up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.areas import Geography
from hyperlocal.geography import (
    AreaWeights,
    Boundaries,
    Correspondence,
    Lookup,
    Points,
    best_fit,
    changes,
    dwellings,
    nested,
    overlap,
    points_in_both,
    weighted,
)

relaxed = settings(deadline=None)
A, B, C, D = (Geography(kind, 2021) for kind in ("oa", "lsoa", "msoa", "ltla"))
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(1, 12)
Builder = Callable[[np.random.Generator, int, int, Geography, Geography], Correspondence]


def names(letter: str, number: int) -> list[str]:
    return [f"{letter}{i:03d}" for i in range(number)]


def made_nested(
    random: np.random.Generator, n: int, m: int, source: Geography, target: Geography
) -> Correspondence:
    parents = random.choice(names(target.kind, m), n)
    build = best_fit if random.random() < 0.5 else nested
    return build(Lookup(names(source.kind, n), parents.tolist()), source, target)


def made_weighted(
    random: np.random.Generator, n: int, m: int, source: Geography, target: Geography
) -> Correspondence:
    table = random.dirichlet(np.full(m, 0.3), n)
    rows, columns = (axis.ravel() for axis in np.indices(table.shape))
    children, parents = np.array(names(source.kind, n)), np.array(names(target.kind, m))
    order = random.permutation(table.size)
    lookup = Lookup(children[rows][order], parents[columns][order], table.ravel()[order])
    return weighted(lookup, source, target)


def made_changes(
    random: np.random.Generator, n: int, m: int, source: Geography, target: Geography
) -> Correspondence:
    """Groups of areas that were split, merged, redrawn or left alone, numbered through."""
    rows: list[tuple[str, str, str]] = []
    old = new = 0
    while old < n or new < m:
        kind = str(random.choice(list("USMX")))
        olds = names(source.kind, old + (2 if kind in "MX" else 1))[old:]
        news = names(target.kind, new + (2 if kind in "SX" else 1))[new:]
        rows += [(one, other, kind) for one in olds for other in news]
        old, new = old + len(olds), new + len(news)
    order = random.permutation(len(rows))
    children, parents, change = zip(*(rows[i] for i in order), strict=True)
    people = AreaWeights(names(target.kind, new), random.integers(0, 3, new) * random.random(new))
    return changes(Lookup(children, parents), change, source, target, people)


def grid(random: np.random.Generator, geography: Geography, number: int) -> Boundaries:
    """Upright strips of random width, not always as far as the others."""
    cuts = np.sort(random.choice(np.arange(1, 400), number + 1, replace=False)) * 25.0
    shapes = shapely.box(4e5 + cuts[:-1], 3e5, 4e5 + cuts[1:], 301e3)
    return Boundaries(geography, names(geography.kind, number), shapes)


def made_points(
    random: np.random.Generator, n: int, m: int, source: Geography, target: Geography
) -> Correspondence:
    old, new = grid(random, source, n), grid(random, target, m)
    x = 4e5 + random.integers(0, 10_000, 200)  # some of them on borders
    middle = (max(b.min() for b in bounds(old, new)) + min(b.max() for b in bounds(old, new))) / 2
    x = np.append(x, middle)
    if not all(b.min() <= middle <= b.max() for b in bounds(old, new)):
        return made_nested(random, n, m, source, target)
    weights = random.integers(0, 5, len(x)) * random.random(len(x))
    given_points = Points(names("p", len(x)), x, np.full(len(x), 300_500), weights=weights)
    return points_in_both(given_points, old, new)


def bounds(*boundaries: Boundaries) -> list[np.ndarray]:
    return [shapely.bounds(each.shapes)[:, [0, 2]] for each in boundaries]


def made_overlap(
    random: np.random.Generator, n: int, m: int, source: Geography, target: Geography
) -> Correspondence:
    old, new = grid(random, source, n), grid(random, target, m)
    one, other = bounds(old, new)
    if min(one.max(), other.max()) - max(one.min(), other.min()) <= 0:
        return made_nested(random, n, m, source, target)
    return overlap(old, new, least_share=float(random.choice([0, 0.01, 0.2])))


BUILDERS: list[Builder] = [made_nested, made_weighted, made_changes, made_points, made_overlap]


def conserved(table: Correspondence, values: np.ndarray) -> None:
    """The total after conversion is that before, less what is unplaced, to 1e-9 of it."""
    unplaced = (values * table.unplaced).sum()
    after = np.nansum(table.count(values))
    assert after + unplaced == pytest.approx(values.sum(), rel=1e-9)


@pytest.mark.parametrize("build", BUILDERS)
@relaxed
@given(seed=seeds, n=sizes, m=sizes)
def test_counts_are_conserved(build: Builder, seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)
    table = build(random, n, m, A, B)
    values = random.lognormal(3, 3, len(table.source_codes))
    conserved(table, values)
    assert (table.unplaced >= 0).all()
    back = table.reversed(values)
    conserved(back, random.lognormal(3, 3, len(back.source_codes)))


@relaxed
@given(seed=seeds, n=sizes, m=sizes)
def test_counts_by_postcode_are_conserved(seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)
    postcodes = np.array([f"AB{i + 10} 1AB" for i in range(n)])
    rows, columns = (axis.ravel() for axis in np.indices((n, m)))
    number = random.poisson(0.5, n * m).astype(float)
    areas = np.array(names("lsoa", m))
    homes = Lookup(postcodes[rows], areas[columns], number)
    lacking = random.random(n) < 0.5
    nearest = Lookup(
        pl.Series(postcodes[lacking], dtype=pl.String),
        pl.Series(random.choice(areas, int(lacking.sum())), dtype=pl.String),
    )
    table = dwellings(homes, nearest, Geography("postcode", 2024), B)
    conserved(table, random.lognormal(3, 3, n))
    total = number.reshape(n, m).sum(axis=1)
    np.testing.assert_array_equal(table.unplaced == 1, (total == 0) & ~lacking)


@relaxed
@given(
    seed=seeds,
    n=sizes,
    m=sizes,
    k=sizes,
    picks=st.lists(st.sampled_from(BUILDERS), min_size=3, max_size=3),
)
def test_chains_conserve_counts_and_do_not_depend_on_the_brackets(
    seed: int, n: int, m: int, k: int, picks: list[Builder]
) -> None:
    random = np.random.default_rng(seed)
    first = picks[0](random, n, m, A, B)
    second = picks[1](random, max(m - 1, 1), k, B, C)  # does not always know the last area
    third = picks[2](random, k, 3, C, D)
    for one, other in ((first, second), (second, third)):
        if not set(one.target_codes) & set(other.source_codes):
            return  # refused; tested elsewhere
    left, right = first.then(second).then(third), first.then(second.then(third))
    np.testing.assert_allclose(
        left.shares.toarray(), right.shares.toarray(), rtol=1e-12, atol=1e-300
    )
    np.testing.assert_allclose(left.unplaced, right.unplaced, atol=1e-12)
    values = random.lognormal(3, 3, len(first.source_codes))
    conserved(left, values)
    there_and_back = first.then(first.reversed(values))
    conserved(there_and_back, values)


@pytest.mark.parametrize("build", BUILDERS)
@relaxed
@given(seed=seeds, n=sizes, m=sizes, least=st.sampled_from([1.0, 0.5, 0.01]))
def test_means_lie_between_those_of_their_sources(
    build: Builder, seed: int, n: int, m: int, least: float
) -> None:
    random = np.random.default_rng(seed)
    table = build(random, n, m, A, B)
    number = len(table.source_codes)
    values = np.where(random.random(number) < 0.2, np.nan, random.normal(0, 10, number))
    weights = random.integers(0, 3, number) * random.random(number)
    means = table.mean(values, weights, least_known=least)
    shares = table.by_target.toarray()
    for target, mean in enumerate(means):
        inside = shares[target] > 0
        known = inside & ~np.isnan(values)
        if not np.isnan(mean):
            assert values[known].min() <= mean <= values[known].max()
        weight = shares[target] * weights
        if inside.any() and weight.sum() > 0:
            share = weight[known].sum() / weight.sum()
            if share == 0 or share < least - 1e-9:
                assert np.isnan(mean)
            elif share > least + 1e-9 or known.sum() == inside.sum():
                exact = (weight[known] * values[known]).sum() / weight[known].sum()
                assert mean == pytest.approx(exact, rel=1e-9, abs=1e-9)
    constant = table.mean(np.full(number, 0.1), weights)
    assert set(constant[~np.isnan(constant)]) <= {0.1}


@relaxed
@given(seed=seeds, n=sizes, m=sizes)
def test_values_copied_from_parents_are_those_of_the_parents(seed: int, n: int, m: int) -> None:
    random = np.random.default_rng(seed)
    table = made_nested(random, n, m, A, B)
    parents = table.reversed()
    assert parents.one_source
    values = random.normal(size=len(table.target_codes))
    copied = parents.copy(values)
    parent_of = dict(table.to_frame().select("source_code", "target_code").iter_rows())
    of = dict(zip(table.target_codes, values, strict=True))
    assert copied.tolist() == [of[parent_of[code]] for code in table.source_codes]
    # Their mean over the areas of a parent is its value again, whatever the weights.
    again = table.mean(copied, random.random(n))
    np.testing.assert_array_equal(again, values)


@pytest.mark.parametrize("build", BUILDERS)
@relaxed
@given(seed=seeds, n=sizes, m=sizes)
def test_saving_loses_nothing(
    build: Builder, seed: int, n: int, m: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = build(np.random.default_rng(seed), n, m, A, B)
    file = tmp_path_factory.getbasetemp() / "property.parquet"
    table.save(file)
    again = Correspondence.load(file)
    assert again.source_codes.equals(table.source_codes)
    assert again.target_codes.equals(table.target_codes)
    np.testing.assert_array_equal(again.shares.toarray(), table.shares.toarray())
    assert again.left_out == table.left_out
