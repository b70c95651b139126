"""Finding names: every word that is typed begins a word of the name."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

KINDS = ("group", "area", "place")
LAST = chr(0x10FFFF)
WORD = re.compile(r"\w+")
MOST_WORDS = 40
"""No more words of a question are looked at."""
NAMES_OF_ONE = 3
"""What a thing is found by: its name, its Welsh name and its code."""


class Entry(NamedTuple):
    """What a name stands for."""

    kind: str
    """``group``, ``area`` or ``place``."""
    place: int
    """Its number among those of its kind."""
    of: str
    """The kind of a larger area; else empty."""


class Names(NamedTuple):
    """Names in the order of the alphabet, and the words that are in them.

    Attributes
    ----------
    folded
        The names as they are compared.
    entries
        What each stands for.
    standing
        Where each name stands among all: larger areas before areas before places, and short
        names before long ones.
    words
        All words once, in the order of the alphabet.
    starts
        Where the names of each word begin in `holders`.
    holders
        The names that hold each word.
    """

    folded: list[str]
    entries: list[Entry]
    standing: NDArray[np.int64]
    words: list[str]
    starts: NDArray[np.int64]
    holders: NDArray[np.int32]

    def find(self, asked: str, limit: int) -> list[Entry]:
        """Return what the words of a question begin, the best first.

        A name that is the question stands before one that begins with it, that before any other.
        """
        wanted = fold(asked)
        held = np.full(len(self.folded), bool(wanted))
        for word in wanted.split()[:MOST_WORDS]:
            held &= self._holding(word)
        found = np.flatnonzero(held)
        first, same, last = (bisect_left(self.folded, wanted + end) for end in ("", "\0", LAST))
        begins = (found >= first) & (found < last)
        near = np.where(begins & (found < same), 0, np.where(begins, 1, 2))
        order = near * len(self.folded) + self.standing[found]
        enough = NAMES_OF_ONE * limit
        if found.size > enough:
            best = np.argpartition(order, enough)[:enough]
            found, order = found[best], order[best]
        once = dict.fromkeys(self.entries[name] for name in found[np.argsort(order)].tolist())
        return list(once)[:limit]

    def _holding(self, word: str) -> NDArray[np.bool_]:
        """Say of each name whether a word in it begins so."""
        first, last = bisect_left(self.words, word), bisect_left(self.words, word + LAST)
        held = np.zeros(len(self.folded), bool)
        held[self.holders[self.starts[first] : self.starts[last]]] = True
        return held


def fold(text: str) -> str:
    """Write a name as it is compared: no accents, no capitals, nothing but letters and digits.

    Examples
    --------
    >>> fold("Ynys Môn"), fold("King's Lynn & West-Norfolk")
    ('ynys mon', 'kings lynn west norfolk')
    """
    plain = text.casefold()
    if not plain.isascii():
        parted = unicodedata.normalize("NFKD", plain)
        plain = "".join(one for one in parted if not unicodedata.combining(one))
    return " ".join(WORD.findall(plain.replace("'", "").replace("’", "")))


def names_of(areas: Mapping[str, Any], places: Mapping[str, Any] | None) -> Names:
    """Collect the names and codes of areas, larger areas and places, in both languages.

    Parameters
    ----------
    areas
        What ``areas.json.gz`` holds.
    places
        What ``places.json.gz`` holds; none where there is none.

    Examples
    --------
    >>> areas = {"codes": ["W1"], "names": ["Bangor"], "names_cy": None, "groups": {}}
    >>> names_of(areas, {"names": ["Ynys Môn"]}).find("mon", 9)
    [Entry(kind='place', place=0, of='')]
    """
    named: list[tuple[str, Entry]] = []

    def add(kind: str, texts: Sequence[str | None] | None, of: str = "") -> None:
        for place, text in enumerate(texts or ()):
            if text and (folded := fold(text)):
                named.append((folded, Entry(kind, place, of)))

    for column in ("names", "names_cy", "codes"):
        add("area", areas[column])
        for kind, groups in areas["groups"].items():
            add("group", groups[column], kind)
    if places is not None:
        add("place", places["names"])
    named.sort()
    folded = [name for name, _ in named]
    kinds = np.array([KINDS.index(entry.kind) for _, entry in named], np.int8)
    lengths = np.array([len(name) for name in folded], np.int32)
    standing = np.empty(len(named), np.int64)
    standing[np.lexsort((lengths, kinds))] = np.arange(len(named))
    held = [(word, at) for at, name in enumerate(folded) for word in set(name.split())]
    held.sort()
    words, starts = np.unique(np.array([word for word, _ in held], object), return_index=True)
    return Names(
        folded,
        [entry for _, entry in named],
        standing,
        words.tolist(),
        np.append(starts, len(held)),
        np.array([at for _, at in held], np.int32),
    )
