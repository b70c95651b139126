"""Codes of areas: what they look like, and which of them are not what was expected."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import polars as pl

from hyperlocal.areas import Geography
from hyperlocal.errors import Problem

SHOWN = 5

# The beginnings of the codes of the Office for National Statistics, and of others like them.
_KINDS = {
    "E00": "Output Areas of England",
    "W00": "Output Areas of Wales",
    "S00": "Output Areas of Scotland",
    "E01": "LSOAs of England",
    "W01": "LSOAs of Wales",
    "S01": "data zones of Scotland",
    "E02": "MSOAs of England",
    "W02": "MSOAs of Wales",
    "S02": "intermediate zones of Scotland",
    "E05": "wards of England",
    "W05": "wards of Wales",
    "S13": "wards of Scotland",
    "N08": "wards of Northern Ireland",
    "E06": "unitary authorities of England",
    "E07": "districts of England",
    "E08": "metropolitan districts of England",
    "E09": "London boroughs",
    "E10": "counties of England",
    "E12": "regions of England",
    "E92": "England",
    "W06": "unitary authorities of Wales",
    "W92": "Wales",
    "S12": "council areas of Scotland",
    "S92": "Scotland",
    "N00": "small areas or data zones of Northern Ireland",
    "N09": "districts of Northern Ireland",
    "N10": "Super Output Areas of Northern Ireland",
    "N20": "data zones of Northern Ireland",
    "N21": "Super Data Zones of Northern Ireland",
    "95": "areas of Northern Ireland as coded in 2001 and 2011",
}
# The highest codes of the 2011 Census geographies; those above were given in 2021.
_LAST_OF_2011 = {
    "E00": "E00176774",
    "W00": "W00010265",
    "E01": "E01033768",
    "W01": "W01001958",
    "E02": "E02006934",
    "W02": "W02000423",
}


def listed(items: Iterable[object], shown: int = SHOWN) -> str:
    """Write the first few of many, and how many more there are.

    Parameters
    ----------
    items
        What to write.
    shown
        How many of them.

    Examples
    --------
    >>> listed(["a", "b", "c"], shown=2)
    'a, b and 1 more'
    """
    texts = [str(item) for item in items]
    more = f" and {len(texts) - shown:,} more" if len(texts) > shown else ""
    return ", ".join(texts[:shown]) + more


def counted(number: int, one: str, several: str) -> str:
    """Write a number with its noun.

    Parameters
    ----------
    number
        How many there are.
    one, several
        The noun for one, and for any other number.

    Examples
    --------
    >>> counted(1, "area", "areas"), counted(1200, "area", "areas")
    ('1 area', '1,200 areas')
    """
    return f"{number:,} {one if number == 1 else several}"


def describe_codes(codes: pl.Series) -> str:
    """Say what codes look like: the first of them, the kind of area, and the vintage.

    Parameters
    ----------
    codes
        The codes.

    Examples
    --------
    >>> describe_codes(pl.Series(["E01000001", "E01033994"]))
    'E01000001, E01033994 (LSOAs of England, some first given in 2021)'
    >>> describe_codes(pl.Series(["S01006506"]))
    'S01006506 (data zones of Scotland)'
    """
    codes = codes.drop_nulls()
    kinds = [
        said + _vintage(codes.filter(codes.str.starts_with(beginning)), beginning)
        for beginning, said in _KINDS.items()
        if codes.str.starts_with(beginning).any()
    ]
    what = f" ({'; '.join(kinds[:3])}{'; others' if len(kinds) > 3 else ''})" if kinds else ""
    return f"{listed(codes.sort().head(3))}{what}" if len(codes) else "none"


def _vintage(codes: pl.Series, beginning: str) -> str:
    last = _LAST_OF_2011.get(beginning)
    if last is None:
        return ""
    new = codes > last
    if new.all():
        return ", first given in 2021"
    return ", some first given in 2021" if new.any() else ", all given by 2011"


def unexpected_codes(
    given: pl.Series, expected: pl.Series, geography: str, file: str = "", place: str = ""
) -> list[Problem]:
    """Find codes that are not of a geography, and areas of it that are not among the codes.

    Parameters
    ----------
    given
        The codes that are there.
    expected
        All codes of the geography.
    geography
        Its name, such as ``lsoa21``.
    file
        The file that holds the codes.
    place
        The column that holds them.

    Returns
    -------
    list of Problem
        Empty where the two are the same set. Where they have nothing in common, one problem that
        says what each looks like.
    """
    given = given.drop_nulls().unique().sort()
    expected = expected.drop_nulls().unique().sort()
    strange = given.filter(~given.is_in(expected.implode()))
    absent = expected.filter(~expected.is_in(given.implode()))
    if len(given) and len(strange) == len(given):
        return [nothing_in_common(given, expected, geography, file, place)]
    problems = []
    if len(strange):
        number = counted(len(strange), "code is not an area", "codes are not areas")
        problems.append(
            Problem(
                f"{number} of {geography}: {_with_kind(strange, expected)}",
                "check the vintage and the country of the table",
                file,
                place=place,
            )
        )
    if len(absent):
        number = counted(len(absent), "area", "areas")
        verb = "is" if len(absent) == 1 else "are"
        problems.append(
            Problem(
                f"{number} of {geography} {verb} missing: {_with_kind(absent, given)}",
                "add what is missing, or use a table of the same vintage and country",
                file,
                place=place,
            )
        )
    return problems


def _with_kind(codes: pl.Series, others: pl.Series) -> str:
    said, usual = describe_codes(codes), describe_codes(others)
    kind = said[said.find(" (") :] if " (" in said else ""
    return listed(codes) + (kind if kind and kind not in usual else "")


def nothing_in_common(
    given: pl.Series, expected: pl.Series, geography: str, file: str = "", place: str = ""
) -> Problem:
    """Say that no code is of the geography that is expected, and what both look like.

    Parameters
    ----------
    given
        The codes that are there.
    expected
        The codes of the geography.
    geography
        Its name, such as ``lsoa21``.
    file
        The file that holds the codes.
    place
        The column that holds them.
    """
    return Problem(
        f"none of the codes is an area of {geography}: they are {describe_codes(given)}, and those "
        f"of {geography} are {describe_codes(expected)}",
        "state the geography and vintage that the table has, and convert it through a "
        "correspondence",
        file,
        place=place,
    )


def row_problems(
    rows: Iterable[int],
    say: Callable[[int], str],
    remedy: str,
    file: str = "",
    place: str = "",
    numbers: pl.Series | None = None,
) -> list[Problem]:
    """Write a problem for each of the first few rows that have it, and count the others.

    Parameters
    ----------
    rows
        The positions of the rows, from 0.
    say
        Gives the message for a position.
    remedy
        What to do about it.
    file
        The file of the rows.
    place
        The column.
    numbers
        The row of the file that each position stands for, null where it stands for none;
        position + 1 where they are not given.
    """
    positions = list(rows)
    problems = [
        Problem(say(row), remedy, file, row + 1 if numbers is None else numbers[row], place)
        for row in positions[:SHOWN]
    ]
    if len(positions) > SHOWN:
        more = counted(len(positions) - SHOWN, "more row is", "more rows are")
        problems.append(Problem(f"{more} refused for the same reason", "", file, place=place))
    return problems


def missing_correspondence(have: Geography, need: Geography) -> Problem:
    """Say which correspondence is needed between two geographies that were mixed.

    Parameters
    ----------
    have
        The geography of what is there.
    need
        The geography that is needed.

    Examples
    --------
    >>> print(missing_correspondence(Geography("lsoa", 2011), Geography("lsoa", 2021)))
    areas of lsoa11 are used where areas of lsoa21 are needed; state a correspondence from lsoa11 to
    lsoa21
    """
    return Problem(
        f"areas of {have} are used where areas of {need} are needed",
        f"state a correspondence from {have} to {need}",
    )
