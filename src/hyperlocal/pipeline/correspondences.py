"""The correspondences of a definition, built from its inputs or read where they are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.definition import Definition
from hyperlocal.definition.correspondences import (
    AnyCorrespondence,
    Changes,
    Dwellings,
    Nested,
    Overlap,
    Points,
    Weighted,
    inputs_of,
    shared_by,
)
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.routes import Step, ends
from hyperlocal.errors import DataError, HyperlocalError, Problem
from hyperlocal.pipeline.boundaries import boundaries_of
from hyperlocal.pipeline.cells import column_numbers, texts
from hyperlocal.pipeline.tables import (
    Table,
    checksum,
    find_form,
    matching,
    no_rows,
)
from hyperlocal.pipeline.used import (
    boundary_inputs,
    code_column,
    needed_correspondences,
    saved_file,
)

if TYPE_CHECKING:
    from hyperlocal.geography import AreaWeights, Boundaries, Correspondence, Lookup
    from hyperlocal.geography import Points as PointSet


SETTINGS = "settings"
"""The name among the files that a correspondence is made of for what the definition says."""


@dataclass(frozen=True)
class Made:
    """A correspondence, and the record of where it comes from.

    Parameters
    ----------
    correspondence
        The correspondence.
    record
        Its kind, file, number of areas and links, and what it could not place.
    """

    correspondence: Correspondence
    record: dict[str, Any]


class Correspondences:
    """The correspondences that the inputs of a definition need, each made once.

    Parameters
    ----------
    definition
        The definition.
    folder
        The data folder.
    anew
        Whether to build those too that are kept already.
    """

    def __init__(self, definition: Definition, folder: Path, anew: bool = False) -> None:
        self.definition = definition
        self.folder = folder
        self.needed = needed_correspondences(definition)
        stated = definition.written.correspondences
        files = {name: saved_file(stated[name]) for name in self.needed}
        self.kept = {
            name: folder / file
            for name, file in files.items()
            if file and not anew and (folder / file).is_file()
        }
        self.tables: Mapping[str, Table] = {}
        self.made: dict[str, Made] = {}
        self.problems: list[Problem] = []
        self._failed: set[str] = set()
        self._reversed: dict[tuple[str, bool], Correspondence] = {}
        self._checksum = cache(checksum)
        self._look_up_files()

    def _look_up_files(self) -> None:
        """Begin to compute the checksums of what is kept, while the tables are read."""
        stated, inputs = self.definition.written.correspondences, self.definition.inputs
        made_of = {of for name in self.kept for _, of in inputs_of(stated[name])}
        forms = [form for of in sorted(made_of) if (form := find_form(inputs[of], self.folder))]
        if forms:
            pool = ThreadPoolExecutor(1)
            found = {file: pool.submit(checksum, file) for _, file in forms}
            pool.shutdown(wait=False)
            self._checksum = cache(
                lambda file: found[file].result() if file in found else checksum(file)
            )

    def lacks(self) -> frozenset[str]:
        """Return the inputs of boundaries whose files are needed and not there."""
        inputs = self.definition.inputs
        stated = self.definition.written.correspondences
        needed = {
            name
            for correspondence in (stated[key] for key in self.needed if key not in self.kept)
            if isinstance(correspondence, Points | Overlap)
            for name in correspondence.between
        }
        return frozenset(
            name
            for name in needed & boundary_inputs(self.definition)
            if find_form(inputs[name], self.folder) is None
        )

    def make(self, name: str) -> Correspondence | None:
        """Return a correspondence; None where it cannot be made, which is kept in `problems`.

        Parameters
        ----------
        name
            Its name in the definition.
        """
        if name in self._failed:
            return None
        if name not in self.made:
            try:
                self.made[name] = self._load(name) if name in self.kept else self._build(name)
                self._refuse_unplaced(name)
            except HyperlocalError as error:
                self.problems += error.problems
                self._failed.add(name)
                return None
        return self.made[name].correspondence

    def step(self, step: Step, equally: bool = False) -> Correspondence | None:
        """Return the correspondence of one step of a route, turned round where it leads down.

        Parameters
        ----------
        step
            The step.
        equally
            Whether a larger area is shared out equally, whatever the definition says.
        """
        made = self.make(step.name)
        if made is None or not step.down:
            return made
        stated = self.definition.written.correspondences[step.name]
        column = None if equally else shared_by(stated)
        key = (step.name, column is None)
        if key not in self._reversed:
            try:
                self._reversed[key] = self._turned_round(stated, column, made)
            except HyperlocalError as error:
                path = ("correspondences", step.name, "share_by")
                self.problems += [
                    found if found.file else self._at(path, found) for found in error.problems
                ]
                self._failed.add(step.name)
                return None
        return self._reversed[key]

    def _turned_round(
        self, stated: AnyCorrespondence, column: Column | None, made: Correspondence
    ) -> Correspondence:
        if column is None:
            return made.reversed(None, "nothing, so that values can only be copied")
        assert isinstance(stated, Nested)
        weights = self._weights(column.input or stated.input, column)
        return made.reversed(weights.aligned(made.source_codes), weights.of)

    def _at(self, path: tuple[str, ...], found: Problem) -> Problem:
        """Say where in the definition a problem is."""
        return self.definition.source.problem(path, found.message, found.remedy)

    def _load(self, name: str) -> Made:
        from hyperlocal.geography import Correspondence

        file = self.kept[name]
        made = Correspondence.load(file)
        stated = self.definition.written.correspondences[name]
        wanted = ends(stated, dict(self.definition.inputs))
        held = (str(made.source), str(made.target))
        if held != wanted:
            raise DataError(
                Problem(
                    f"leads from {held[0]} to {held[1]}, not from {wanted[0]} to {wanted[1]} as "
                    f"correspondences.{name} does",
                    "delete it, or build it anew with 'hyperlocal correspondences'",
                    str(file),
                )
            )
        if made.made_of.get(SETTINGS) != self._settings(name) or not self._is_of(name, made):
            raise DataError(
                Problem(
                    f"was not made of what correspondences.{name} is made of now: a file or a "
                    "setting has changed",
                    "build it anew with 'hyperlocal correspondences'",
                    str(file),
                )
            )
        return Made(made, self._record(made, str(file), self._checksum(file)))

    def _settings(self, name: str) -> str:
        """Return a checksum of all that the definition says of how a correspondence is made."""
        stated, inputs = self.definition.written.correspondences[name], self.definition.inputs
        said = [stated.model_dump_json(exclude={"title", "saved", "most_unplaced"})]
        said += [
            inputs[of].model_dump_json(
                exclude={"file", "forms", "title", "url", "licence", "attribution"}
            )
            for _, of in inputs_of(stated)
        ]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    def _is_of(self, name: str, made: Correspondence) -> bool:
        """Say whether a kept correspondence was made of the files that are there now."""
        stated = self.definition.written.correspondences[name]
        forms = (find_form(self.definition.inputs[of], self.folder) for _, of in inputs_of(stated))
        known = set(made.made_of.values())
        return all(self._checksum(form[1]) in known for form in forms if form is not None)

    def _build(self, name: str) -> Made:
        stated = self.definition.written.correspondences[name]
        source, target = (
            Geography.from_name(end) for end in ends(stated, dict(self.definition.inputs))
        )
        made = self._of_kind(name, source, target)
        made = replace(made, made_of={**made.made_of, SETTINGS: self._settings(name)})
        return Made(made, self._record(made, "", ""))

    def _record(self, made: Correspondence, file: str, digest: str) -> dict[str, Any]:
        unplaced = made.unplaced
        return {
            "from": str(made.source),
            "to": str(made.target),
            "kind": made.kind,
            "weighted_by": made.weighted_by,
            "file": file,
            "sha256": digest,
            "sources": len(made.source_codes),
            "targets": len(made.target_codes),
            "links": int(made.shares.nnz),
            "sources_not_wholly_placed": int(np.count_nonzero(unplaced > 0)),
            "share_unplaced": float(unplaced.sum() / max(len(unplaced), 1)),
            "left_out": [asdict(records) for records in made.left_out],
            "fell_back": len(made.fell_back),
        }

    def _refuse_unplaced(self, name: str) -> None:
        stated = self.definition.written.correspondences[name]
        try:
            self.made[name].correspondence.refuse_unplaced(stated.most_unplaced)
        except HyperlocalError as error:
            path = ("correspondences", name, "most_unplaced")
            raise DataError([self._at(path, found) for found in error.problems]) from error

    def _of_kind(self, name: str, source: Geography, target: Geography) -> Correspondence:
        from hyperlocal.geography import (
            best_fit,
            changes,
            dwellings,
            nested,
            overlap,
            points_in_both,
            weighted,
        )

        stated = self.definition.written.correspondences[name]
        if isinstance(stated, Nested):
            make = nested if stated.kind == "nested" else best_fit
            return make(self._lookup(stated.input, stated.column), source, target)
        if isinstance(stated, Changes):
            lookup = self._lookup(stated.input, stated.column)
            change = self._texts(stated.input, stated.change)
            column = stated.share_by
            weights = self._weights(column.input or stated.input, column)
            return changes(lookup, change, source, target, weights)
        if isinstance(stated, Weighted):
            lookup = self._lookup(stated.input, stated.column, stated.share)
            return weighted(lookup, source, target)
        if isinstance(stated, Dwellings):
            lookup = self._lookup(stated.input, stated.column, stated.dwellings)
            fallback = None
            if stated.fallback is not None:
                fallback = self._lookup(stated.fallback.input, stated.fallback.column)
            return dwellings(lookup, fallback, source, target)
        here, there = (self._boundaries(of_input) for of_input in stated.between)
        if isinstance(stated, Overlap):
            return overlap(here, there)
        what = stated.points.weight or self.definition.inputs[stated.points.input].title
        return points_in_both(self._points(stated), here, there, what or stated.points.input)

    def _table(self, name: str) -> Table:
        if name not in self.tables:
            # what is wrong with the table itself is reported where it is read
            raise DataError([])
        return self.tables[name]

    def _texts(self, name: str, column: str) -> pl.Series:
        found, problems = texts(self._table(name), column)
        if problems:
            raise DataError(problems)
        return found

    def _numbers(self, name: str, column: Column) -> NDArray[np.float64]:
        missing = self.definition.inputs[name].missing
        found, problems = column_numbers(self._table(name), column, missing)
        if problems:
            raise DataError(problems)
        return found.astype(np.float64, copy=False)

    def _lookup(self, name: str, column: str, weight: str | None = None) -> Lookup:
        from hyperlocal.geography import Lookup

        table = self._table(name)
        weights = None if weight is None else self._numbers(name, Column(column=weight))
        return Lookup(
            self._texts(name, code_column(self.definition, name)),
            self._texts(name, column),
            weights,
            str(table.file),
            table.rows,
            self._checksum(table.file),
        )

    def _points(self, stated: Points) -> PointSet:
        from hyperlocal.geography import Points as PointSet

        points, table = stated.points, self._table(stated.points.input)
        x, y = (self._numbers(points.input, Column(column=name)) for name in (points.x, points.y))
        weights = None
        if points.weight is not None:
            weights = self._numbers(points.input, Column(column=points.weight))
        labels = self._texts(points.input, self.definition.inputs[points.input].code)
        crs = "EPSG:27700" if points.coordinates == "national_grid" else "EPSG:4326"
        digest = self._checksum(table.file)
        return PointSet(labels, x, y, crs, weights, str(table.file), table.rows, digest)

    def _boundaries(self, name: str) -> Boundaries:
        found = boundaries_of(self.definition.inputs[name], self.folder)
        if found is None:
            raise DataError([])  # reported with the inputs
        return found

    def _weights(self, name: str, column: Column) -> AreaWeights:
        """Return the number in each area by which areas are shared out."""
        from hyperlocal.geography import AreaWeights

        table, written = self._table(name), self.definition.inputs[name]
        if column.where:
            keep = matching(table, column.where, self.definition.lists)
            if not keep.any():
                raise DataError(no_rows(table, column.where, self.definition.lists))
            table = table.selected(keep)
        codes, problems = texts(table, code_column(self.definition, name))
        numbers, wrong = column_numbers(table, column, written.missing)
        if problems + wrong:
            raise DataError(problems + wrong)
        held = pl.DataFrame({"code": codes, "number": numbers}).drop_nulls("code")
        if written.duplicate_areas != "refuse":
            one = pl.col("number").sum() if written.duplicate_areas == "sum" else pl.first("number")
            held = held.group_by("code", maintain_order=True).agg(one)
        return AreaWeights(
            held["code"],
            held["number"].to_numpy().astype(float),
            f"{column.key} of {written.title or name}",
            str(table.file),
            self._checksum(table.file),
        )
