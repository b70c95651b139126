"""Coordinates of the British National Grid and of WGS 84, told apart and transformed."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import BoolArray, FloatArray
from hyperlocal.geography.codes import row_problems

NATIONAL_GRID = "EPSG:27700"
DEGREES = "EPSG:4326"

# The National Grid (Northern Ireland reaches 0.2 km beyond it), and the British Isles in degrees.
_EASTINGS, _NORTHINGS = (-1_000.0, 700_000.0), (0.0, 1_300_000.0)
_LONGITUDES, _LATITUDES = (-11.0, 3.0), (49.0, 61.5)

_NAMES = {
    NATIONAL_GRID: NATIONAL_GRID,
    DEGREES: DEGREES,
    "OGC:CRS84": DEGREES,
    "EPSG:4258": DEGREES,  # ETRS89: within a metre of WGS 84 in Britain
}
_CALLED = {
    NATIONAL_GRID: "grid references (metres of the British National Grid)",
    DEGREES: "degrees of longitude and latitude",
}


def system_of(stated: str, file: str = "") -> str:
    """Return the system that a stated coordinate reference system is: one of the two known here.

    Parameters
    ----------
    stated
        Such as ``EPSG:27700``, ``EPSG:4326``, ``OGC:CRS84``, or the text of a ``.prj`` file.
    file
        The file that states it, for messages.

    Raises
    ------
    GeographyError
        Where it is another one.

    Examples
    --------
    >>> system_of("OGC:CRS84")
    'EPSG:4326'
    """
    known = _NAMES.get(stated.strip().upper())
    if known is not None:
        return known
    words = stated[:200].upper()
    if re.match(r"(PROJCS|PROJCRS|BOUNDCRS)\b.*(BRITISH[ _]NATIONAL[ _]GRID)", words, re.DOTALL):
        return NATIONAL_GRID
    if re.match(r'(GEOGCS|GEOGCRS)\["?(WGS[ _]84|GCS_WGS_1984|ETRS89)', words):
        return DEGREES
    raise GeographyError(
        Problem(
            f"the coordinate reference system is {stated[:80]!r}",
            f"transform the data to {NATIONAL_GRID} (British National Grid) or {DEGREES} (WGS 84)",
            file,
        )
    )


def likely_system(x: ArrayLike, y: ArrayLike) -> str:
    """Return what most coordinates look like by their size, whether they can be right or not.

    Parameters
    ----------
    x, y
        Eastings or longitudes, and northings or latitudes; NaN where there are none.

    Returns
    -------
    str
        ``EPSG:27700`` or ``EPSG:4326``.

    Examples
    --------
    >>> likely_system([532_000.0, -0.1, 530_000.0], [181_000.0, 51.5, 180_000.0])
    'EPSG:27700'
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    given = ~(np.isnan(x) | np.isnan(y))
    degrees = given & (np.abs(x) <= 180) & (np.abs(y) <= 180)
    return DEGREES if 2 * degrees.sum() > given.sum() else NATIONAL_GRID


def tell_system(
    x: ArrayLike,
    y: ArrayLike,
    stated: str | None = None,
    file: str = "",
    rows: pl.Series | None = None,
) -> str:
    """Tell which system coordinates are in, by what is stated and by their size.

    Parameters
    ----------
    x
        Eastings or longitudes; NaN where a place has no coordinates.
    y
        Northings or latitudes.
    stated
        The system that is stated, if any.
    file
        The file that holds them, for messages.
    rows
        The row of the file of each; None where they are in order.

    Returns
    -------
    str
        ``EPSG:27700`` or ``EPSG:4326``.

    Raises
    ------
    GeographyError
        Where they are not in the system that is stated, longitude and latitude are swapped, or
        some lie outside the National Grid and the British Isles.

    Examples
    --------
    >>> tell_system([532_000.0], [181_000.0]), tell_system([-0.1], [51.5])
    ('EPSG:27700', 'EPSG:4326')
    """
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    given = ~(np.isnan(x) | np.isnan(y))
    system = None if stated is None else system_of(stated, file)
    likely = likely_system(x, y)
    if system is not None and given.any() and system != likely:
        first = int(np.argmax(given))
        raise GeographyError(
            Problem(
                f"the coordinates are stated as {_CALLED[system]}, and look like "
                f"{_CALLED[likely]}: {x[first]:g}, {y[first]:g}",
                f"state {likely}, or choose the columns that hold {_CALLED[system]}",
                file,
            )
        )
    system = system or likely
    if system == DEGREES:
        _refuse_swapped(x, y, given, file)
    inside = (_NORTHINGS, _EASTINGS) if system == NATIONAL_GRID else (_LATITUDES, _LONGITUDES)
    outside = given & ~_within(x, y, inside[1], inside[0])
    if system == NATIONAL_GRID:  # some rows in degrees
        outside |= _within(x, y, _LONGITUDES, _LATITUDES) | _within(y, x, _LONGITUDES, _LATITUDES)
    _refuse_outside(x, y, outside, system, file, rows)
    return system


def _within(
    x: FloatArray, y: FloatArray, wide: tuple[float, float], high: tuple[float, float]
) -> BoolArray:
    return (x >= wide[0]) & (x <= wide[1]) & (y >= high[0]) & (y <= high[1])


def _refuse_swapped(x: FloatArray, y: FloatArray, given: BoolArray, file: str) -> None:
    swapped = given & _within(y, x, _LONGITUDES, _LATITUDES)
    if 2 * swapped.sum() <= given.sum() or not swapped.any():
        return
    first = int(np.argmax(swapped))
    raise GeographyError(
        Problem(
            f"longitude and latitude are swapped: x is {x[first]:g} and y is {y[first]:g}",
            "give the longitude as x and the latitude as y",
            file,
        )
    )


def _refuse_outside(
    x: FloatArray,
    y: FloatArray,
    outside: BoolArray,
    system: str,
    file: str,
    rows: pl.Series | None,
) -> None:
    if not outside.any():
        return
    where = "the National Grid" if system == NATIONAL_GRID else "the British Isles"
    raise GeographyError(
        row_problems(
            np.flatnonzero(outside).tolist(),
            lambda row: f"the place {x[row]:g}, {y[row]:g} is not within {where}",
            "correct it, or leave both coordinates blank",
            file,
            numbers=rows,
        )
    )


def to_national_grid(longitude: ArrayLike, latitude: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Transform degrees of WGS 84 into metres of the British National Grid.

    Parameters
    ----------
    longitude, latitude
        In degrees; NaN stays NaN.

    Returns
    -------
    tuple of numpy.ndarray
        Eastings and northings in metres, to the millimetre.

    Raises
    ------
    GeographyError
        Where a place lies outside the ground that the transformation covers.

    Notes
    -----
    The transformation is OSTN15 of the Ordnance Survey, which is exact to a centimetre for
    coordinates of GPS (ETRS89); the usual formula with seven numbers is off by 1.8 metres in the
    median and by up to 3.5.

    Examples
    --------
    >>> to_national_grid([-0.1276], [51.5072])
    (array([530041.454]), array([180358.007]))
    """
    return _transformed(_grid_of_degrees, longitude, latitude, "degrees")


def _grid_of_degrees(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    from convertbng.cutil import convert_bng

    easting, northing = convert_bng(longitude, latitude)
    lost = np.isnan(easting)
    if lost.any():
        easting[lost], northing[lost] = _grid_by_inverse(longitude[lost], latitude[lost])
    return easting, northing


def _grid_by_inverse(longitude: FloatArray, latitude: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Find grid references whose degrees are the ones given.

    The library refuses degrees south of 49.93, where the Isles of Scilly lie, and north of 60.85,
    although the Ordnance Survey's table goes on, and the library uses it on the way back.
    """
    from convertbng.cutil import convert_bng, convert_osgb36_to_ll

    inside = np.clip(longitude, -8.0, 1.7), np.clip(latitude, 50.0, 60.8)
    easting, northing = convert_bng(*inside)
    off_x, off_y = longitude - inside[0], latitude - inside[1]
    metres_x, metres_y = 111_320.0 * np.cos(np.radians(latitude)), 111_320.0
    for _ in range(20):  # each step leaves less than a tenth of the distance
        easting, northing = easting + off_x * metres_x, northing + off_y * metres_y
        back_x, back_y = convert_osgb36_to_ll(easting, northing)
        off_x, off_y = longitude - back_x, latitude - back_y
    return np.round(easting, 3), np.round(northing, 3)


def to_degrees(easting: ArrayLike, northing: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Transform metres of the British National Grid into degrees of WGS 84.

    Parameters
    ----------
    easting, northing
        In metres; NaN stays NaN.

    Returns
    -------
    tuple of numpy.ndarray
        Longitudes and latitudes in degrees.

    Raises
    ------
    GeographyError
        Where a place lies outside the ground that the transformation covers.

    Examples
    --------
    >>> to_degrees([530041.454], [180358.007])
    (array([-0.1276...]), array([51.5072...]))
    """
    from convertbng.cutil import convert_osgb36_to_ll

    return _transformed(convert_osgb36_to_ll, easting, northing, "grid references")


def _transformed(
    transform: object, x: ArrayLike, y: ArrayLike, what: str
) -> tuple[FloatArray, FloatArray]:
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    missing = np.isnan(x) | np.isnan(y)
    new_x, new_y = np.full(x.shape, np.nan), np.full(y.shape, np.nan)
    if not missing.all():
        assert callable(transform)
        new_x[~missing], new_y[~missing] = transform(x[~missing], y[~missing])
    lost = np.isnan(new_x) & ~missing
    if lost.any():
        first = int(np.argmax(lost))
        raise GeographyError(
            Problem(
                f"{int(lost.sum()):,} of the {what} cannot be transformed, the first "
                f"{x[first]:g}, {y[first]:g}: they lie outside Great Britain and its coast",
                "leave them out, or give all coordinates in one system",
            )
        )
    return new_x, new_y
