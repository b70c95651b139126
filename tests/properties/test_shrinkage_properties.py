from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hyperlocal.methods import LargerAreas, Shrinkage, shrink_means, shrink_proportions
from hyperlocal.methods import shrink_ratios as ratios

relaxed = settings(deadline=None)


@dataclass(frozen=True)
class Counts:
    """Events, population and district of some areas."""

    events: np.ndarray
    population: np.ndarray
    district: np.ndarray


@st.composite
def counts(draw: st.DrawFn, least: int = 0, areas: int = 1) -> Counts:
    rows = draw(
        st.lists(
            st.integers(least, 3000).flatmap(
                lambda n: st.tuples(st.integers(0, n), st.just(n), st.sampled_from("ABC"))
            ),
            min_size=areas,
            max_size=40,
        )
    )
    events, population, district = zip(*rows, strict=True)
    return Counts(np.array(events, float), np.array(population, float), np.array(district))


def shrink(given_counts: Counts) -> Shrinkage:
    return shrink_proportions(given_counts.events, given_counts.population, given_counts.district)


def in_logs(result: Shrinkage) -> np.ndarray:
    return np.log(result.shrunk / (1 - result.shrunk))


def between(value: np.ndarray, one: np.ndarray, other: np.ndarray) -> bool:
    low, high = np.minimum(one, other), np.maximum(one, other)
    return bool(((value >= low - 1e-9) & (value <= high + 1e-9)).all())


@relaxed
@given(counts(least=1))
def test_shrunk_value_lies_between_the_area_and_its_district(areas: Counts) -> None:
    result = shrink(areas)
    own = (areas.events + 0.5) / (areas.population + 1)
    district = 1 / (1 + np.exp(-result.larger_estimate))
    assert between(result.shrunk, own, district)
    assert ((result.weight >= 0) & (result.weight <= 1)).all()
    assert ((result.shrunk > 0) & (result.shrunk < 1)).all()


@relaxed
@given(counts())
def test_ratio_lies_between_the_area_and_its_district(areas: Counts) -> None:
    expected = areas.population / 7
    observed = np.where(areas.population > 0, areas.events, 0)
    result = ratios(observed, expected, areas.district)
    known = expected > 0
    own = (observed[known] + 0.5) / expected[known]
    assert between(np.log(result.shrunk[known]), np.log(own), result.larger_estimate[known])


@relaxed
@given(counts(), st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(areas: Counts, random: object) -> None:
    order = list(range(len(areas.events)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = Counts(areas.events[order], areas.population[order], areas.district[order])
    np.testing.assert_allclose(shrink(shuffled).shrunk, shrink(areas).shrunk[order], rtol=1e-12)


@relaxed
@given(counts(), st.data())
def test_a_missing_area_influences_no_other(areas: Counts, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(areas.events)))
    district = data.draw(st.sampled_from("ABC"))
    more = shrink(
        Counts(
            np.insert(areas.events, place, np.nan),
            np.insert(areas.population, place, 50.0),
            np.insert(areas.district, place, district),
        )
    )
    np.testing.assert_array_equal(np.delete(more.shrunk, place), shrink(areas).shrunk)
    assert np.isnan(more.shrunk[place])


@relaxed
@given(counts())
def test_labels_and_ready_codes_give_the_same(areas: Counts) -> None:
    larger = LargerAreas.from_labels(areas.district)
    again = shrink_proportions(areas.events, areas.population, larger)
    np.testing.assert_array_equal(again.shrunk, shrink(areas).shrunk)
    np.testing.assert_array_equal(again.group_labels[larger.codes], areas.district)


@relaxed
@given(counts(least=1, areas=3))
def test_events_and_people_without_them_mirror_each_other(areas: Counts) -> None:
    others = Counts(areas.population - areas.events, areas.population, areas.district)
    np.testing.assert_allclose(shrink(others).shrunk, 1 - shrink(areas).shrunk, atol=1e-12)


@relaxed
@given(counts(least=5, areas=2), st.integers(1, 9))
def test_a_large_area_hardly_moves(areas: Counts, tenths: int) -> None:
    # Two large areas with different rates, so that the district lies between them.
    large = np.array([1e9, 1e9])
    rates = np.array([tenths / 20, tenths / 10])
    result = shrink_proportions(
        np.append(areas.events, large * rates),
        np.append(areas.population, large),
        np.full(len(areas.events) + 2, "A"),
    )
    np.testing.assert_allclose(result.shrunk[-2:], rates, rtol=1e-6)
    assert (result.weight[-2:] > 0.999999).all()
    assert (result.weight[:-2] <= result.weight[-2:].min()).all()


@relaxed
@given(counts(least=1, areas=2))
def test_more_of_the_same_evidence_means_more_weight(areas: Counts) -> None:
    result = shrink_proportions(areas.events, areas.population, np.full(len(areas.events), "A"))
    order = np.argsort(result.variance)
    assert (np.diff(result.weight[order]) <= 1e-12).all()


@relaxed
@given(counts(least=1, areas=2))
def test_ratios_are_the_limit_of_proportions_of_rare_events(areas: Counts) -> None:
    observed, expected = areas.events, areas.population / 3
    limit = ratios(observed, expected, areas.district)
    for scale, tolerance in ((1e7, 1e-2), (1e10, 1e-5)):
        result = shrink_proportions(observed, scale * expected, areas.district)
        np.testing.assert_allclose(result.shrunk * scale, limit.shrunk, rtol=tolerance)
        np.testing.assert_allclose(result.weight, limit.weight, rtol=tolerance, atol=tolerance)


@relaxed
@given(
    st.lists(
        st.tuples(st.floats(-100, 100), st.floats(0.1, 10), st.sampled_from("AB")),
        min_size=1,
        max_size=30,
    ),
    st.floats(0.1, 10),
    st.floats(-50, 50),
)
def test_means_keep_their_unit(
    rows: list[tuple[float, float, str]], unit: float, origin: float
) -> None:
    value, error, district = (np.array(column) for column in zip(*rows, strict=True))
    result = shrink_means(value, district, standard_error=error)
    assert between(result.shrunk, value, result.larger_estimate)
    changed = shrink_means(unit * value + origin, district, standard_error=unit * error)
    np.testing.assert_allclose(changed.shrunk, unit * result.shrunk + origin, atol=1e-7)


@relaxed
@given(
    st.lists(
        st.tuples(st.floats(-100, 100), st.integers(1, 50), st.sampled_from("AB")),
        min_size=1,
        max_size=30,
    ),
    st.floats(0.1, 10),
)
def test_sample_sizes_are_standard_errors_in_another_dress(
    rows: list[tuple[float, int, str]], deviation: float
) -> None:
    value, size, district = (np.array(column) for column in zip(*rows, strict=True))
    sizes = shrink_means(value, district, sample_size=size, standard_deviation=deviation)
    errors = shrink_means(value, district, standard_error=deviation / np.sqrt(size))
    np.testing.assert_allclose(sizes.shrunk, errors.shrunk, atol=1e-9)
