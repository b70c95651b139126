"""Whatever a user names as groups of areas, turned into groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hyperlocal.analysis.groups.lists import from_list, is_list
from hyperlocal.analysis.groups.lookups import Groups, groups_by
from hyperlocal.errors import DataError, Problem
from hyperlocal.pipeline import Results


def groups_for(
    results: Results,
    by: str | Sequence[str] = (),
    overrides: Mapping[str, str] | None = None,
    polygons: str | Path | None = None,
    postcodes: str | Path | None = None,
    boundaries: str | Path | None = None,
    directory: str | Path | None = None,
) -> Groups:
    """Group areas by what is named: a geography, lookups, a list, polygons or postcodes.

    Parameters
    ----------
    results
        The finished index.
    by
        A larger geography that the results state; lookup files, each leading on from the one
        before; or a file that lists areas. Without anything, the first larger geography that the
        results state.
    overrides
        Areas that lie in another group than that says: area to group.
    polygons
        A file of polygons; it needs `boundaries` or `directory`.
    postcodes
        A file of postcodes; it needs `directory`.
    boundaries
        The boundaries of the areas.
    directory
        A directory of postcodes.

    Returns
    -------
    Groups
        Which areas lie in which group, and with what share; notes say which lie in none.

    Raises
    ------
    DataError
        Where several kinds are named, or what a kind needs is missing or has no use; and where the
        files are wrong.
    ResultsError
        Where the results do not state the geography that is named, or none is named and they state
        none.

    Examples
    --------
    ``groups_for(results, "ltla24")``, or ``groups_for(results, ["lookup.csv:ward_code"])``.
    """
    by = [by] if isinstance(by, str) else by
    _refuse_what_does_not_go_together(by, polygons, postcodes, boundaries, directory)
    if polygons is not None:
        from hyperlocal.analysis.groups.drawn import from_polygons

        return from_polygons(results, polygons, boundaries, directory, overrides)
    if postcodes is not None:
        from hyperlocal.analysis.groups.postcodes import from_postcodes

        assert directory is not None
        return from_postcodes(results, postcodes, directory, overrides)
    known = results.definition.areas.within
    if len(by) == 1 and by[0] not in known and Path(by[0]).suffix and is_list(results, by[0]):
        return from_list(results, by[0], overrides)
    return groups_by(results, by, overrides)


def _refuse_what_does_not_go_together(
    by: Sequence[str],
    polygons: str | Path | None,
    postcodes: str | Path | None,
    boundaries: str | Path | None,
    directory: str | Path | None,
) -> None:
    given = {"--by": bool(by), "--polygons": polygons, "--postcodes": postcodes}
    kinds = [option for option, value in given.items() if value]
    problems = []
    if len(kinds) > 1:
        said = f"{' and '.join(kinds)} name different groups"
        problems.append(Problem(said, "give one of them"))
    if boundaries is not None and polygons is None:
        said = "--boundaries has no use without --polygons"
        problems.append(Problem(said, "leave it out, or name the polygons", str(boundaries)))
    if directory is not None and polygons is None and postcodes is None:
        said = "--directory has no use without --postcodes or --polygons"
        problems.append(Problem(said, "leave it out, or name one of them", str(directory)))
    if postcodes is not None and directory is None:
        problems.append(
            Problem(
                "postcodes need a directory that says in which areas they lie",
                "give --directory FILE, such as the ONS Postcode Directory",
                str(postcodes),
            )
        )
    if problems:
        raise DataError(problems)
