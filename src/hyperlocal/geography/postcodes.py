"""Postcodes: their spelling, and records by postcode turned into counts per area."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from hyperlocal.areas import Geography
from hyperlocal.errors import GeographyError, Problem
from hyperlocal.geography._arrays import ABSENT, BoolArray, FloatArray, positions, shares_of_rows
from hyperlocal.geography.codes import listed
from hyperlocal.geography.correspondence import Correspondence
from hyperlocal.geography.left_out import LeftOut, left_out
from hyperlocal.geography.lookups import Lookup, blank_problems

_FORM = r"^([A-Z][0-9]{1,2}|[A-Z]{2}[0-9]{1,2}|[A-Z]{1,2}[0-9][A-Z]|GIR)([0-9][ABD-HJLNP-UW-Z]{2})$"
_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
"""White space as Unicode has it, and as polars takes it; that of Python has four more."""
_COMPILED = re.compile(_FORM)
OUTCOMES = ("used", "fell back", "terminated", "unknown", "invalid")


def clean_postcodes(postcodes: pl.Series) -> pl.Series:
    """Bring postcodes into one spelling: upper case, one space before the last three characters.

    Parameters
    ----------
    postcodes
        In any case, with spaces anywhere or nowhere.

    Returns
    -------
    polars.Series
        Null for what cannot be a postcode of the United Kingdom.

    Examples
    --------
    >>> clean_postcodes(pl.Series(["sw1a1aa", " M1  1AE", "AB101AB ", "nowhere"])).to_list()
    ['SW1A 1AA', 'M1 1AE', 'AB10 1AB', None]
    """
    close = postcodes.cast(pl.String).str.replace_all(r"\s+", "").str.to_uppercase()
    right = close.str.contains(_FORM).fill_null(False)
    return close.set(~right, None).str.replace(_FORM, "${1} ${2}")


def clean_postcode(postcode: str) -> str | None:
    """Bring one postcode into the spelling of `clean_postcodes`, at once.

    Examples
    --------
    >>> clean_postcode(" sw1a1aa"), clean_postcode("nowhere")
    ('SW1A 1AA', None)
    """
    close = _SPACE.sub("", postcode).upper()
    return f"{close[:-3]} {close[-3:]}" if _COMPILED.match(close) else None


def dwellings(
    lookup: Lookup,
    fallback: Lookup | None,
    source: Geography,
    target: Geography,
) -> Correspondence:
    """Make a correspondence of postcodes, each shared out by its dwellings in each area.

    Parameters
    ----------
    lookup
        A row for each postcode (child) and area (parent), with the dwellings of the postcode in
        the area as weights.
    fallback
        A row for each postcode with the one area that it is given to. It is used for postcodes that
        the other lookup lacks, or has without any dwelling.
    source, target
        The geographies: that of the postcodes, such as ``postcode24``, and that of the areas.

    Returns
    -------
    Correspondence
        Its ``fell_back`` are the postcodes that were placed by the fall-back lookup. Postcodes that
        have no dwellings and are not in that lookup are unplaced.

    Raises
    ------
    GeographyError
        Where a postcode of a lookup is invalid or has no area, a pair stands twice, a number of
        dwellings is missing or negative, or the fall-back lookup has two areas for one postcode.

    Notes
    -----
    Dwellings stand for people: it is taken that those of a postcode live in its areas in proportion
    to its dwellings there. This is how the Welsh Index of Multiple Deprivation 2019 (technical
    report, annex C) brought data on education from postcodes to areas.

    Examples
    --------
    >>> by_dwellings = Lookup(["CF10 1AA", "CF10 1AA"], ["W01", "W02"], weights=[30, 10])
    >>> nearest = Lookup(["CF10 1AB", "cf101aa"], ["W02", "W02"])
    >>> postcodes = Geography("postcode", 2019), Geography("lsoa", 2011)
    >>> found = dwellings(by_dwellings, nearest, *postcodes)
    >>> found.count([8, 1]), found.fell_back.to_list()
    (array([6., 3.]), ['CF10 1AB'])
    """
    if lookup.weights is None:
        raise GeographyError(Problem("the lookup states no dwellings", "give them", lookup.file))
    lookup, problems = _with_clean_postcodes(lookup)
    assert lookup.weights is not None
    weights = lookup.weights
    problems += lookup.refuse(
        ~(np.isfinite(weights) & (weights >= 0)),
        lambda row: f"the dwellings of {lookup.children[row]} are {weights[row]:g}",
        "give a number that is not negative",
        "weight",
    )
    nearest = fallback or Lookup(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String))
    nearest, found = _with_clean_postcodes(nearest)
    problems += found + _two_areas(nearest)
    if problems:
        raise GeographyError(problems)
    with_dwellings = lookup.children.filter(weights > 0).unique()
    needed = ~nearest.children.is_in(with_dwellings.implode())
    children = pl.concat([lookup.children, nearest.children.filter(needed)])
    parents = pl.concat([lookup.parents, nearest.parents.filter(needed)])
    source_codes = children.unique().sort().alias("code")
    target_codes = parents.unique().sort().alias("code")
    shares = shares_of_rows(
        positions(children, source_codes),
        positions(parents, target_codes),
        np.concatenate([weights, np.ones(int(needed.sum()))]),
        (len(source_codes), len(target_codes)),
    )
    return Correspondence(
        source,
        target,
        source_codes,
        target_codes,
        shares,
        "dwellings",
        "dwellings",
        lookup.made_of | nearest.made_of,
        fell_back=nearest.children.filter(needed).sort().alias("code"),
    )


def _with_clean_postcodes(lookup: Lookup) -> tuple[Lookup, list[Problem]]:
    clean = clean_postcodes(lookup.children).alias(lookup.children.name)
    problems = blank_problems(lookup)
    problems += lookup.refuse(
        (clean.is_null() & lookup.children.is_not_null()).to_numpy(),
        lambda row: f"{lookup.children[row]!r} is no postcode",
        "correct it or delete the row",
        lookup.children.name,
    )
    cleaned = Lookup(clean, lookup.parents, lookup.weights, lookup.file, lookup.rows, lookup.sha256)
    return cleaned, problems + cleaned.repeats()[1]


def _two_areas(lookup: Lookup) -> list[Problem]:
    pairs = pl.DataFrame({"child": lookup.children, "parent": lookup.parents}).unique()
    twice = pairs["child"].drop_nulls()
    twice = twice.filter(twice.is_duplicated()).unique().sort()
    if not len(twice):
        return []
    said = f"postcodes have more than one area in the fall-back lookup: {listed(twice)}"
    return [Problem(said, "leave one row for each", lookup.file, place=lookup.children.name)]


@dataclass(frozen=True, eq=False)
class RecordCounts:
    """Records by postcode as counts per area, and what became of each record.

    Parameters
    ----------
    counts
        The count of each area, in the order of the target codes.
    outcomes
        For each record: used (placed by dwellings), fell back (placed by the fall-back lookup),
        terminated, unknown or invalid. The last three are not in the counts.
    tally
        The number of records of each outcome.
    left_out
        What is not in the counts, with the first postcodes of each kind.
    """

    counts: FloatArray
    outcomes: pl.Series
    tally: dict[str, int]
    left_out: tuple[LeftOut, ...]


def count_records(
    postcodes: pl.Series,
    correspondence: Correspondence,
    values: ArrayLike | None = None,
    terminated: pl.Series | None = None,
) -> RecordCounts:
    """Count records by postcode in the areas that a correspondence places the postcodes in.

    Parameters
    ----------
    postcodes
        The postcode of each record, in any spelling.
    correspondence
        From postcodes to areas, as `dwellings` makes it or any other builder; its source codes are
        in the spelling of `clean_postcodes`.
    values
        What each record counts for; None = 1.
    terminated
        Postcodes that are known to be no longer in use. A record of one that the correspondence
        does not place is tallied as terminated rather than unknown.

    Returns
    -------
    RecordCounts
        Areas in which no record lies have a count of 0.

    Raises
    ------
    GeographyError
        Where there is not one value for each record, or one is missing or infinite.

    Examples
    --------
    >>> lookup = Lookup(["CF10 1AA", "CF10 1AA"], ["W01", "W02"], weights=[30, 10])
    >>> found = dwellings(lookup, None, Geography("postcode", 2019), Geography("lsoa", 2011))
    >>> pupils = pl.Series(["cf101aa", "CF10 1AA ", "CF99 9ZZ", "?"])
    >>> result = count_records(pupils, found)
    >>> result.counts, result.tally
    (array([1.5, 0.5]), {'used': 2, 'fell back': 0, 'terminated': 0, 'unknown': 1, 'invalid': 1})
    """
    value = np.ones(len(postcodes)) if values is None else np.asarray(values, np.float64)
    if value.shape != (len(postcodes),) or not np.isfinite(value).all():
        raise GeographyError(
            Problem("there is not one known value for each record", "give one or drop the record")
        )
    clean = clean_postcodes(postcodes)
    found = positions(clean, correspondence.source_codes)
    unplaced = np.append(correspondence.unplaced, 1.0)[found]  # position -1 is the last
    placed = unplaced < 1
    old = clean_postcodes(pl.Series([] if terminated is None else terminated, dtype=pl.String))
    outcome = np.select(
        [
            clean.is_null().to_numpy(),
            placed & ~_among(clean, correspondence.fell_back),
            placed,
            _among(clean, old),
        ],
        ["invalid", "used", "fell back", "terminated"],
        "unknown",
    )
    totals = np.bincount(
        found[found != ABSENT],
        weights=value[found != ABSENT],
        minlength=len(correspondence.source_codes),
    )
    counts: FloatArray = correspondence.by_target @ totals
    dropped = tuple(
        left
        for name in OUTCOMES[2:]
        for left in left_out(f"records with {_SAID[name]}", postcodes, outcome == name, value)
    )
    tally = {name: int((outcome == name).sum()) for name in OUTCOMES}
    return RecordCounts(counts, pl.Series("outcome", outcome), tally, dropped)


_SAID = {
    "terminated": "a terminated postcode",
    "unknown": "an unknown postcode",
    "invalid": "an invalid postcode",
}


def _among(codes: pl.Series, others: pl.Series) -> BoolArray:
    return np.asarray(codes.is_in(others.drop_nulls().unique().implode()).fill_null(False))
