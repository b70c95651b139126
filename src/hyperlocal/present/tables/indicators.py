"""The tables of indicators, at the areas at which they may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import column
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up
from hyperlocal.definition.publishing import (
    can_be_suppressed,
    counts_are_altered,
    restricted,
    shown_at,
)
from hyperlocal.methods import FloatArray
from hyperlocal.methods.disclosure import small_counts
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import CONFIDENTIAL, Column, Table, kind_of_numbers
from hyperlocal.present.tables.shown import Places, Shown, shown_values
from hyperlocal.present.words import areas_called, geography_called

ROUNDING = 1e-12
"""By how much a value that nothing moved may differ in its last digits."""
FEW = 5
"""Counts above 0 and below this are those that official tables take to be few."""
COUNTED = {
    "numerator": ("count", "The number that is counted"),
    "denominator": ("counted among", "The number that it is counted among"),
    "observed": ("observed", "The number that is observed"),
}
"""What a count behind an indicator is called in headings, and what it means."""


def indicator_tables(results: Results) -> list[Table]:
    """Return a table for each geography at which indicators may be shown.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    list of Table
        ``indicators_<geography>``, that of the index first: the code and the name of the area,
        then of each indicator ``_value``. Where it was shrunk and is shown exactly ``_shrunk``
        follows, and where counts are rounded or suppressed the counts behind it. Each indicator is
        in one table.

    See Also
    --------
    hyperlocal.definition.publishing : what a definition lets out.

    Examples
    --------
    ::

        [table.name for table in indicator_tables(Results.open("results"))]
    """
    chosen: dict[str, list[ResolvedNode]] = {}
    for node in shown_indicators(results):
        geography = shown_at(results.definition, node)
        if geography is not None and not _is_its_rank(results, node):
            chosen.setdefault(geography, []).append(node)
    order = [results.definition.areas.geography, *results.definition.areas.within]
    tables = (_table(results, at, chosen[at]) for at in order if at in chosen)
    return [table for table in tables if table is not None]


def shown_indicators(results: Results) -> list[ResolvedNode]:
    """Return the indicators in the order of the definition, without counts that rates add up."""
    parts = added_up(results.definition.root)
    nodes = results.definition.root.top_down()
    return [node for node in nodes if node.is_indicator and node.id not in parts]


def left_out_of_indicators(results: Results) -> list[str]:
    """Say which indicators are in no table of indicators, and why.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    list of str
        A sentence for each reason.
    """
    said: dict[str, list[str]] = {}
    for node in shown_indicators(results):
        geography, why = shown_at(results.definition, node), ""
        if geography is None:
            why = "no values are shown, as the definition does not let them out"
        elif _is_its_rank(results, node):
            why = "values that are ranks stand in the table of ranks alone"
        elif shown_values(results, node, Places.at(results, geography)) is None:
            why = (
                f"no values are shown, as nothing is known to average {areas_called(geography)} by"
            )
        if why:
            said.setdefault(why, []).append(node.title)
    return [f"{', '.join(titles)}: {why}" for why, titles in said.items()]


def small_counts_shown(results: Results) -> list[str]:
    """Say which indicators are shown exactly though few people or events are behind some of them.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    list of str
        A sentence for each; empty where the definition has rules for all of them.
    """
    said = []
    for node in shown_indicators(results):
        name = f"{node.id}_numerator"
        exact = not restricted(node) and can_be_suppressed(node.written)
        if not exact or name not in results.areas.columns:
            continue
        few = int(small_counts(column(results, name), FEW).sum())
        if few:
            areas = "area rests" if few == 1 else "areas rest"
            said.append(
                f"{node.title}: {few:,} {areas} on counts under {FEW}, and the definition has no "
                "rule for them (publish)"
            )
    return said


def was_shrunk(results: Results, node: ResolvedNode) -> bool:
    """Say whether shrinkage moved any value of an indicator.

    It moves none where the results have nothing to tell how unsure values are.

    Parameters
    ----------
    results
        The finished index.
    node
        The indicator.
    """
    name = f"{node.id}_shrunk"
    if name not in results.areas.columns:
        return False
    shrunk, value = column(results, name), column(results, f"{node.id}_value")
    return not np.allclose(shrunk, value, rtol=ROUNDING, atol=0, equal_nan=True)


def _is_its_rank(results: Results, node: ResolvedNode) -> bool:
    """Say whether an indicator is made of published ranks, which other tables hold."""
    if restricted(node):
        return False
    value, rank = (column(results, f"{node.id}_{end}") for end in ("value", "rank"))
    return bool(np.array_equal(value, rank, equal_nan=True))


def _table(results: Results, geography: str, nodes: Sequence[ResolvedNode]) -> Table | None:
    places = Places.at(results, geography)
    columns, values = _named(places)
    first = len(columns)
    marks: dict[str, pl.Series] = {}
    notes: list[str] = []
    for node in nodes:
        shown = shown_values(results, node, places)
        if shown is None:
            continue
        for what, numbers, hidden in _of_indicator(results, node, places, shown):
            columns.append(what)
            values.append(pl.Series(what.name, numbers, nan_to_null=True))
            if hidden.any():
                marks[what.name] = _marked(hidden)
        notes += _notes(node, shown)
    if len(columns) == first:
        return None
    nowhere = int((places.of < 0).sum())
    if nowhere:
        notes.append(f"{nowhere:,} areas lie in none of these and are in no value")
    about = "The values that the index is made of, one row for each area."
    if not places.own:
        about = (
            "Values of indicators that may be shown for larger areas only. They are made of the "
            f"numbers of {areas_called(results.definition.areas.geography)}, which the index uses."
        )
    return Table(
        name=f"indicators_{geography}",
        title=f"{results.definition.title}: indicators of {areas_called(geography)}",
        about=about,
        columns=tuple(_told_apart(columns)),
        rows=pl.DataFrame(values),
        keys=(columns[0].name,),
        marks=marks,
        notes=tuple(dict.fromkeys(notes)),
        source=results.definition.written.publisher,
    )


def _named(places: Places) -> tuple[list[Column], list[pl.Series]]:
    """Return the columns that tell which area a row is about."""
    called = geography_called(places.geography)
    prefix = "area" if places.own else places.geography
    columns = [Column(f"{prefix}_code", f"{called} code", "The code of the area")]
    values = [places.codes.alias(f"{prefix}_code")]
    if places.names is not None:
        columns.append(Column(f"{prefix}_name", f"{called} name", "The name of the area"))
        values.append(places.names.alias(f"{prefix}_name"))
    if not places.own:
        name, heading = f"{prefix}_areas", "Areas"
        columns.append(Column(name, heading, "How many areas of the index lie in it", "whole"))
        values.append(pl.Series(name, places.areas))
    return columns, values


def _of_indicator(
    results: Results, node: ResolvedNode, places: Places, shown: Shown
) -> Iterator[tuple[Column, FloatArray, NDArray[np.bool_]]]:
    """Yield the columns of an indicator: counts that are shown, its value, and as it was shrunk."""
    for name, (numbers, hidden) in shown.counts.items():
        heading, meaning = COUNTED[name]
        told = Column(
            f"{node.id}_{name}",
            f"{node.title}: {heading}",
            f"{node.title}: {meaning[:1].lower()}{meaning[1:]}{_altered(node)}",
            kind_of_numbers(pl.Series(numbers)),
            decimals=1,
            node=node.id,
        )
        yield told, numbers, hidden
    said = node.written.description or node.title
    value = Column(
        f"{node.id}_value",
        node.title,
        f"{said.rstrip('.')}{f', {shown.how}' if shown.how else ''}{_altered(node)}",
        "number",
        unit=node.written.unit,
        node=node.id,
    )
    yield value, shown.value, shown.hidden
    name = f"{node.id}_shrunk"
    if places.own and not counts_are_altered(node) and was_shrunk(results, node):
        larger = areas_called(node.settings.shrink_to, 1)
        shrunk = Column(
            name,
            f"{node.title}, after shrinkage",
            f"{said.rstrip('.')}: drawn towards the value of the {larger}, as the index uses it",
            "number",
            unit=node.written.unit,
            node=node.id,
        )
        yield shrunk, column(results, name), np.zeros(shown.value.size, bool)


def _altered(node: ResolvedNode) -> str:
    base = node.settings.publish.round_to
    return "" if base == "none" else f" (counts rounded to the nearest {base})"


def _notes(node: ResolvedNode, shown: Shown) -> Iterator[str]:
    """Yield what a reader must know of the numbers of an indicator."""
    publish = node.settings.publish
    if publish.round_to != "none":
        yield (
            f"{node.title}: counts are rounded to the nearest {publish.round_to}, and the value is "
            "computed from the rounded counts; they need not add up"
        )
    if publish.suppress_below != "none":
        most = publish.suppress_below - 1
        yield f"{node.title}: not shown where it rests on 1 to {most} people or events; 0 is shown"
    if shown.how:
        yield f"{node.title}: {shown.how}"
    lacking = int((np.isnan(shown.value) & ~shown.hidden).sum())
    if lacking and restricted(node):
        yield f"{node.title}: {lacking:,} without a value, as numbers behind it are missing or 0"


def _marked(hidden: NDArray[np.bool_]) -> pl.Series:
    return pl.select(pl.when(pl.Series(hidden)).then(pl.lit(CONFIDENTIAL))).to_series()


def _told_apart(columns: Sequence[Column]) -> Iterator[Column]:
    """Yield columns so that each has a heading of its own."""
    seen: set[str] = set()
    for one in columns:
        heading = one.heading if one.heading not in seen else f"{one.heading} ({one.name})"
        seen.add(heading)
        yield Column(one.name, heading, one.meaning, one.kind, one.unit, one.decimals, one.node)
