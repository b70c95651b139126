"""What came out: checks, missing values, the areas of most need, larger areas, change."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import polars as pl

from hyperlocal.analysis.supplied import LargerAreas
from hyperlocal.present.documents import shown
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import (
    Block,
    Picture,
    all_pictures_so_far,
    bullets,
    heading,
    own_table,
    picture_grid,
    pictures,
    table,
    text,
)
from hyperlocal.present.report.naming import in_words
from hyperlocal.present.report.wording import MISSING, sentence
from hyperlocal.present.wording import counted, exactly, joined
from hyperlocal.present.words import areas_called

FIRST_AREAS, FIRST_DISTRICTS = 20, 10
SUMMARIES = {
    "average_score": "Average score",
    "average_rank": "Average rank",
    "proportion": "Proportion",
    "extent": "Extent",
    "local_concentration": "Local concentration",
}

TIED = "Where several share a rank, the ranks after it stay empty."


def quality(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield the checks and what came of them, missing values, and what was noticed."""
    results = publication.results
    yield heading("Quality")
    if publication.has("quality"):
        yield from _checks(publication)
    else:
        yield from text("The definition states no thresholds that an indicator has to keep.")
    missing = results.provenance["missing_values"]
    titles = {node.id: node.title for node in publication.definition.nodes}
    rows = [
        [titles.get(name, name), f"{one['areas']:,}", MISSING.get(one["policy"], one["policy"])]
        for name, one in missing.items()
    ]
    yield heading("Missing values", 2)
    if rows:
        columns = (("Indicator", "text", 1.3), ("Areas", "whole"), ("What was done", "text", 2.0))
        yield from own_table("Missing values, and what was done about them", columns, rows)
    else:
        yield from text("No indicator lacked a value of any area.")
    excluded = tuple(one["code"] for one in results.provenance["excluded"])
    noticed = [_noticed(one, titles) for one in results.provenance["warnings"]]
    noticed += results.quality["notes"]
    noticed += [one for one in publication.notes if not one.startswith(excluded)]
    if noticed:
        yield heading("What was noticed", 2)
        yield from bullets([sentence(in_words(publication, one)) for one in noticed])
    yield from pictures(every, "quality")


def _failed(number: int) -> str:
    if not number:
        return "All checks were passed."
    return f"{counted(number, 'check was', 'checks were').capitalize()} not passed."


def _checks(publication: Publication) -> Iterator[Block]:
    """Yield how many indicators each check judged, and those that were accepted."""
    every = publication.table("quality")
    judged = every.rows["indicator"].n_unique()
    failed = every.rows.filter(pl.col("outcome") != "passed")
    yield from text(
        f"Before an indicator enters the index, its values are looked at as measured, before "
        f"shrinkage. The definition states thresholds for {counted(judged, 'indicator')}; one that "
        "is not kept stops the computation, unless the definition accepts that and says why. "
        f"{_failed(failed.height)}"
    )
    rows = [
        [
            one["check_title"],
            joined([f"{value:g}" for value in sorted(set(one["threshold"]))]),
            f"{one['judged']:,}",
            f"{one['kept']:,}",
        ]
        for one in every.rows.group_by("check_title", maintain_order=True)
        .agg(
            "threshold",
            pl.len().alias("judged"),
            (pl.col("outcome") == "passed").sum().alias("kept"),
        )
        .iter_rows(named=True)
    ]
    columns = (
        ("Check", "text", 3.0),
        ("Threshold", "text", 0.9),
        ("Indicators judged", "whole"),
        ("Passed", "whole"),
    )
    yield from own_table("Checks of the indicators", columns, rows)
    yield from table(
        shown(
            every,
            ["title", "check_title", "value", "threshold", "accepted"],
            failed,
            caption="Checks that were not passed, and why that was accepted",
            shares={"title": 1.1, "check_title": 1.4, "accepted": 1.8},
        )
    )


def outcome(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield the results in brief."""
    words = publication.words
    root = publication.definition.id
    yield heading("Results in brief")
    yield from text(
        f"The published tables hold the scores, ranks and deciles of all areas. Shown here are the "
        f"{words.most_areas}, and larger areas by the summaries that are explained above."
    )
    areas = publication.table("areas")
    names = [f"{one.id}_name" for one in publication.larger]
    named = [one for one in names if areas.rows[one].null_count() < areas.rows.height]
    columns = [f"{root}_rank", "area_name", *named[:1], f"{root}_score", f"{root}_decile"]
    columns = [name for name in columns if name in areas.rows.columns]
    first = areas.rows.sort(f"{root}_rank", "area_code", nulls_last=True).head(FIRST_AREAS)
    headings = {f"{root}_rank": "Rank", f"{root}_score": "Score", f"{root}_decile": "Decile"}
    title = f"The {first.height} {words.most_areas}"
    yield from table(shown(areas, columns, first, caption=title, headings=headings))
    yield from pictures(every, "results")
    for kind in publication.larger:
        if publication.has(f"districts_{kind.id}"):
            yield from _larger(publication, kind)
    yield all_pictures_so_far()
    yield from _hot_spots(publication, every)


def _hot_spots(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield the maps of the parts of the index, side by side; nothing where there are none."""
    nodes = publication.definition.root.top_down()
    maps = picture_grid(every, [node.id for node in nodes])
    if not maps:
        return
    yield heading("Each part of the index by itself", 2)
    yield from text(
        f"Parts of the index find {publication.words.concept} in different places. On the maps the "
        "stronger colour is decile 1, the other one decile 2."
    )
    yield from maps


def _larger(publication: Publication, kind: LargerAreas) -> Iterator[Block]:
    """Yield the larger areas that are first by each summary, and the summaries of the first."""
    every = publication.table(f"districts_{kind.id}")
    rows = every.rows.filter(pl.col("measure") == publication.definition.id)
    there = {name: title for name, title in SUMMARIES.items() if f"{name}_rank" in rows.columns}
    there = {
        name: title for name, title in there.items() if rows[f"{name}_rank"].drop_nulls().len()
    }
    if not rows.height or not there:
        return
    called = areas_called(kind.id, len(kind.groups))
    yield heading(f"{called[:1].upper()}{called[1:]}", 2)
    known_as = "group_code" if rows["group_name"].null_count() else "group_name"
    firsts = [_first_names(rows, name, known_as) for name in there]
    places = min(FIRST_DISTRICTS, rows.height)
    yield from own_table(
        f"The {called} that are first by each summary",
        (("Rank", "whole"), *((title, "text", 1.0) for title in there.values())),
        [
            [str(place), *(names.get(place, "") for names in firsts)]
            for place in range(1, places + 1)
        ],
        notes=[TIED] if any(len(names) < places for names in firsts) else [],
    )
    leading = next(iter(there))
    first = rows.sort(f"{leading}_rank", "group_code", nulls_last=True).head(FIRST_DISTRICTS)
    columns = [known_as, *(part for name in there for part in (name, f"{name}_rank"))]
    headings = {f"{name}_rank": "Rank" for name in there} | {known_as: "Name"}
    yield from table(
        shown(
            every,
            columns,
            first,
            caption=f"Summaries of the {first.height} {called} first by {there[leading].lower()}",
            headings=headings,
        ),
        size=8.0,
    )


def _first_names(rows: pl.DataFrame, summary: str, known_as: str) -> dict[int, str]:
    """Return the names of those that have each of the first ranks."""
    first = rows.filter(pl.col(f"{summary}_rank") <= FIRST_DISTRICTS)
    found: dict[int, list[str]] = {}
    for one in first.sort(f"{summary}_rank", "group_code").iter_rows(named=True):
        found.setdefault(int(one[f"{summary}_rank"]), []).append(one[known_as])
    return {rank: "; ".join(names) for rank, names in found.items()}


def uncertainty(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield how sure ranks are; nothing where that was not studied."""
    given = publication.intervals
    if given is None:
        return
    about = given.about
    varied = joined(str(about["what"]).replace("_", " ").split(", "))
    yield heading("How sure the ranks are")
    yield from text(
        f"The index was computed {about['draws']:,} times more, with its {varied} varied as far as "
        f"they are uncertain. In {exactly(about['level'])} of these computations the rank of an "
        "area lay within its interval. Where the intervals of two areas overlap, their order is "
        "not sure. What was not varied, such as errors in the data themselves, is not in them.",
        _sure_of_the_first(publication),
    )
    yield from pictures(every, "uncertainty")


def _sure_of_the_first(publication: Publication) -> str:
    """Say how many areas of decile 1 have all of their interval in it."""
    deciles = publication.table("areas").rows[f"{publication.definition.id}_decile"]
    first = publication.table("intervals").rows.filter(deciles == 1)
    inside = int((first["decile_upper"] == 1).sum())
    if not first.height:
        return ""
    return (
        f"Of the {counted(first.height, 'area')} in decile 1, {counted(inside, 'has', 'have')} an "
        "interval that lies in decile 1 as a whole."
    )


def change(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield how areas moved since other versions; nothing where none is given."""
    for version in publication.versions:
        name = f"changes_{version.id}"
        column = f"{publication.definition.id}_deciles_moved"
        if not publication.has(name) or column not in publication.table(name).rows.columns:
            continue
        moved = publication.table(name).rows[column].drop_nulls()
        yield heading(f"Change since {version.title}")
        yield from text(
            "Deciles of two versions say how an area stood beside the others each time. They do "
            "not say whether it became better or worse, and part of the change is that of data and "
            "methods."
        )
        rows = [
            [_moved(publication, steps), f"{areas:,}"]
            for steps, areas in moved.value_counts().sort(column).iter_rows()
        ]
        columns = (("Movement between deciles", "text", 3.0), ("Areas", "whole"))
        yield from own_table(
            f"How far areas moved since {version.title}",
            columns,
            rows,
            notes=[f"{counted(moved.len(), 'area')} have a decile in both."],
        )
    if publication.versions:
        yield from pictures(every, "change")


def _moved(publication: Publication, steps: float) -> str:
    if not steps:
        return "the same decile"
    way = "less" if steps > 0 else "more"
    return f"{counted(abs(steps), 'decile')} towards {way} {publication.words.concept}"


def _noticed(warning: str, titles: dict[str, str]) -> str:
    """Return a warning of the build without what the one who builds should do."""
    name, _, said = warning.partition(": ")
    said = re.sub(r"(?<=correlated with )\w+", lambda other: titles.get(other[0], other[0]), said)
    return f"{titles[name]} {said.partition(': check ')[0]}" if name in titles else warning
