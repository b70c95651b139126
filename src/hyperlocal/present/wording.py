"""How numbers and lists are written in sentences and tables, of reports and of profiles alike."""

from __future__ import annotations

from collections.abc import Sequence

EXACT = 1e-6
"""Numbers of areas that differ by less are the same: shares of areas are added up."""


def number(value: float, decimals: int = 0) -> str:
    """Write a number with commas; with a decimal where it counts parts of areas.

    Examples
    --------
    >>> number(33755), number(23.4), number(2.5, 2), number(26.0000000001)
    ('33,755', '23.4', '2.50', '26')
    """
    if not decimals and abs(value - round(value)) > EXACT:
        decimals = 1
    return f"{value:,.{decimals}f}"


def percent(share: float, decimals: int = 1) -> str:
    """Write a share as a percentage.

    Examples
    --------
    >>> percent(0.13462), percent(1.0), percent(0.0)
    ('13.5%', '100%', '0%')
    """
    if share in (0.0, 1.0):
        return f"{share:.0%}"
    return f"{share:.{decimals}%}"


def counted(value: float, one: str, several: str = "") -> str:
    """Write a number of things.

    Examples
    --------
    >>> counted(1, "area"), counted(1234, "area"), counted(2, "was", "were"), counted(0, "area")
    ('1 area', '1,234 areas', '2 were', 'no areas')
    """
    if abs(value - 1) < EXACT:
        return f"1 {one}"
    return f"{number(value) if value > EXACT else 'no'} {several or one + 's'}"


def joined(parts: Sequence[str], last: str = "and") -> str:
    """Write a list in a sentence.

    Examples
    --------
    >>> joined(["a"]), joined(["a", "b", "c"]), joined(["x, y", "z"])
    ('a', 'a, b and c', 'x, y; and z')
    """
    if any("," in part or " and " in part for part in parts) and len(parts) > 1:
        return f"{'; '.join(parts[:-1])}; {last} {parts[-1]}"
    return f" {last} ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def exactly(share: float) -> str:
    """Return a share that somebody stated in per cent, with all of its digits.

    Examples
    --------
    >>> exactly(0.9), exactly(0.975)
    ('90%', '97.5%')
    """
    return f"{100 * share:g}%"
