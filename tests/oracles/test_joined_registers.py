"""Organisations joined over registers, against plain Python."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import polars as pl

from hyperlocal.definition.kinds.organisations import IGNORED
from hyperlocal.indicators.parts.registers import clean_names
from hyperlocal.methods.identity import joined


def flooded(keys: list[np.ndarray]) -> set[frozenset[int]]:
    """Return the organisations of records: from each on to whatever shares a key with it."""
    left, found = set(range(len(keys[0]))), set()
    while left:
        part, edge = set(), {left.pop()}
        while edge:
            part |= edge
            edge = {
                other
                for other in left
                if any(key[other] >= 0 and key[other] == key[row] for key in keys for row in edge)
            }
            left -= edge
        found.add(frozenset(part))
    return found


def test_components_are_those_of_a_flood() -> None:
    rng = np.random.default_rng(8)
    keys = [np.maximum(rng.integers(-100, 130, 250), -1) for _ in range(3)]
    labels = joined(keys)
    found = {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)}
    assert found == flooded(keys)
    assert 1 < len(found) < 250


def plain(name: str) -> str:
    """Bring a name into one spelling, word by word."""
    text = unicodedata.normalize("NFKD", name.lower().replace("&", " and ").replace("+", " and "))
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    words = re.sub(r"[^\w]+|_", " ", re.sub(r"[.'’‘`´]", "", text)).split()
    phrases = sorted((phrase.split() for phrase in IGNORED), key=len, reverse=True)
    kept: list[str] = []
    while words:
        phrase = next((one for one in phrases if words[: len(one)] == one), None)
        if phrase is None:
            kept.append(words.pop(0))
        else:
            words = words[len(phrase) :]
    return "".join(kept)


def test_names_are_spelt_as_word_by_word() -> None:
    rng = np.random.default_rng(9)
    words = ["Tŷ", "Hall", "&", "Ltd.", "the", "C.I.C.", "Community", "Interest", "Company", "Café"]
    words += ["Ŵyl", "St.", "John's", "(Bala)", "LIMITED", "-", "and", "Hub", "Cyf", "O’Neill", "2"]
    names = [" ".join(rng.choice(words, size)) for size in rng.integers(3, 9, 500)]
    names = [name for name in names if plain(name)]
    assert clean_names(pl.Series(names), IGNORED).to_list() == [plain(name) for name in names]
