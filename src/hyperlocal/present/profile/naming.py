"""What the files of profiles are called, and which group is meant by a name."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Sequence

import polars as pl

from hyperlocal.analysis.groups import Groups
from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.errors import Problem, ResultsError

LONGEST = 80
"""No file name is longer, without its ending: some systems refuse paths over 260 letters."""
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{kind}{n}" for kind in ("com", "lpt") for n in range(10)),
}
"""Names that Windows keeps for devices, whatever their ending."""
TAKEN = {"index"}
"""What the page of all profiles is called."""
NEAR = 5
ANY_OF = "there are"
"""How a hint begins that names the first groups, where none is near to what was asked for."""


def plain(text: str) -> str:
    """Write a name as it is compared: no accents, no capitals, one space between words.

    Examples
    --------
    >>> plain(" Ynys  Môn"), plain("Rhŷd-ddu")
    ('ynys mon', 'rhyd-ddu')
    """
    parted = unicodedata.normalize("NFKD", " ".join(text.split()).casefold())
    return "".join(one for one in parted if not unicodedata.combining(one))


def slug(text: str) -> str:
    """Write a text with letters, digits and hyphens alone, as any system takes it in a file name.

    Examples
    --------
    >>> slug("Rhondda Cynon Taf/Ŵyr"), slug("King’s Lynn & West Norfolk"), slug("../..")
    ('rhondda-cynon-taf-wyr', 'kings-lynn-west-norfolk', '')
    """
    bare = plain(text).replace("'", "").replace("’", "")
    return re.sub(r"[^a-z0-9]+", "-", bare).strip("-")


def file_names(groups: Groups) -> list[str]:
    """Return what the files of each group's profile are called, without an ending.

    Parameters
    ----------
    groups
        The groups.

    Returns
    -------
    list of str
        ``<code>-<name>`` for each, in their order: safe on every system, no two the same whatever
        their case. The code keeps its capitals.

    Examples
    --------
    ``E08000034-kirklees``.
    """
    taken = set(TAKEN)
    found = []
    for code, name in zip(groups.codes, groups.names, strict=True):
        named = "" if name is None or slug(name) == slug(code) else slug(name)
        stem = "-".join(filter(None, (_code(code), named)))[:LONGEST].strip("-") or "group"
        if stem.casefold() in RESERVED:
            stem += "-group"
        unique, times = stem, 1
        while unique.casefold() in taken:
            times += 1
            unique = f"{stem[: LONGEST - 1 - len(str(times))]}-{times}"
        taken.add(unique.casefold())
        found.append(unique)
    return found


def _code(code: str) -> str:
    """Write a code as a part of a file name; its capitals stay."""
    bare = unicodedata.normalize("NFKD", code)
    return re.sub(r"[^A-Za-z0-9_]+", "-", "".join(one for one in bare if one.isascii())).strip("-")


def choose(groups: Groups, asked: str) -> str:
    """Return the code of the group that is meant by a code or a name.

    Parameters
    ----------
    groups
        The groups.
    asked
        The code or the name, whatever its case, accents and spaces.

    Raises
    ------
    ResultsError
        Where there is no such group, or there are several.

    Examples
    --------
    ``choose(groups, "ynys mon")`` is the code of Ynys Môn.
    """
    codes = groups.codes.to_list()
    names = [name or "" for name in groups.names]
    for known in (codes, names):
        for want, read in ((asked, str), (plain(asked), plain)):
            found = [code for code, text in zip(codes, known, strict=True) if read(text) == want]
            if len(found) == 1 and want:
                return str(found[0])
            if found and want:
                said = f"{len(found)} groups are called {asked!r}"
                raise ResultsError(Problem(said, f"name one of {', '.join(found[:NEAR])}"))
    near = _near(asked, codes, names)
    hint = f"near are {', '.join(near)}" if near else f"{ANY_OF} {_some(groups)}"
    raise ResultsError(Problem(f"there is no group {asked!r} of {groups.by}", hint))


def find_group(larger: Sequence[LargerAreas], asked: str) -> tuple[str, str]:
    """Return the kind and the code of the group that is meant by a code or a name.

    Parameters
    ----------
    larger
        The kinds of larger areas, the smallest first.
    asked
        The code or the name, as of `choose`.

    Raises
    ------
    ResultsError
        Where there is no such group, or there are several of different codes.

    Examples
    --------
    ``find_group(publication.larger, "kirklees")`` is ``("ltla24", "E08000034")``.
    """
    found: list[tuple[str, str]] = []
    problems: list[Problem] = []
    for kind in larger:
        try:
            found.append((kind.id, choose(kind.groups, asked)))
        except ResultsError as error:
            problems += error.problems
    if not found:
        none = Problem("no larger areas are known", "name a lookup of districts or of other groups")
        near = [one for one in problems if not one.remedy.startswith(ANY_OF)]
        raise ResultsError(near or problems or none)
    if len({code for _, code in found}) > 1:
        known = " and ".join(f"{code} of {kind}" for kind, code in found)
        raise ResultsError(Problem(f"{asked!r} may be {known}", "name it by its code"))
    return found[0]


def _near(asked: str, codes: Sequence[str], names: Sequence[str]) -> list[str]:
    """Name a few groups that may have been meant: by their names first, then by their codes."""
    want = plain(asked)
    if not want:
        return []
    by_name = [(plain(n), f"{n} ({code})") for n, code in zip(names, codes, strict=True) if n]
    by_code = [(plain(code), code) for code in codes]
    within = [said for text, said in by_name if want in text]
    alike = [
        said
        for spelt in (by_name, by_code)
        for match in difflib.get_close_matches(want, [text for text, _ in spelt], NEAR, 0.7)
        for text, said in spelt
        if text == match
    ]
    return list(dict.fromkeys(within + alike))[:NEAR]


def _some(groups: Groups) -> str:
    """Name the first groups."""
    pairs = zip(groups.codes, groups.names, strict=True)
    few = [f"{name} ({code})" if name else str(code) for code, name in pairs][:NEAR]
    more = len(groups) - len(few)
    return ", ".join(few) + (f" and {more:,} more" if more > 0 else "")


def title_of(groups: Groups, place: int) -> str:
    """Return the name of a group, exactly; its code where it has no name."""
    return str(pl.Series([groups.names[place], groups.codes[place]]).drop_nulls()[0])
