"""What holds of organisations whatever stands in the registers."""

from __future__ import annotations

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hyperlocal.definition.kinds.organisations import IGNORED
from hyperlocal.indicators.parts.registers import clean_names, clean_numbers
from hyperlocal.methods.identity import firsts, joined, unless_contradicted

KEYS = hnp.arrays(
    np.int64, st.tuples(st.integers(1, 3), st.integers(1, 25)), elements=st.integers(-1, 8)
)


def pairs(labels) -> np.ndarray:
    """Say which two records are of one organisation."""
    return labels[:, None] == labels[None, :]


@given(KEYS)
def test_a_shared_key_joins_and_more_keys_never_part(keys) -> None:
    together = pairs(joined(keys))
    for key in keys:
        shared = (key[:, None] == key) & (key[:, None] >= 0)
        assert (~shared | together).all()
    assert (~pairs(joined(keys[:1])) | together).all()
    assert (~together | (together @ together)).all()


@given(KEYS, st.randoms())
def test_the_order_of_records_does_not_matter(keys, random) -> None:
    order = list(range(keys.shape[1]))
    random.shuffle(order)
    shuffled = pairs(joined(keys[:, order]))
    np.testing.assert_array_equal(shuffled, pairs(joined(keys))[np.ix_(order, order)])


@given(KEYS)
def test_a_copy_of_a_record_that_has_a_key_is_no_other_organisation(keys) -> None:
    with_key = (keys >= 0).any(axis=0)
    twice = np.concatenate([keys, keys[:, with_key]], axis=1)
    assert joined(twice).max() == joined(keys).max()


@given(KEYS, st.data())
def test_numbers_that_differ_part_only_by_name(keys, data) -> None:
    name = data.draw(hnp.arrays(np.int64, keys.shape[1], elements=st.integers(-1, 4)))
    kept = unless_contradicted(name, keys)
    assert ((kept == name) | (kept == -1)).all()
    number = int(joined([*keys, kept]).max())
    assert int(joined([*keys, name]).max()) <= number <= int(joined(keys).max())
    held = joined(keys)
    for one in np.unique(kept[kept >= 0]):  # of those that share a name, one number of each kind
        here = kept == one
        for key in keys[:1]:
            numbers = {int(key[row]) for row in np.flatnonzero(here) if key[row] >= 0}
            alone = {int(held[row]) for row in np.flatnonzero(here) if key[row] >= 0}
            assert len(numbers) <= 1 or len(alone) == 1


@given(KEYS, st.data())
def test_one_record_of_each_organisation_counts(keys, data) -> None:
    labels = joined(keys)
    able = data.draw(hnp.arrays(bool, len(labels)))
    chosen = firsts(labels, able)
    np.testing.assert_array_equal(np.bincount(labels[chosen]), np.ones(labels.max() + 1))
    has_able = np.isin(labels, labels[able])
    assert (able[chosen] | ~has_able[chosen]).all()


@given(st.lists(st.text(max_size=12), min_size=1, max_size=5))
def test_a_clean_name_stays_as_it_is(names) -> None:
    once = clean_names(pl.Series(names, dtype=pl.String), IGNORED)
    shout = pl.Series([name.strip().replace(" ", "  ") for name in names], dtype=pl.String)
    assert clean_names(shout, IGNORED).to_list() == once.to_list()


@given(st.integers(0, 99999999), st.sampled_from(["", "SC", "CE", "OC"]), st.integers(0, 4))
def test_leading_zeros_make_no_difference(number, letters, zeros) -> None:
    forms = pl.Series([f"{letters}{number}", f" {letters.lower()} {'0' * zeros}{number} "])
    assert clean_numbers(forms).n_unique() == 1
