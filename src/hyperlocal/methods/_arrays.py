"""What every method does with the arrays it is given: precision, shape, refusal of wrong values."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.floating[Any]]
"""An array of single- or double-precision numbers; NaN = missing."""

DoubleArray = NDArray[np.float64]
"""An array of double-precision numbers; NaN = missing."""

BoolArray = NDArray[np.bool_]
"""A mask."""


def precision_of(*arrays: ArrayLike) -> np.dtype[np.floating[Any]]:
    """Return the precision in which a result is stored: single if all `arrays` are single.

    Parameters
    ----------
    *arrays : array_like
        The arguments that the result is computed from.

    Returns
    -------
    numpy.dtype
        ``float32`` if every array is ``float32``, else ``float64``.

    Notes
    -----
    Methods evaluate in double precision and round the result once, on storing it. This is what
    statistics packages with a four-byte default type do, and published indices that were computed
    in single precision are reproduced to the last bit only so.

    Examples
    --------
    >>> precision_of(np.ones(2, np.float32), np.ones(2, np.float32))
    dtype('float32')
    >>> precision_of(np.ones(2, np.float32), [1, 2])
    dtype('float64')
    """
    single = all(getattr(array, "dtype", None) == np.float32 for array in arrays)
    return np.dtype(np.float32) if single else np.dtype(np.float64)


def doubles(values: ArrayLike, name: str, dimensions: int | None = 1) -> DoubleArray:
    """Return `values` as an array of double-precision numbers.

    Parameters
    ----------
    values : array_like
        Numbers; booleans count as 0 and 1.
    name : str
        What the error calls them.
    dimensions : int or None
        The number of axes that is needed; None = any.

    Returns
    -------
    numpy.ndarray
        The same numbers, not copied if they are in double precision already.

    Raises
    ------
    ValueError
        If they are not real numbers, or have another number of axes.

    Examples
    --------
    >>> doubles([1, 2], "rank")
    array([1., 2.])
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be real numbers, not values of type {array.dtype}.")
    if dimensions is not None and array.ndim != dimensions:
        raise ValueError(
            f"{name} must have {dimensions} dimension{'s' if dimensions > 1 else ''}, "
            f"not {array.ndim} (its shape is {array.shape})."
        )
    return array.astype(np.float64, copy=False)


def where_not(wrong: BoolArray, values: DoubleArray, otherwise: float | DoubleArray) -> DoubleArray:
    """Return `values` with what is wrong replaced: as they are, not copied, if nothing is.

    Parameters
    ----------
    wrong : numpy.ndarray of bool
        True where the value is to be replaced.
    values : numpy.ndarray
        The values.
    otherwise : float or numpy.ndarray
        What to put in their place.

    Returns
    -------
    numpy.ndarray of float64
        The values, replaced where wrong.

    Examples
    --------
    >>> where_not(np.array([False, True]), np.array([1.0, 2.0]), 0.0)
    array([1., 0.])
    """
    return np.where(wrong, otherwise, values) if wrong.any() else values


def refuse_where(wrong: BoolArray, complaint: str) -> None:
    """Raise if any element is wrong, saying how many and where the first one is.

    Parameters
    ----------
    wrong : numpy.ndarray of bool
        True where the value cannot be used.
    complaint : str
        The beginning of the sentence.

    Raises
    ------
    ValueError
        If any is True.

    Examples
    --------
    >>> refuse_where(np.array([False, True]), "The denominator is negative")
    Traceback (most recent call last):
    ...
    ValueError: The denominator is negative in 1 of 2 places, first at position 1.
    """
    if wrong.any():
        number, first = int(np.count_nonzero(wrong)), int(np.argmax(wrong))
        places = "place" if wrong.size == 1 else "places"
        raise ValueError(
            f"{complaint} in {number} of {wrong.size} {places}, first at position {first}."
        )


def refuse_unknown(choice: str, choices: tuple[str, ...], name: str) -> None:
    """Raise if `choice` is not one of `choices`.

    Parameters
    ----------
    choice : str
        What was asked for.
    choices : tuple of str
        What there is.
    name : str
        The name of the argument.

    Raises
    ------
    ValueError
        If there is no such choice.

    Examples
    --------
    >>> refuse_unknown("first", ("minimum", "average"), "ties")
    Traceback (most recent call last):
    ...
    ValueError: ties must be one of 'minimum', 'average', not 'first'.
    """
    if choice not in choices:
        listed = ", ".join(repr(known) for known in choices)
        raise ValueError(f"{name} must be one of {listed}, not {choice!r}.")
