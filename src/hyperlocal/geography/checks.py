"""What every correspondence must hold, whichever way it was made."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from hyperlocal.errors import Problem
from hyperlocal.geography._arrays import WHOLE
from hyperlocal.geography.codes import listed

KINDS = (
    "nested",
    "best_fit",
    "changes",
    "weighted",
    "points",
    "dwellings",
    "overlap",
    "reversed",
    "composed",
)


def problems_of_shares(
    source_codes: pl.Series, target_codes: pl.Series, shares: Any, kind: str
) -> list[Problem]:
    """Find what is wrong with a table of shares and its codes.

    Parameters
    ----------
    source_codes, target_codes
        The codes of the rows and of the columns.
    shares
        The table.
    kind
        How it was made.

    Returns
    -------
    list of Problem
        Empty where all is right.
    """
    problems = _problems_of_codes(source_codes, "source") + _problems_of_codes(
        target_codes, "target"
    )
    if kind not in KINDS:
        problems.append(
            Problem(f"{kind!r} is no kind of correspondence", f"use one of {', '.join(KINDS)}")
        )
    if shares.format != "csr" or shares.dtype != np.float64:
        form = f"{shares.format} of {shares.dtype}"
        problems.append(Problem(f"the shares are {form}", "give a csr_array of float64"))
    elif shares.shape != (len(source_codes), len(target_codes)):
        problems.append(
            Problem(
                f"there are {len(source_codes):,} source and {len(target_codes):,} target codes, "
                f"and shares for {shares.shape[0]:,} and {shares.shape[1]:,}",
                "give a row for each source and a column for each target",
            )
        )
    else:
        problems += _problems_of_numbers(source_codes, shares, kind)
    return problems


def _problems_of_codes(codes: pl.Series, which: str) -> list[Problem]:
    if codes.dtype != pl.String or codes.null_count():
        return [Problem(f"a {which} code is missing or no text", "give every area a code")]
    if codes.n_unique() != len(codes):
        twice = codes.filter(codes.is_duplicated()).unique(maintain_order=True)
        return [Problem(f"{which} codes occur twice: {listed(twice)}", "give each code once")]
    return [] if codes.is_sorted() else [Problem(f"the {which} codes are not sorted", "sort them")]


def _problems_of_numbers(source_codes: pl.Series, shares: Any, kind: str) -> list[Problem]:
    if not shares.has_canonical_format:
        return [Problem("a pair of areas has several shares", "add them up")]
    data = shares.data
    rows = np.repeat(np.arange(shares.shape[0]), np.diff(shares.indptr))
    problems = []
    wrong = ~((data > 0) & (data <= 1))
    if wrong.any():
        codes = source_codes.gather(np.unique(rows[wrong]))
        problems.append(
            Problem(f"shares are not above 0 and at most 1 in {listed(codes)}", "correct them")
        )
    above = shares.sum(axis=1) > 1 + WHOLE
    if above.any():
        codes = source_codes.filter(above)
        problems.append(Problem(f"shares add up to more than 1 in {listed(codes)}", "correct them"))
    if kind in ("nested", "best_fit") and ((np.diff(shares.indptr) > 1).any() or (data < 1).any()):
        problems.append(
            Problem(
                f"an area of a correspondence of kind {kind} is shared between several",
                "state another kind",
            )
        )
    return problems
