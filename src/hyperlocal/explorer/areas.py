"""The areas of a site and the larger ones that they lie in: codes, names, places."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.beside import code_heading
from hyperlocal.analysis.groups import Groups, file_and_column, groups_for
from hyperlocal.analysis.groups.mostly import main_groups
from hyperlocal.errors import DataError, HyperlocalError, Problem
from hyperlocal.explorer.arrays import write_json
from hyperlocal.pipeline import Results

Names = Mapping[str, str]
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

    @property
    def file(self) -> str:
        """The file of their summaries."""
        return f"districts/{self.id}.json.gz"


def identifier(text: str) -> str:
    """Return a text as an identifier that can name a file.

    Examples
    --------
    >>> identifier("LAD23CD"), identifier("../ltla24_code"), identifier("2019 (old)")
    ('lad23', 'ltla24', 'x2019_old')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", _ENDS.sub("", text.lower())).strip("_")
    return plain if plain[:1].isalpha() else f"x{plain}"


def read_larger_areas(results: Results, chains: Sequence[Sequence[str]]) -> list[LargerAreas]:
    """Read the larger areas of a site, the smallest kind first.

    Parameters
    ----------
    results
        The finished index.
    chains
        For each kind beside those that the results state: a geography of the results or lookup
        files, each leading on from the one before.

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
    for chain in [*stated, *(list(chain) for chain in chains if chain)]:
        try:
            groups = groups_for(results, chain)
        except HyperlocalError as error:
            problems += error.problems
            continue
        name = _name(groups)
        if name not in found:
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


def write_areas(
    folder: Path, results: Results, larger: Sequence[LargerAreas], welsh: Names
) -> None:
    """Write the list of areas into the data folder of a site.

    Parameters
    ----------
    folder
        The data folder.
    results
        The finished index.
    larger
        The kinds of larger areas.
    welsh
        Welsh names by code.
    """
    areas = results.areas
    content = {
        **_listed(areas["area_code"], areas["area_name"], welsh),
        "groups": {
            one.id: {
                **_listed(one.groups.codes, one.groups.names, welsh),
                "of": one.of.tolist(),
            }
            for one in larger
        },
    }
    write_json(folder / "areas.json.gz", content)


def _listed(codes: pl.Series, names: pl.Series, welsh: Names) -> dict[str, Any]:
    in_welsh = [welsh.get(code) for code in codes]
    return {
        "codes": codes.to_list(),
        "names": names.to_list(),
        "names_cy": in_welsh if any(in_welsh) else None,
    }
