"""What a definition uses of its inputs."""

from __future__ import annotations

from hyperlocal.definition import Definition
from hyperlocal.definition.correspondences import (
    Changes,
    Correspondence,
    Dwellings,
    Kept,
    Overlap,
    Points,
    Weighted,
    shared_by,
)
from hyperlocal.definition.inputs import Column, Rows
from hyperlocal.definition.source import Path as YamlPath
from hyperlocal.pipeline.headings import Asked


def needed_correspondences(definition: Definition) -> tuple[str, ...]:
    """Return the correspondences by which the indicators' inputs are converted.

    Parameters
    ----------
    definition
        The definition.
    """
    stated = definition.written.correspondences
    taken = {step.name for name in definition.routes for step in definition.routes[name]}
    return tuple(name for name in stated if name in taken)


def boundary_inputs(definition: Definition) -> frozenset[str]:
    """Return the inputs that hold boundaries, which are not read as tables.

    Parameters
    ----------
    definition
        The definition.
    """
    stated = definition.written.correspondences.values()
    drawn = {
        name
        for correspondence in stated
        if isinstance(correspondence, Points | Overlap)
        for name in correspondence.between
    }
    of_areas = definition.areas.boundaries
    return frozenset(drawn | ({of_areas.input} if of_areas is not None else set()))


def code_column(definition: Definition, name: str) -> str:
    """Return the column of the codes of an input, which the table of areas may name otherwise.

    Parameters
    ----------
    definition
        The definition.
    name
        The input.
    """
    table = definition.areas.table
    return table.code if name == table.input and table.code else definition.inputs[name].code


class _Used:
    """Collects the columns that are asked for, by their input."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.columns: dict[str, dict[str, Asked]] = {}

    def use(self, name: str, path: YamlPath, *columns: str | None) -> dict[str, Asked]:
        """Ask for columns of text."""
        place = self.definition.source.place
        asked = self.columns.setdefault(name, self._code(name))
        for column in columns:
            if column:
                asked.setdefault(column, Asked(place(path)))
        return asked

    def use_number(self, name: str, path: YamlPath, column: Column) -> None:
        """Ask for a column of numbers, or a run of them, and for those that choose its rows."""
        asked = self.use(name, (*path, "where"), *column.where)
        place = self.definition.source.place(path)
        run = None if column.column else (column.first, column.last)
        asked.setdefault(column.key, Asked(place, number=True, run=run))

    def _code(self, name: str) -> dict[str, Asked]:
        code = code_column(self.definition, name)
        stated = code == self.definition.inputs[name].code
        at = ("inputs", name, "code") if stated else ("areas", "table", "code")
        asked = {code: Asked(self.definition.source.place(at))}
        rows: Rows = self.definition.inputs[name].where
        for heading in rows:
            path = ("inputs", name, "where", heading)
            asked.setdefault(heading, Asked(self.definition.source.place(path)))
        return asked


def used_columns(
    definition: Definition, kept: frozenset[str] = frozenset()
) -> dict[str, dict[str, Asked]]:
    """Return the columns that a definition uses of each input, the codes first.

    Parameters
    ----------
    definition
        The definition.
    kept
        Correspondences that are there already, and for which no table is read.

    Returns
    -------
    dict
        For each input its columns, each with the place in the definition that asks for it.
    """
    used, areas = _Used(definition), definition.areas
    used.use(areas.table.input, ("areas", "table"))
    if areas.names:
        used.use(areas.names.input, ("areas", "names"), areas.names.column)
    for geography, within in areas.within.items():
        used.use(within.input, ("areas", "within", geography), within.column, within.name)
    _use_correspondences(used, kept)
    for node in definition.read:
        for purpose, columns in node.columns().items():
            for column in columns:
                used.use_number(node.input_of(column) or "", (*node.path, purpose), column)
    return used.columns


def used_by_correspondences(definition: Definition) -> dict[str, dict[str, Asked]]:
    """Return the columns that correspondences are made of, as `used_columns` does.

    Parameters
    ----------
    definition
        The definition.
    """
    used = _Used(definition)
    _use_correspondences(used, frozenset())
    return used.columns


def _use_correspondences(used: _Used, kept: frozenset[str]) -> None:
    for name in needed_correspondences(used.definition):
        if name not in kept:
            path = ("correspondences", name)
            _use_correspondence(used, path, used.definition.written.correspondences[name])


def _use_correspondence(used: _Used, path: YamlPath, correspondence: Correspondence) -> None:
    if isinstance(correspondence, Points | Overlap):
        for place, name in enumerate(correspondence.between):
            used.use(name, (*path, "between", place))
        if isinstance(correspondence, Points):
            points = correspondence.points
            for name in filter(None, (points.x, points.y, points.weight)):
                used.use_number(points.input, (*path, "points"), Column(column=name))
        return
    used.use(correspondence.input, (*path, "column"), correspondence.column)
    if isinstance(correspondence, Changes):
        used.use(correspondence.input, (*path, "change"), correspondence.change)
    if isinstance(correspondence, Weighted):
        share = Column(column=correspondence.share)
        used.use_number(correspondence.input, (*path, "share"), share)
    if isinstance(correspondence, Dwellings):
        dwellings = Column(column=correspondence.dwellings)
        used.use_number(correspondence.input, (*path, "dwellings"), dwellings)
        if correspondence.fallback is not None:
            fallback = correspondence.fallback
            used.use(fallback.input, (*path, "fallback", "column"), fallback.column)
    column = shared_by(correspondence)
    if column is not None:
        used.use_number(column.input or correspondence.input, (*path, "share_by"), column)


def saved_file(correspondence: Correspondence) -> str | None:
    """Return where a correspondence is kept once it is built, relative to the data folder."""
    return correspondence.saved if isinstance(correspondence, Kept) else None
