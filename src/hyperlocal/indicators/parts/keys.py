"""Where texts stand among many others, asked again and again."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

ABSENT = -1


class Keys:
    """Finds the positions of texts among known ones, which are sorted by their hashes once.

    Parameters
    ----------
    texts
        The known texts, each once and none of them null.

    Examples
    --------
    >>> Keys(pl.Series(["E01", "E03", "E02"])).positions(pl.Series(["E02", "E09", None, "E01"]))
    array([ 2, -1, -1,  0])
    """

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self._seed = 0
        while (hashes := texts.hash(self._seed)).n_unique() < len(texts):
            self._seed += 1  # two texts have the same hash
        found = hashes.to_numpy()
        self._order = np.argsort(found)
        self._hashes = found[self._order]

    def __len__(self) -> int:
        return len(self.texts)

    def positions(self, texts: pl.Series) -> NDArray[np.int64]:
        """Return the position of each text among the known ones, -1 where it is none of them."""
        if not len(self):
            return np.full(len(texts), ABSENT, np.int64)
        asked = texts.hash(self._seed).to_numpy()
        order = np.argsort(asked)  # so that neighbours are searched for one after the other
        near = np.empty(len(asked), np.int64)
        near[order] = np.searchsorted(self._hashes, asked[order])
        at = self._order[np.minimum(near, len(self) - 1)]
        same = (self.texts.gather(at) == texts).fill_null(False).to_numpy()
        positions: NDArray[np.int64] = np.where(same, at, ABSENT)
        return positions
