"""The larger areas that the areas of an index lie in: districts, regions, whatever is named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from hyperlocal.analysis.beside import code_heading
from hyperlocal.analysis.groups import Groups, file_and_column, groups_for
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.errors import DataError, HyperlocalError, Problem
from hyperlocal.pipeline import Results

OWN = "area"
"""What the columns of the areas themselves begin with."""
_ENDS = re.compile(r"[_ ]?(code|cd)$")


@dataclass(frozen=True, eq=False)
class LargerAreas:
    """Larger areas of one kind, such as districts.

    Parameters
    ----------
    id
        What they are called: ``ltla24``.
    groups
        The larger areas, with the areas that lie in each.
    of : shape (areas,)
        The place of the one that most of each area lies in; -1 where it lies in none.
    """

    id: str
    groups: Groups
    of: NDArray[Any]


def identifier(text: str) -> str:
    """Return a text as an identifier that can name a file.

    Examples
    --------
    >>> identifier("LAD23CD"), identifier("../ltla24_code"), identifier("2019 (old)")
    ('lad23', 'ltla24', 'x2019_old')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", _ENDS.sub("", text.lower())).strip("_")
    return plain if plain[:1].isalpha() else f"x{plain}"


def read_larger_areas(
    results: Results,
    chains: Sequence[Sequence[str]],
    overrides: Mapping[str, str] | None = None,
) -> list[LargerAreas]:
    """Read the kinds of larger areas, the smallest first.

    Parameters
    ----------
    results
        The finished index.
    chains
        For each kind beside those that the results state: a geography of the results or lookup
        files, each leading on from the one before. The first is that of districts.
    overrides
        Areas that lie in another district than that says: area to district.

    Returns
    -------
    list of LargerAreas
        The kinds.

    Raises
    ------
    DataError
        With all that is wrong in all lookups, or where two kinds are called the same.

    Examples
    --------
    Districts that the results state, and regions by a lookup::

        larger = read_larger_areas(Results.open("results"), [["ltla24", "regions.csv:RGN24CD"]])
        [one.id for one in larger]
    """
    found: dict[str, Groups] = {}
    problems: list[Problem] = []
    stated = [[geography] for geography in results.definition.areas.within]
    districts = next((list(chain) for chain in (*chains[:1], *stated) if chain), [])
    for chain in [*stated, *(list(chain) for chain in chains if chain)]:
        try:
            groups = groups_for(results, chain, overrides if chain == districts else None)
        except HyperlocalError as error:
            problems += error.problems
            continue
        name = _name(groups)
        if name == OWN:
            said = f"larger areas cannot be called {name!r}: the areas of the index are"
            problems.append(Problem(said, "give the column of their codes another name", groups.by))
        elif name not in found:
            found[name] = groups
        elif chain not in stated:
            said = f"larger areas are called {name!r} already"
            problems.append(Problem(said, "leave one of them out", groups.by))
    if problems:
        raise DataError(problems)
    areas = results.areas.height
    kinds = [
        LargerAreas(name, groups, main_groups(groups, areas)["group"].fill_null(-1).to_numpy())
        for name, groups in found.items()
    ]
    return sorted(kinds, key=lambda one: (-len(one.groups), one.id))


def _name(groups: Groups) -> str:
    """Return the id of a kind of larger areas: the geography, or the column of the last table."""
    read = list(groups.made_of.values())
    if read and "to" in read[-1]:
        return identifier(str(read[-1]["to"]))
    return identifier(Path(groups.by).stem if read else groups.by)


def leading_on(results: Results, chain: Sequence[str], first: Sequence[str]) -> list[str]:
    """Return a chain of lookups, led on from another where it does not begin at the areas.

    Parameters
    ----------
    results
        The finished index.
    chain
        The lookups, such as those of regions.
    first
        The chain that it may lead on from, such as that of districts.

    Examples
    --------
    A lookup of districts and regions alone leads on from that of districts::

        leading_on(results, ["regions.csv"], ["districts.csv"])  # both, in this order
    """
    if not chain or not first or chain[0] in results.definition.areas.within:
        return list(chain)
    try:
        code_heading(file_and_column(chain[0])[0], results.areas["area_code"], "the areas")
    except DataError:  # it holds no codes of areas; what else is wrong is told when it is read
        return [*first, *chain]
    return list(chain)


def read_kinds_of_larger_areas(
    results: Results,
    districts: Sequence[str],
    regions: Sequence[str],
    groups: Sequence[str],
    overrides: Mapping[str, str] | None = None,
) -> list[LargerAreas]:
    """Read each kind of larger areas that the results state or a publisher names.

    Parameters
    ----------
    results
        The finished index.
    districts
        Lookups, ``FILE`` or ``FILE:COLUMN``, each leading on from the one before.
    regions
        The same of regions; they may lead on from districts.
    groups
        More kinds of larger areas, a lookup each, from the areas or from districts.
    overrides
        Areas that lie in another district than the lookup says: area to district.

    Raises
    ------
    DataError
        As of `read_larger_areas`.

    Examples
    --------
    ::

        read_kinds_of_larger_areas(results, ["lookup.csv:LAD24CD"], ["regions.csv"], [])
    """
    first = list(districts) or list(results.definition.areas.within)[:1]
    others = [regions, *((one,) for one in groups)]
    chains = [leading_on(results, chain, first) for chain in others]
    return read_larger_areas(results, [list(districts), *chains], overrides)
