"""The tables of a definition lined up with its areas, over correspondences where need be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.areas import Geography
from hyperlocal.definition import Definition
from hyperlocal.definition.inputs import Column
from hyperlocal.definition.inputs import Wanted as WantedRows
from hyperlocal.definition.routes import placed_by
from hyperlocal.errors import DataError, HyperlocalError, Problem
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline.area_list import AreaList
from hyperlocal.pipeline.cells import SHOWN, texts
from hyperlocal.pipeline.conversion import POSTCODE, Conversion, compose
from hyperlocal.pipeline.correspondences import Correspondences
from hyperlocal.pipeline.joining import (
    ABSENT,
    Alignment,
    InputRecord,
    Wanted,
    align,
    refuse_blank_codes,
    refuse_strange_codes,
)
from hyperlocal.pipeline.tables import Table, checksum, matching, no_rows
from hyperlocal.pipeline.used import code_column

RowsKey = tuple[tuple[str, WantedRows], ...]
UNPLACED = {
    "input": pl.String,
    "area_code": pl.String,
    "reason": pl.String,
    "share": pl.Float64,
}


def rows_key(column: Column) -> RowsKey:
    """Return what tells the rows that a column uses from those that others use."""
    return tuple(column.where.items())


@dataclass(frozen=True)
class View:
    """The rows of a table that are used together, and the areas that they belong to.

    Parameters
    ----------
    table
        The table with these rows alone.
    places
        The place of each of them in the table as it was read.
    codes
        Their area codes.
    alignment
        Which row belongs to which area (of the conversion, where there is one).
    conversion
        How those areas become the areas of the index; None where they are these.
    """

    table: Table
    places: NDArray[np.int64]
    codes: pl.Series
    alignment: Alignment
    conversion: Conversion | None

    @cached_property
    def unknown(self) -> NDArray[np.int64]:
        """The rows of areas that the correspondence should know and does not."""
        without = np.flatnonzero(self.alignment.areas == ABSENT)
        if self.conversion is None or not len(without):
            return np.empty(0, dtype=np.int64)
        unknown = self.conversion.unknown(self.codes.gather(without))
        rows: NDArray[np.int64] = without[unknown.to_numpy()]
        return rows


class Views:
    """All tables of a definition, lined up with its areas.

    Parameters
    ----------
    definition
        The definition.
    tables
        Its tables, as read.
    correspondences
        Its correspondences.

    Raises
    ------
    DataError
        Where there is no area at all; all else that is wrong is kept in `problems`.
    """

    def __init__(
        self,
        definition: Definition,
        tables: dict[str, Table],
        correspondences: Correspondences,
    ) -> None:
        self.definition = definition
        self.tables = tables
        self.correspondences = correspondences
        self.problems: list[Problem] = []
        self.records: dict[str, InputRecord] = {}
        self.views: dict[tuple[str, RowsKey], View] = {}
        self._codes: dict[str, pl.Series] = {}
        self._conversions: dict[str, Conversion | None] = {}
        self.areas = self._area_list()
        hashed = cache(checksum)
        for name, table in tables.items():
            self._record(name, table, hashed(table.file))
        self.areas, self._within = self._with_larger_areas(self.areas)
        self._line_up_indicators()
        self.problems += correspondences.problems
        self._complete_records()

    def get(self, name: str, column: Column) -> View | None:
        """Return the rows that a column uses; None where they could not be lined up."""
        return self.views.get((name, rows_key(column)))

    def unplaced(self) -> pl.DataFrame:
        """Return the areas that conversion could not place, wholly or in part.

        Returns
        -------
        polars.DataFrame
            Columns ``input``, ``area_code``, ``reason`` and ``share`` (of the area, 0 to 1).
        """
        parts = [pl.DataFrame(schema=UNPLACED)]
        for (name, _), view in self.views.items():
            if view.conversion is None:
                continue
            lost = view.conversion.unplaced
            codes = view.conversion.codes.filter(pl.Series(lost > 0))
            parts.append(_listed(name, codes, "it lies in no area", lost[lost > 0]))
            for reason, rows in view.alignment.dropped.items():
                if reason.startswith("area is not in"):
                    parts.append(_listed(name, view.codes.gather(rows), reason, np.ones(len(rows))))
        return pl.concat(parts).unique(maintain_order=True)

    def _texts(self, name: str, column: str) -> pl.Series:
        text, problems = texts(self.tables[name], column)
        self.problems += problems
        return text

    def _area_list(self) -> AreaList:
        areas = self.definition.areas
        name = areas.table.input
        table, column = self.tables[name], code_column(self.definition, name)
        codes, problems = refuse_strange_codes(table, column, self._texts(name, column))
        self.problems += problems
        self._codes[name] = codes
        excluded = pl.Series([exclusion.code for exclusion in areas.exclude], dtype=pl.String)
        for code in excluded.filter(~excluded.is_in(codes.to_list())):
            self.problems.append(
                table.problem(f"the excluded area {code} is not in the table of areas")
            )
        kept = codes.drop_nulls()
        kept = kept.filter(~kept.is_in(excluded.to_list())).unique().sort()
        if kept.is_empty():
            excluded_all = table.problem("no area is left: all are excluded", column=column)
            raise DataError(self.problems or excluded_all)
        counted = sum(exclusion.counts_in_n for exclusion in areas.exclude)
        unnamed = pl.Series([None] * len(kept), dtype=pl.String)
        return AreaList(kept.alias("area_code"), unnamed, {}, excluded, counted)

    def _record(self, name: str, table: Table, digest: str) -> None:
        """Begin the record of an input, and read its codes."""
        column = code_column(self.definition, name)
        if name not in self._codes:
            self._codes[name] = self._read_codes(name, column)
        codes = self._codes[name]
        rows = len(codes) + table.blank_rows + table.other_rows
        record = InputRecord(str(table.file), digest, rows)
        raw = table.frame[column]
        if raw.dtype == pl.String:
            record.codes_trimmed = int((raw != codes).fill_null(False).sum())
        route = self.definition.routes[name]
        record.conversion = [str(step) for step in route]
        self.records[name] = record

    def _read_codes(self, name: str, column: str) -> pl.Series:
        """Return the codes of an input; postcodes in their usual form where they have one."""
        codes = self._texts(name, column)
        if Geography.from_name(self.definition.inputs[name].geography).kind != POSTCODE:
            return codes
        from hyperlocal.geography import clean_postcodes

        return pl.select(pl.coalesce(clean_postcodes(codes), codes)).to_series()

    def _line_up(self, name: str, key: RowsKey = ()) -> View | None:
        """Line the rows of a table up with the areas; None where it cannot be."""
        if (name, key) in self.views:
            return self.views[name, key]
        if name not in self.tables:
            return None
        table, codes, written = self.tables[name], self._codes[name], self.definition.inputs[name]
        places = np.arange(len(codes))
        if key:
            keep = matching(table, dict(key), self.definition.lists)
            if not keep.any():
                self.problems += no_rows(table, dict(key), self.definition.lists)
                return None
            table, codes, places = (
                table.selected(keep),
                codes.filter(keep),
                places[keep.to_numpy()],
            )
        conversion = None
        wanted = Wanted(self.areas.codes, self.areas.excluded)
        if self.definition.routes[name]:
            conversion = self.conversion(name)
            if conversion is None:
                return None
            geography = written.geography
            wanted = Wanted(
                conversion.codes,
                conversion.excluded,
                f"{geography} in the index",
                conversion.reaches,
            )
        column = code_column(self.definition, name)
        if name != self.definition.areas.table.input:  # its codes were looked at before
            self.problems += refuse_blank_codes(table, column, codes)
        alignment, problems = align(table, written, column, codes, wanted)
        view = View(table, places, codes, alignment, conversion)
        self.problems += problems or _refuse_unknown(view, name, column, written.most_unplaced)
        self.views[name, key] = view
        return view

    def conversion(self, name: str) -> Conversion | None:
        """Return how an input, or a table of records, becomes the areas of the index.

        Parameters
        ----------
        name
            The input or the table of records, which has a route.

        Returns
        -------
        Conversion or None
            None where it cannot be made, which is kept in `problems`.
        """
        placed = placed_by(self.definition.written, name)
        assert placed is not None
        by = f"{placed.geography} {placed.through}"
        if by not in self._conversions:
            route = self.definition.routes[name]
            try:
                self._conversions[by] = compose(
                    route, self.correspondences, self.definition, self._within, self.areas.codes
                )
            except HyperlocalError as error:
                section = ("inputs",) if name in self.definition.inputs else ("records",)
                path = (*section, name, "geography")
                place = self.definition.source.problem
                self.problems += [place(path, each.message, each.remedy) for each in error.problems]
                self._conversions[by] = None
        return self._conversions[by]

    def _line_up_indicators(self) -> None:
        """Line up every table that an indicator takes columns from."""
        for node in self.definition.read:
            for purpose, columns in node.columns().items():
                for column in columns:
                    name = node.input_of(column) or ""
                    written = self.definition.inputs[name]
                    if written.optional and name not in self.tables:
                        if node.role == "populations":
                            continue
                        self.problems.append(
                            self.definition.source.problem(
                                (*node.path, purpose),
                                f"needs the input {name!r}, which is optional and not there",
                                f"put {written.accepted_forms()[0].file} into the data folder",
                            )
                        )
                    self._line_up(name, rows_key(column))

    def _complete_records(self) -> None:
        """Count the rows of each input that are used by any view, and why the others are not."""
        for name, record in self.records.items():
            table = self.tables[name]
            views = [view for (of, _), view in self.views.items() if of == name]
            reasons = {"the row is blank": table.blank_rows, "other rows": table.other_rows}
            used = np.zeros(len(self._codes[name]), dtype=bool)
            dropped: dict[str, NDArray[np.bool_]] = {}
            for view in views:
                kept = np.ones(len(view.places), dtype=bool)
                for reason, rows in view.alignment.dropped.items():
                    mask = dropped.setdefault(reason, np.zeros(len(used), dtype=bool))
                    mask[view.places[rows]] = True
                    kept[rows] = False
                used[view.places[kept]] = True
                without = view.alignment.rows == ABSENT
                record.areas_without_row = max(record.areas_without_row, int(without.sum()))
            for reason, mask in dropped.items():
                reasons[reason] = int((mask & ~used).sum())
            if views:
                spoken_for = np.logical_or.reduce([used, *dropped.values()])
                reasons["other rows"] += int((~spoken_for).sum())
            else:
                used[:] = True
            record.rows_used = int(used.sum())
            record.rows_dropped = {reason: rows for reason, rows in reasons.items() if rows}

    def _with_larger_areas(
        self, areas: AreaList
    ) -> tuple[AreaList, dict[str, tuple[pl.Series, pl.Series]]]:
        """Return the areas with names and larger areas; and the larger areas of excluded ones."""
        written = self.definition.areas
        names = self._text(written.names.input, written.names.column) if written.names else None
        within: dict[str, tuple[pl.Series, pl.Series | None]] = {}
        known: dict[str, tuple[pl.Series, pl.Series]] = {}
        for geography, place in written.within.items():
            codes = self._text(place.input, place.column)
            if codes is None:
                continue
            self._refuse_without(geography, place.input, place.column, codes)
            name = self._text(place.input, place.name) if place.name else None
            within[geography] = (codes, name)
            pairs = pl.DataFrame(
                {"code": self._codes[place.input], "larger": self._texts(place.input, place.column)}
            ).drop_nulls()
            kept = pl.concat([areas.codes, areas.excluded]).implode()
            pairs = pairs.filter(pl.col("code").is_in(kept)).unique("code", keep="first")
            known[geography] = (pairs["code"], pairs["larger"])
        shown = areas.names if names is None else names
        list_of_areas = AreaList(
            areas.codes, shown.alias("area_name"), within, areas.excluded, areas.counted
        )
        return list_of_areas, known

    def _refuse_without(self, geography: str, name: str, column: str, codes: pl.Series) -> None:
        missing = codes.is_null().arg_true().to_list()
        for area in missing[:SHOWN]:
            row = int(self.views[name, ()].alignment.rows[area])
            self.problems.append(
                self.tables[name].problem(
                    f"{self.areas.codes[area]} has no {geography}",
                    "each area must lie in a larger one",
                    None if row == ABSENT else row,
                    column,
                )
            )
        if len(missing) > SHOWN:
            more = f"{len(missing) - SHOWN:,} more areas have no {geography}"
            self.problems.append(self.tables[name].problem(more, column=column))

    def _text(self, name: str, column: str) -> pl.Series | None:
        view = self._line_up(name)
        return None if view is None else view.alignment.texts(self._texts(name, column))


def _refuse_unknown(view: View, name: str, column: str, most: float) -> list[Problem]:
    """Refuse a table of which too many areas are not known to the correspondence."""
    number = len(view.unknown)
    if not number or number <= most * len(view.codes):
        return []
    shown = ", ".join(view.codes.gather(view.unknown[:SHOWN]))
    more = f" and {number - SHOWN:,} more" if number > SHOWN else ""
    areas = "1 area is" if number == 1 else f"{number:,} areas are"
    return [
        view.table.problem(
            f"{areas} not known to the correspondence that converts the table: {shown}{more}",
            "complete the lookup, check the vintage of the codes, or state how large a share may "
            f"be left out as 'most_unplaced' of the input {name!r}",
            int(view.unknown[0]),
            column,
        )
    ]


def _listed(name: str, codes: pl.Series, reason: str, share: FloatArray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "input": [name] * len(codes),
            "area_code": codes.alias("area_code"),
            "reason": [reason] * len(codes),
            "share": share,
        },
        schema=UNPLACED,
    )
