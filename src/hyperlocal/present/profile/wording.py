"""How numbers and lists are written in the sentences and tables of a profile."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from hyperlocal.present.wording import EXACT
from hyperlocal.present.words import Words

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
SHOWN = 12


def worst(words: Words, percent: int, of: str = "areas") -> str:
    """Name the areas at the top of the ranking.

    Examples
    --------
    >>> worst(Words("need"), 10), worst(Words("deprivation"), 20, "all areas")
    ('the 10% of areas with the most need', 'the most deprived 20% of all areas')
    """
    if words.concept == "deprivation":
        return f"the most deprived {percent}% of {of}"
    return f"the {percent}% of {of} with the most {words.concept}"


def ordinal(rank: int) -> str:
    """Write a place in an order.

    Examples
    --------
    >>> [ordinal(rank) for rank in (1, 2, 3, 4, 11, 12, 13, 21, 102, 113, 1023)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '102nd', '113th', '1,023rd']
    """
    end = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{end}"


def first_of(parts: Sequence[str], shown: int = SHOWN) -> str:
    """Write the first things of a list, and how many more there are.

    Examples
    --------
    >>> first_of(["a", "b", "c"], 2), first_of(["a", "b"], 2), first_of([])
    ('a; b; and 1 more', 'a; b', 'none')
    """
    if not parts:
        return "none"
    rest = len(parts) - shown
    return "; ".join([*parts[:shown], *([f"and {rest:,} more"] if rest > 0 else [])])


def expected(areas: float, share: Fraction = Fraction(1, 10)) -> str:
    """Write how many areas would be among a share of all if that were spread evenly.

    Examples
    --------
    >>> expected(260), expected(259), expected(6), expected(0), expected(10)
    ('26', 'about 26', 'less than one', 'none', 'one')
    """
    many = areas * float(share)
    if many < EXACT:
        return "none"
    if many < 1 - EXACT:
        return "less than one"
    whole = abs(many - round(many)) < EXACT
    said = SMALL[round(many)] if round(many) == 1 else f"{round(many):,}"
    return said if whole else f"about {said}"


def beside_expected(found: float, areas: float, share: Fraction = Fraction(1, 10)) -> str:
    """Say whether a number of areas is more or less than if a share were spread evenly.

    Returns
    -------
    str
        ``more``, ``fewer`` or ``as many``: the last where it is the nearest whole number.

    Examples
    --------
    >>> beside_expected(23, 259), beside_expected(26, 259), beside_expected(35, 260)
    ('fewer', 'as many', 'more')
    >>> beside_expected(0, 6), beside_expected(1, 6), beside_expected(0, 4)
    ('fewer', 'more', 'fewer')
    """
    many = areas * float(share)
    if many >= 1 and abs(found - round(many)) < EXACT:
        return "as many"
    if abs(found - many) < EXACT:
        return "as many"
    return "more" if found > many else "fewer"


def grid(
    caption: str,
    columns: Sequence[tuple[str, float | None]],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a table as the templates' ``published-table`` takes it.

    Parameters
    ----------
    caption
        Its caption.
    columns
        The heading of each, and its share of the width where it holds text; None for numbers.
    rows
        The text of each cell.
    notes
        What stands below it.
    """
    return {
        "caption": caption,
        "columns": [
            {
                "heading": heading,
                "kind": "number" if share is None else "text",
                "share": share,
                "names_row": place == 0,
            }
            for place, (heading, share) in enumerate(columns)
        ],
        "rows": [list(row) for row in rows],
        "notes": list(notes),
    }
