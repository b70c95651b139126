"""The larger areas (districts) that small areas lie in, as whole-number codes for fast sums."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hyperlocal.methods._arrays import DoubleArray


@dataclass(frozen=True, eq=False)
class LargerAreas:
    """Which larger area each small area lies in.

    Finding the different labels among tens of thousands of strings takes longer than shrinking an
    indicator; made once, a `LargerAreas` serves any number of indicators.

    Attributes
    ----------
    codes : numpy.ndarray of int, shape (areas,)
        For each small area the position of its larger area in `labels`.
    labels : numpy.ndarray, shape (larger areas,)
        The label of each larger area.

    Raises
    ------
    ValueError
        If the codes are not whole numbers from 0 to the number of labels less one.

    Examples
    --------
    >>> LargerAreas(codes=[0, 1, 0], labels=["Blackpool", "Tendring"]).number
    2
    """

    codes: NDArray[np.intp]
    labels: NDArray[Any]

    def __post_init__(self) -> None:
        codes, labels = np.asarray(self.codes), np.asarray(self.labels)
        if codes.size == 0:
            codes = codes.astype(np.intp)
        if codes.ndim != 1 or labels.ndim != 1 or codes.dtype.kind not in "iu":
            raise ValueError(
                "The codes of larger areas must be a one-dimensional array of whole numbers, "
                "and their labels a one-dimensional array."
            )
        if codes.size and not (codes.min() >= 0 and codes.max() < labels.size):
            raise ValueError(
                f"The codes of larger areas must be between 0 and {labels.size - 1}, the positions "
                f"of the labels, not between {codes.min()} and {codes.max()}."
            )
        object.__setattr__(self, "codes", codes.astype(np.intp, copy=False))
        object.__setattr__(self, "labels", labels)

    @classmethod
    def from_labels(cls, labels: ArrayLike) -> Self:
        """Find the different larger areas among one label per small area.

        Parameters
        ----------
        labels : array_like, shape (areas,)
            The label (name, code or number) of the larger area of each small area.

        Returns
        -------
        LargerAreas
            With the labels in sorted order.

        Raises
        ------
        ValueError
            If the labels are not one-dimensional, or one is missing (None or NaN).

        Examples
        --------
        >>> larger = LargerAreas.from_labels(["Tendring", "Blackpool", "Tendring"])
        >>> larger.codes
        array([1, 0, 1])
        >>> larger.labels
        array(['Blackpool', 'Tendring'], dtype='<U9')
        """
        given = np.asarray(labels)
        if given.ndim != 1:
            raise ValueError(
                f"The labels of larger areas must have 1 dimension, not {given.ndim} "
                f"(their shape is {given.shape})."
            )
        missing = given == np.array(None) if given.dtype == object else np.zeros(0, bool)
        if np.any(missing) or np.any(np.not_equal(given, given)):
            raise ValueError("A small area has no label of a larger area (None or NaN).")
        unique, codes = np.unique(given, return_inverse=True)
        return cls(codes=codes, labels=unique)

    @property
    def number(self) -> int:
        """How many larger areas there are."""
        return int(self.labels.size)

    def sums(self, values: NDArray[Any]) -> DoubleArray:
        """Add up a value of the small areas over each larger area.

        Parameters
        ----------
        values : numpy.ndarray, shape (areas,)
            Numbers (or a mask, to count); a NaN makes the sum of its larger area NaN.

        Returns
        -------
        numpy.ndarray of float64, shape (larger areas,)
            Totals in double precision.

        Raises
        ------
        ValueError
            If there is not one value per small area.

        Examples
        --------
        >>> LargerAreas(codes=[0, 1, 0], labels=["Blackpool", "Tendring"]).sums([1, 2, 4])
        array([5., 2.])
        """
        totals = np.bincount(self.codes, weights=values, minlength=self.number)
        return totals.astype(np.float64, copy=False)
