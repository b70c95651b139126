"""The maps and figures of a publication: which there are, and where the report shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.supplied import LargerAreas, Tell
from hyperlocal.methods import deciles
from hyperlocal.pipeline.write import write_record
from hyperlocal.present.citation import Credit
from hyperlocal.present.figures import (
    Figure,
    Ground,
    Subject,
    correlation_table,
    decile_map,
    histogram,
    hot_spot_map,
    interval_band,
    interval_plot,
    lay_out,
    movement_bars,
    movement_map,
    movement_table,
    score_map,
    weights_chart,
)
from hyperlocal.present.map_files.layers import dissolved
from hyperlocal.present.profile.naming import file_names
from hyperlocal.present.publication import Publication
from hyperlocal.present.report import Picture
from hyperlocal.present.tables.areas import published
from hyperlocal.present.words import areas_briefly

MANY = 60
"""Larger areas of which there are more have hot spots among themselves; fewer have a map each."""
FEW = 4
"""Of fewer larger areas no map is drawn."""
FEWEST = 20
"""Of fewer larger areas a tenth is too few to speak of hot spots among them."""
BESIDE = (225.0, 300.0)
"""The largest map, in pixels, that stands beside another in the report."""
FIRST = 30
"""So many areas of the first ranks are shown with their intervals."""
MAPS = ("map_", "hot_spots_")
"""What the names of maps begin with, under which stands who drew the boundaries."""
MANY_WEIGHTS = 24
"""A chart of more weights than these would be taller than a page."""
VECTORS = 5_000
"""Maps of more areas go into the report as PNG: as SVG they would make it slow to turn over."""
LARGE, SMALL = 0.85, 0.6
"""The share of the page's width that maps of the index take, and those of its domains."""
WHOLE = ("results", "change")
"""The sections whose maps are large."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """A figure, and where it belongs.

    Parameters
    ----------
    figure
        The figure.
    section
        The section of the report that shows it; empty where the report does not.
    areas
        How many areas it draws; 0 for a chart.
    small
        The same drawn smaller, for a report that shows it beside others; its letters are as large.
    """

    figure: Figure
    section: str = ""
    areas: int = 0
    small: Figure | None = None


def draw(publication: Publication, credit: Credit, tell: Tell = lambda what: None) -> list[Drawn]:
    """Return all figures of a publication, as far as there is something to draw.

    Parameters
    ----------
    publication
        What is published.
    credit
        Whom to name for it.
    tell
        Called with what is being done.

    Returns
    -------
    list of Drawn
        Maps of the index, of its regions and of hot spots; histograms, correlations, weights,
        intervals and movement.
    """
    studio = _Studio(publication, credit)
    found: list[Drawn] = []
    for what, figures in (
        ("Laying out maps", studio.maps),
        ("Laying out regions", studio.regions),
        ("Finding hot spots", studio.hot_spots),
        ("Drawing charts", studio.charts),
        ("Drawing change", studio.changes),
        ("Drawing intervals", studio.intervals),
    ):
        tell(what)
        found += figures()
    return found


def write_gallery(drawn: Sequence[Drawn], folder: Path, tell: Tell = lambda what: None) -> None:
    """Write figures as PNG and SVG, with their alternative texts.

    Parameters
    ----------
    drawn
        The figures.
    folder
        The folder, which is made.
    tell
        Called with what is being done.

    Notes
    -----
    ``figures.json`` holds the title, the alternative text and the source of each.
    """
    folder.mkdir()
    for one in drawn:
        figure = one.figure
        (folder / f"{figure.name}.svg").write_text(figure.svg(), encoding="utf-8")
        (folder / f"{figure.name}.png").write_bytes(figure.png())
    said = [
        {
            "name": one.figure.name,
            "files": [f"{one.figure.name}.png", f"{one.figure.name}.svg"],
            "title": one.figure.title,
            "alternative_text": one.figure.alt,
            "source": one.figure.source,
        }
        for one in drawn
    ]
    write_record(folder, "figures", {"figures": said})


def for_report(drawn: Sequence[Drawn]) -> list[Picture]:
    """Return the figures that the technical report shows, without title and source of their own."""
    pictures = []
    for one in drawn:
        if not one.section:
            continue
        figure, large = one.small or one.figure, one.areas > VECTORS
        content = figure.png(bare=True) if large else figure.svg(bare=True).encode()
        name = f"{figure.name}.{'png' if large else 'svg'}"
        width = 1.0 if not one.areas else LARGE if one.section in WHOLE else SMALL
        caption = f"{figure.title}. {figure.subtitle}".rstrip(". ")
        pictures.append(Picture(name, figure.alt, caption, content, one.section, width))
    return pictures


def _ranked_by(figure: Figure, summary: str) -> Figure:
    return replace(figure, subtitle=f"{figure.subtitle}, by {summary.replace('_', ' ')}")


@dataclass(frozen=True, eq=False)
class _Studio:
    """Draws the figures of one publication."""

    publication: Publication
    credit: Credit

    def maps(self) -> Iterator[Drawn]:
        """Draw the areas of the index by decile and by score."""
        ground = self._ground()
        if ground is None:
            return
        root = self._index
        where = self._subject("map_decile", root.title)
        yield Drawn(decile_map(ground, self._deciles(root), where), "results", ground.areas)
        scores = self._column(f"{root.id}_score")
        if scores is not None:
            where = self._subject("map_score", root.title)
            figure = score_map(ground, scores, where, root.is_need)
            yield Drawn(figure, "", ground.areas)

    def regions(self) -> Iterator[Drawn]:
        """Draw the areas of each region by decile and by score."""
        kind, index = self._few_larger_areas(), self._index
        boundaries = self.publication.boundaries
        if kind is None or boundaries is None:
            return
        shapes = boundaries.in_national_grid().shapes
        found, scores = self._deciles(index), self._column(f"{index.id}_score")
        inner = self._names(self._many_larger_areas())
        called = file_names(kind.groups)
        for place, (code, name) in enumerate(
            zip(kind.groups.codes, kind.groups.names, strict=True)
        ):
            rows = np.flatnonzero(kind.of == place)
            if not rows.size:
                continue
            borders = None if inner is None else inner.gather(rows)
            ground = lay_out(shapes[rows], borders)
            stem, place_name = called[place].lower(), name or code
            where = self._subject(f"map_decile_{stem}", index.title, place_name)
            yield Drawn(decile_map(ground, found.gather(rows), where), "", ground.areas)
            own = None if scores is None else scores.gather(rows)
            if own is not None and own.is_not_null().any():
                where = self._subject(f"map_score_{stem}", index.title, place_name)
                yield Drawn(score_map(ground, own, where, index.is_need), "", ground.areas)

    def hot_spots(self) -> Iterator[Drawn]:
        """Draw where need is greatest: among districts, or among areas where districts are few."""
        kind, boundaries = self._many_larger_areas(), self.publication.boundaries
        if boundaries is None:
            return
        shapes = boundaries.in_national_grid().shapes
        if kind is None or len(kind.groups) < FEWEST:
            yield from self._hot_areas(shapes)
            return
        shapes = dissolved(shapes, kind.of, len(kind.groups))
        there = np.array([shape is not None for shape in shapes])
        grounds = lay_out(shapes[there]), lay_out(shapes[there], size=BESIDE)
        names = kind.groups.names.filter(pl.Series(there))
        rows = self.publication.table(f"districts_{kind.id}").rows
        by = next(name for name in ("average_rank", "proportion") if name in rows.columns)
        for one in published(self.publication.results):
            own = rows.filter(measure=one.id)
            if own.height != len(kind.groups):
                continue
            ranks = own[f"{by}_rank"].cast(pl.Float64).to_numpy()
            tenths = deciles(ranks, len(ranks), one.node.settings.conventions.deciles)[there]
            subject = self._subject(f"hot_spots_{one.id}", one.title, areas=areas_briefly(kind.id))
            large, small = (
                _ranked_by(hot_spot_map(ground, pl.Series(tenths), subject, names), by)
                for ground in grounds
            )
            yield self._hot(one, large, small, len(names))
        root = self._index.id
        scores = rows.filter(measure=root)
        known = scores.height == len(kind.groups) and "average_score" in rows.columns
        if known and scores["average_score"].is_not_null().all():
            subject = self._subject(
                "map_score_districts", self._index.title, areas=areas_briefly(kind.id)
            )
            values = scores["average_score"].filter(pl.Series(there))
            figure = score_map(grounds[0], values, subject, self._index.is_need)
            yield Drawn(figure, "", len(names))

    def _hot_areas(self, shapes: NDArray[Any]) -> Iterator[Drawn]:
        """Draw the areas themselves that are in the fifth of greatest need."""
        borders = self._names(self._many_larger_areas())
        grounds = lay_out(shapes, borders), lay_out(shapes, borders, size=BESIDE)
        for one in published(self.publication.results):
            subject = self._subject(f"hot_spots_{one.id}", one.title)
            tenths = self._deciles(one)
            large, small = (hot_spot_map(ground, tenths, subject) for ground in grounds)
            yield self._hot(one, large, small, len(shapes))

    def _hot(self, one: Measure, large: Figure, small: Figure, areas: int) -> Drawn:
        whole = one.id == self._index.id
        return Drawn(large, "results" if whole else one.id, areas, None if whole else small)

    def charts(self) -> Iterator[Drawn]:
        """Draw weights, correlations and a histogram of each transformed domain."""
        publication, definition = self.publication, self.publication.definition
        titles = {node.id: node.title for node in definition.nodes}
        yield from self._weights(titles)
        ranked = [one for one in published(publication.results) if one.node.role == "domains"]
        if len(ranked) > 1:
            ranks = publication.table("areas").rows.select(f"{one.id}_rank" for one in ranked)
            where = self._subject("correlations", self._index.title)
            yield Drawn(correlation_table(ranks, [one.title for one in ranked], where), "quality")
        if not publication.has("transformed"):
            return
        rows = publication.table("transformed").rows
        first = True
        for one in ranked:
            if f"{one.id}_transformed" not in rows.columns:
                continue
            where = self._subject(f"histogram_{one.id}", one.title)
            section = "transformation" if first else ""
            yield Drawn(histogram(rows[f"{one.id}_transformed"], where), section)
            first = False

    def _weights(self, titles: Mapping[str, str]) -> Iterator[Drawn]:
        """Draw the weights: all in one chart, or where they are many those of each domain apart."""
        weights = self.publication.table("weights").rows
        root = self.publication.definition.root
        where = self._subject("weights", root.title)
        many = weights.height > MANY_WEIGHTS
        first = weights.filter(node=root.id) if many else weights
        if first["node"].is_duplicated().any():  # a single part has all of the weight
            yield Drawn(weights_chart(first, titles, where), "framework")
        if not many:
            return
        for domain in root.children:
            inside = [node.id for node in domain.top_down()]
            own = weights.filter(pl.col("node").is_in(inside))
            if own["node"].is_duplicated().any():
                where = self._subject(f"weights_{domain.id}", domain.title)
                yield Drawn(weights_chart(own, titles, where), domain.id)

    def changes(self) -> Iterator[Drawn]:
        """Draw how areas moved between deciles since each other version."""
        ground = self._ground() if self.publication.versions else None
        root = self._index
        for version in self.publication.versions:
            table = self.publication.table(f"changes_{version.id}").rows
            if f"{root.id}_decile_then" not in table.columns:
                continue
            then, now = table[f"{root.id}_decile_then"], self._deciles(root)
            named = (version.title, self.publication.title)
            subject = self._subject(f"movement_{version.id}", root.title)
            yield Drawn(movement_table(then, now, subject, named), "change")
            subject = self._subject(f"deciles_moved_{version.id}", root.title)
            yield Drawn(movement_bars(then, now, subject, named))
            if ground is not None:
                subject = self._subject(f"map_movement_{version.id}", root.title)
                figure = movement_map(ground, then, now, subject, named)
                yield Drawn(figure, "change", ground.areas)

    def intervals(self) -> Iterator[Drawn]:
        """Draw how sure ranks are."""
        known = self.publication.intervals
        if known is None:
            return
        areas = self.publication.table("areas").rows
        table = areas.select(
            pl.coalesce("area_name", "area_code").alias("name"),
            pl.col(f"{known.node}_rank").alias("rank"),
        ).with_columns(
            pl.Series("lower", known.columns["rank_lower"], nan_to_null=True),
            pl.Series("upper", known.columns["rank_upper"], nan_to_null=True),
        )
        level = float(known.about["level"])
        subject = self._subject("rank_intervals", self._index.title)
        yield Drawn(interval_band(table, subject, level), "uncertainty")
        first = table.sort("rank").head(FIRST)
        subject = self._subject("rank_intervals_first", self._index.title)
        yield Drawn(interval_plot(first, subject, level), "uncertainty")

    @property
    def _index(self) -> Measure:
        return published(self.publication.results)[0]

    def _deciles(self, one: Measure) -> pl.Series:
        return self.publication.table("areas").rows[f"{one.id}_decile"]

    def _column(self, name: str) -> pl.Series | None:
        rows = self.publication.table("areas").rows
        return rows[name] if name in rows.columns else None

    def _source(self, name: str) -> str:
        """Return the line under a figure: whom to name, and the licence; all is in the folder."""
        drawn = self.publication.geography_source if name.startswith(MAPS) else ""
        return self.credit.source_line(drawn)

    def _subject(self, name: str, title: str, place: str = "", areas: str = "") -> Subject:
        definition = self.publication.definition
        whole = definition.written.place or self.publication.title
        return Subject(
            name,
            title,
            place or whole,
            among=whole,
            areas=areas or areas_briefly(definition.areas.geography),
            source=self._source(name),
            words=self.publication.words,
        )

    def _ground(self) -> Ground | None:
        boundaries = self.publication.boundaries
        if boundaries is None:
            return None
        borders = self._names(self._many_larger_areas())
        return lay_out(boundaries.in_national_grid().shapes, borders)

    def _many_larger_areas(self) -> LargerAreas | None:
        """Return the larger areas that are districts: the fewest of those that are many."""
        many = [one for one in self.publication.larger if len(one.groups) > FEW]
        return next((one for one in many if self._has_summaries(one)), None)

    def _few_larger_areas(self) -> LargerAreas | None:
        """Return the larger areas that are regions: few, and not the only kind."""
        own = self._many_larger_areas()
        few = [one for one in self.publication.larger if 1 < len(one.groups) <= MANY]
        return next((one for one in reversed(few) if one is not own), None)

    def _has_summaries(self, kind: LargerAreas) -> bool:
        return self.publication.has(f"districts_{kind.id}")

    def _names(self, kind: LargerAreas | None) -> pl.Series | None:
        """Return the name of the larger area that most of each area lies in."""
        if kind is None:
            return None
        at = pl.Series(kind.of).cast(pl.Int64)
        names = pl.select(pl.coalesce(kind.groups.names, kind.groups.codes)).to_series()
        return names.gather(at.set(at < 0, None).cast(pl.UInt32))
