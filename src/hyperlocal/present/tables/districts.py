"""The tables with a row per larger area: what need is like in districts, regions and so on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from hyperlocal.analysis.districts import SUMMARIES
from hyperlocal.analysis.populations import Populations
from hyperlocal.analysis.supplied import LargerAreas, OtherVersion, summaries
from hyperlocal.definition.publishing import may_leave
from hyperlocal.pipeline import Results
from hyperlocal.present.tables.model import CONFIDENTIAL, Column, Kind, Table, kind_of_numbers
from hyperlocal.present.words import Words, areas_called, geography_called

EXTENT = (
    "The share of its people, from 0 to 1, who live in areas of the three tenths of most need; "
    "beyond the first tenth they count ever less"
)
LOCAL_CONCENTRATION = (
    "The mean rank of those of its areas of most need that hold a tenth of its people, counted so "
    "that high is more need"
)
WITHHELD = ("average_score", "average_score_rank")


def districts_table(
    results: Results, larger: LargerAreas, weights: Populations | None
) -> tuple[Table | None, list[str]]:
    """Return the summaries of one kind of larger areas.

    Parameters
    ----------
    results
        The finished index.
    larger
        The larger areas.
    weights
        What areas are weighed by; None where nobody was counted.

    Returns
    -------
    tuple
        The table ``districts_<id>``, with a row per measure and larger area, or None where nothing
        can be summarised; and what a reader should know.
    """
    found, notes = summaries(results, larger, weights)
    about = _about(results, larger)
    said = [*weighed_by(results, weights), *notes]
    return _table(results, larger, found, None, about, said), notes


def districts_then_table(
    results: Results, larger: LargerAreas, weights: Populations | None, version: OtherVersion
) -> tuple[Table | None, list[str]]:
    """Return the summaries of one kind of larger areas as they stood in another version.

    Parameters
    ----------
    results
        The finished index.
    larger
        The larger areas.
    weights
        What areas are weighed by; None where nobody was counted.
    version
        The other version, brought to the areas of this one.

    Returns
    -------
    tuple
        The table ``districts_<id>_<version>``, with the columns of ``districts_<id>`` as far as
        they can be computed, or None; and what a reader should know.
    """
    found, notes = version.summaries(results, larger, weights)
    weighed = "" if weights is None else " and with its people"
    about = (
        f"{_about(results, larger)} Computed from the ranks and scores that areas had in "
        f"{version.title}, on the areas of {results.definition.title}{weighed}: what was published "
        "then may differ."
    )
    said = [*weighed_by(results, weights), *notes]
    return _table(results, larger, found, version, about, said), notes


def _about(results: Results, larger: LargerAreas) -> str:
    return (
        f"One row for each measure and each of the {len(larger.groups):,} "
        f"{areas_called(larger.id)}. In every rank, 1 is {Words.of(results.definition).most}."
    )


def weighed_by(results: Results, weights: Populations | None) -> list[str]:
    """Say what areas are weighed by, and in which file it stood.

    Parameters
    ----------
    results
        The finished index.
    weights
        What areas are weighed by; None where nobody was counted.

    Returns
    -------
    list of str
        Empty without weights.
    """
    if weights is None:
        return []
    titled = {one.id: one.title for one in results.definition.populations}
    read = results.provenance["inputs"]

    def told(source: str) -> str:
        if source not in titled:
            file, _, heading = source.rpartition(": ")
            return f"{heading} ({Path(file).name})"
        stated = results.definition.written.populations[source]
        names = {one.input or stated.input for one in stated.column}
        files = sorted(Path(str(read[name]["file"])).name for name in names if name in read)
        return f"{titled[source]} ({', '.join(files)})" if files else titled[source]

    titles = {node.id: node.title for node in results.definition.nodes}
    said = [f"Areas are weighed by {told(str(weights.made_of['general']))}"]
    said += [f"in {titles[node]} by {told(str(weights.made_of[node]))}" for node in weights.of_node]
    return ["; ".join(said)]


def averages_of_ranks(results: Results, found: Collection[str]) -> list[str]:
    """Say of which measures average scores are averages of transformed ranks.

    Parameters
    ----------
    results
        The finished index.
    found
        The ids of the measures that are summarised.

    Returns
    -------
    list of str
        Empty where all have scores of their own.
    """
    of = [
        node.title
        for node in results.definition.nodes
        if node.id in found and node.settings.published_score == "transformed_rank"
    ]
    return [f"Average scores of {', '.join(of)} are averages of transformed ranks"] if of else []


def _table(
    results: Results,
    larger: LargerAreas,
    found: Mapping[str, pl.DataFrame],
    version: OtherVersion | None,
    about: str,
    notes: Sequence[str],
) -> Table | None:
    """Make a table of the summaries of each measure; None where there are none."""
    if not found:
        return None
    titles = {node.id: node.title for node in results.definition.nodes}
    rows = pl.concat(found.values(), how="diagonal_relaxed")
    rows = rows.with_columns(pl.selectors.float().fill_nan(None))
    ranked = [column for name in SUMMARIES for column in (name, f"{name}_rank")]
    rows = rows.select(
        pl.col("measure"),
        pl.col("measure").replace(titles).alias("measure_title"),
        pl.exclude("measure", *ranked),
        *(name for name in ranked if name in rows.columns),
    )
    rows, marks = _withheld(results, rows)
    if "average_score" in rows.columns:
        notes = [*notes, *averages_of_ranks(results, found)]
    title = f"{results.definition.title}: summaries of {areas_called(larger.id)}"
    return Table(
        name=f"districts_{larger.id}" + (f"_{version.id}" if version else ""),
        title=title + (f" in {version.title}" if version else ""),
        about=about,
        columns=_columns(rows, larger, Words.of(results.definition)),
        rows=rows,
        keys=("measure", "group_code"),
        marks=marks,
        notes=tuple(dict.fromkeys([*notes, *larger.groups.notes])),
        source=results.definition.written.publisher,
    )


def _withheld(results: Results, rows: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    """Take out the average scores of measures whose scores the definition does not let out."""
    kept = [node.id for node in results.definition.nodes if not may_leave(node, "score")]
    hidden = rows["measure"].is_in(kept)
    there = [name for name in WITHHELD if name in rows.columns]
    mark = pl.select(pl.when(hidden).then(pl.lit(CONFIDENTIAL))).to_series()
    empty = (pl.when(~hidden).then(pl.col(name)).alias(name) for name in there)
    return rows.with_columns(empty), dict.fromkeys(there, mark)


def _columns(rows: pl.DataFrame, larger: LargerAreas, words: Words) -> tuple[Column, ...]:
    """Return the columns, as far as the rows have them."""
    called = geography_called(larger.id)
    known: Mapping[str, tuple[str, str, int]] = {
        "measure": ("Measure id", "What is summarised, by its id in the definition", 0),
        "measure_title": ("Measure", "What is summarised", 0),
        "group_code": (f"{called} code", "The code of the larger area", 0),
        "group_name": (f"{called} name", "The name of the larger area", 0),
        "areas": ("Areas", "How many areas that are ranked lie in it", 1),
        "population": ("Population", "The number of people the areas are weighed by", 0),
        "average_score": ("Average score", "The mean score of its areas, weighed by people", 3),
        "average_rank": (
            "Average rank",
            "The mean rank of its areas, weighed by people, counted so that high is more need",
            2,
        ),
        "proportion": (
            "Proportion",
            f"The share of its areas that are in {words.tenth()}, from 0 to 1",
            4,
        ),
        "extent": (
            "Extent",
            EXTENT,
            4,
        ),
        "local_concentration": (
            "Local concentration",
            LOCAL_CONCENTRATION,
            2,
        ),
    }
    columns = []
    for name, dtype in rows.schema.items():
        measure = name.removesuffix("_rank")
        if name in known:
            heading, meaning, decimals = known[name]
        elif measure in known:
            heading = f"{known[measure][0]}: rank"
            meaning = f"Its rank among {len(larger.groups):,} by this measure; 1 is {words.most}"
            decimals = 1
        else:
            heading, meaning, decimals = name.replace("_", " ").capitalize(), "", 3
        kind: Kind = "text" if dtype == pl.String else kind_of_numbers(rows[name])
        columns.append(Column(name, heading, meaning, kind, decimals=decimals))
    return tuple(columns)
