"""The tables with a row per area: what it scores, where it ranks, who lives there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from hyperlocal.analysis.measures import Measure, measures, rank_series
from hyperlocal.analysis.supplied import SUMMARISED, KnownPopulations, LargerAreas, OtherVersion
from hyperlocal.definition.publishing import may_leave
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import Column, Table, kind_of_numbers
from hyperlocal.present.words import Words, areas_called, geography_called

KEY = "area_code"
SCORE_DECIMALS = 3


def areas_table(results: Results, larger: Sequence[LargerAreas]) -> Table:
    """Return the table of all areas: their names, scores, ranks and deciles.

    Parameters
    ----------
    results
        The finished index.
    larger
        The kinds of larger areas that they lie in.

    Returns
    -------
    Table
        ``area_code``, ``area_name``, for each kind of larger areas its ``_code`` and ``_name``,
        then of the index, its domains and sub-domains ``_score``, ``_rank`` and ``_decile``. A
        score that the definition does not let out is left out, with a note.
    """
    words = Words.of(results.definition)
    excluded = results.provenance["excluded"]
    notes = [f"{one['code']} is not in the index: {one['reason']}" for one in excluded]
    columns, values = _named(results)
    for kind in larger:
        found, held = _lies_in(kind)
        columns, values = [*columns, *found], [*values, *held]
    for one in published(results):
        if not may_leave(one.node, "score"):
            notes.append(f"{one.title} has no scores here: the definition does not let them out")
        for what, series in _of_measure(one, words):
            columns.append(what)
            values.append(series)
    return Table(
        name="areas",
        title=f"{results.definition.title}: scores, ranks and deciles of {_areas(results)}",
        about=f"One row for each of the {results.areas.height:,} areas. "
        f"Rank 1 is {words.most}; decile 1 is {words.tenth()}.",
        columns=tuple(columns),
        rows=pl.DataFrame(values),
        keys=(KEY,),
        notes=tuple(notes),
        source=results.definition.written.publisher,
    )


def transformed_table(results: Results) -> Table | None:
    """Return the exponentially transformed ranks, for those who weigh again; None without any.

    Parameters
    ----------
    results
        The finished index.

    Returns
    -------
    Table or None
        ``area_code``, ``area_name``, and ``_transformed`` of every domain and sub-domain whose
        transformed rank is added up.
    """
    columns, values = _named(results)
    for one in published(results):
        name = f"{one.id}_transformed"
        if name not in results.areas.columns or not may_leave(one.node, "transformed"):
            continue
        columns.append(
            Column(
                name,
                f"{one.title}: transformed rank",
                f"The exponentially transformed rank in {one.title}, from 0 to 100; "
                f"high is more {Words.of(results.definition).concept}",
                "number",
                node=one.id,
            )
        )
        values.append(results.areas[name])
    if len(columns) == len(_named(results)[0]):
        return None
    return Table(
        name="transformed",
        title=f"{results.definition.title}: exponentially transformed ranks of {_areas(results)}",
        about="What is multiplied by the weights and added up. To weigh the parts of the index "
        "differently, add these numbers up with weights of your own and rank the sums.",
        columns=tuple(columns),
        rows=pl.DataFrame(values),
        keys=(KEY,),
        source=results.definition.written.publisher,
    )


def populations_table(results: Results, known: KnownPopulations) -> Table | None:
    """Return the people, households and so on of every area; None where nobody was counted.

    Parameters
    ----------
    results
        The finished index.
    known
        The populations.

    Returns
    -------
    Table or None
        ``area_code``, ``area_name``, and a column for each population.
    """
    if not known.columns:
        return None
    columns, values = _named(results)
    for name, counted in known.columns.items():
        title, series = known.titles[name], _numbers(f"{name}_population", counted)
        kind = kind_of_numbers(series)
        columns.append(Column(series.name, title, f"{title}: number in the area", kind))
        values.append(series)
    return Table(
        name="populations",
        title=f"{results.definition.title}: population denominators of {_areas(results)}",
        about="What summaries of larger areas weigh the areas by, and what else was counted.",
        columns=tuple(columns),
        rows=pl.DataFrame(values),
        keys=(KEY,),
        source=results.definition.written.publisher,
    )


def changes_table(results: Results, version: OtherVersion) -> Table:
    """Return where every area stood in another version of the index.

    Parameters
    ----------
    results
        The finished index.
    version
        The other version, brought to the areas of this one.

    Returns
    -------
    Table
        ``area_code``, ``area_name``, and of each node that both have ``_rank_then``,
        ``_decile_then`` and ``_deciles_moved``: above 0 where the area is less in need, beside the
        others, than it was then.
    """
    words = Words.of(results.definition)
    columns, values = _named(results)
    for one in published(results):
        if one.id not in version.ranks:
            continue
        then = rank_series(version.ranks[one.id]), rank_series(version.deciles[one.id])
        moved = rank_series(one.decile - version.deciles[one.id])
        for end, heading, series in (
            ("rank_then", f"rank in {version.title}", then[0]),
            ("decile_then", f"decile in {version.title}", then[1]),
            ("deciles_moved", "deciles moved since", moved),
        ):
            meaning = f"{one.title}: {heading}"
            if end == "deciles_moved":
                meaning += f"; above 0 is less {words.concept}, beside other areas, than before"
            name = f"{one.id}_{end}"
            columns.append(
                Column(
                    name,
                    f"{one.title}: {heading}",
                    meaning,
                    kind_of_numbers(series),
                    decimals=1,
                    node=one.id,
                )
            )
            values.append(series.alias(name))
    return Table(
        name=f"changes_{version.id}",
        title=f"{results.definition.title}: where {_areas(results)} stood in {version.title}",
        about="Ranks tell how an area stands beside the others. One whose rank has fallen may be "
        "better or worse off than before.",
        columns=tuple(columns),
        rows=pl.DataFrame(values),
        keys=(KEY,),
        source=results.definition.written.publisher,
    )


def published(results: Results) -> list[Measure]:
    """Return the nodes whose ranks are published: the index, its domains and sub-domains."""
    return [one for one in measures(results, roles=SUMMARISED) if may_leave(one.node, "rank")]


def _areas(results: Results) -> str:
    return areas_called(results.definition.areas.geography)


def _named(results: Results) -> tuple[list[Column], list[pl.Series]]:
    """Return the columns that tell which area a row is about."""
    called = geography_called(results.definition.areas.geography)
    columns = [
        Column(KEY, f"{called} code", "The code of the area"),
        Column("area_name", f"{called} name", "The name of the area"),
    ]
    return columns, [results.areas[one.name] for one in columns]


def _lies_in(kind: LargerAreas) -> tuple[list[Column], list[pl.Series]]:
    """Return the code and the name of the larger area that most of each area lies in."""
    called = geography_called(kind.id)
    at = pl.Series(kind.of).cast(pl.Int64)
    at = at.set(at < 0, None)
    columns = [
        Column(f"{kind.id}_code", f"{called} code", f"The {areas_called(kind.id, 1)} it lies in"),
        Column(f"{kind.id}_name", f"{called} name", "Its name"),
    ]
    held = (kind.groups.codes, kind.groups.names)
    values = [
        series.gather(at.cast(pl.UInt32)).alias(one.name)
        for one, series in zip(columns, held, strict=True)
    ]
    return columns, values


def _of_measure(one: Measure, words: Words) -> Iterator[tuple[Column, pl.Series]]:
    """Yield the score, rank and decile of a node."""
    if one.score_column and may_leave(one.node, "score"):
        yield (
            Column(
                f"{one.id}_score",
                f"{one.title}: {_scored(one)}",
                f"The {_scored(one)} of {one.title}; {_direction(one, words)}",
                "number",
                unit=one.node.written.unit,
                decimals=SCORE_DECIMALS,
                node=one.id,
            ),
            _numbers(f"{one.id}_score", one.score),
        )
    for end, values, top, among in (
        ("rank", one.rank, words.most, f" among {one.number:,}"),
        ("decile", one.decile, words.tenth(), ""),
    ):
        series = rank_series(values).alias(f"{one.id}_{end}")
        heading = f"{one.title}: {end} (1 is {top})"
        meaning = f"The {end} in {one.title}{among}; 1 is {top}"
        yield (
            Column(series.name, heading, meaning, kind_of_numbers(series), decimals=1, node=one.id),
            series,
        )


def _scored(one: Measure) -> str:
    """Say what the score of a node is."""
    transformed = one.node.settings.published_score == "transformed_rank"
    return "score (transformed rank, 0 to 100)" if transformed else "score"


def _direction(one: Measure, words: Words) -> str:
    return f"high is {'more' if one.is_need else 'less'} {words.concept}"


def _numbers(name: str, values: FloatArray) -> pl.Series:
    return pl.Series(name, values, nan_to_null=True)
