"""What `site.json` says: docs/explorer/files.md describes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hyperlocal.analysis.measures import Measure
from hyperlocal.analysis.report import made_from
from hyperlocal.analysis.supplied import KnownPopulations
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import added_up
from hyperlocal.definition.publishing import NOWHERE, may_leave, restricted
from hyperlocal.explorer.columns import column_file
from hyperlocal.explorer.combinations import combinations
from hyperlocal.explorer.places import FILE as PLACES
from hyperlocal.explorer.sources import Material
from hyperlocal.explorer.summaries import ranked_nodes, summaries_file
from hyperlocal.explorer.versions import version_file
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.tables import checksum
from hyperlocal.pipeline.write import COLUMN_ORDER

FORMAT = 1
GEOMETRY = "geometry.bin.gz"


def manifest(results: Results, material: Material, notes: Sequence[str]) -> dict[str, Any]:
    """Return what `site.json` says.

    Parameters
    ----------
    results
        The finished index.
    material
        What was supplied beside it.
    notes
        What a reader should know.

    Examples
    --------
    ::

        material = read_sources(results, SiteSources(), Path("site/data"), print)
        manifest(results, material, material.supplied.notes)["nodes"][0]["title"]
    """
    definition, root = results.definition, results.definition.root
    about = definition.written
    places, intervals, ground = material.places, material.intervals, material.ground
    return {
        "format": FORMAT,
        "id": definition.id,
        "title": definition.title,
        "title_cy": material.welsh.get(definition.id) or about.title_cy or None,
        "description": about.description,
        "publisher": about.publisher,
        "licence": about.licence,
        "url": about.url,
        "made": {
            "hyperlocal": made_from(results)["versions"]["hyperlocal"],
            "built": made_from(results)["built"],
            "definition": checksum(results.folder / "definition.yaml"),
        },
        "geography": definition.areas.geography,
        "areas": results.areas.height,
        "root": root.id,
        "nodes": list(_nodes(results, material)),
        "combinations": combinations(results),
        "groups": [
            {"id": one.id, "count": len(one.groups), "file": summaries_file(one)}
            for one in material.larger
        ],
        "populations": [
            {"id": name, "title": title} for name, title in material.populations.titles.items()
        ],
        "intervals": None if intervals is None else intervals.about,
        "versions": [
            {"id": one.id, "title": one.title, "file": version_file(one), "nodes": list(one.nodes)}
            for one in material.versions
        ],
        "postcodes": material.postcodes,
        "places": None if places is None else {"file": PLACES, "count": len(places.names)},
        "geometry": None if ground is None else GEOMETRY,
        "detail": None if ground is None else ground.detail,
        "bounds": None if ground is None else list(ground.bounds),
        "notes": list(notes),
    }


def _nodes(results: Results, material: Material) -> Iterator[dict[str, Any]]:
    """Yield what is said of each node, parents before their children."""
    ranked = {one.id: one for one in ranked_nodes(results)}
    weights = {
        (node, child): weight
        for node, child, weight in results.weights.select("node", "child", "weight").iter_rows()
    }

    parts = added_up(results.definition.root)

    def walk(
        node: ResolvedNode, parent: ResolvedNode | None, level: int
    ) -> Iterator[dict[str, Any]]:
        yield {
            **_about(node, material.welsh),
            "parent": parent.id if parent else None,
            "level": level,
            "weight": weights.get((parent.id, node.id)) if parent else None,
            **_ranking(node, ranked.get(node.id), material.populations),
            "columns": _columns(results, node, material),
            "publish": _publish(node, node.id in parts),
        }
        for child in (*node.children, *node.supplementary):
            yield from walk(child, node, level + 1)

    yield from walk(results.definition.root, None, 0)


def _about(node: ResolvedNode, welsh: Mapping[str, str]) -> dict[str, Any]:
    written = node.written
    return {
        "id": node.id,
        "title": node.title,
        "title_cy": welsh.get(node.id) or written.title_cy or None,
        "role": node.role,
        "kind": written.kind,
        **{
            name: getattr(written, name)
            for name in ("unit", "description", "source", "publisher", "date", "caveats")
        },
        "high_value": node.settings.high_value if node.is_indicator else None,
    }


def _ranking(
    node: ResolvedNode, measure: Measure | None, populations: KnownPopulations
) -> dict[str, Any]:
    conventions = node.settings.conventions
    score = measure.score_column if measure else ""
    return {
        "population": populations.weighing(node.id) if measure else None,
        "n": measure.number if measure else None,
        "measure": score.removeprefix(f"{node.id}_") if score else None,
        "deciles": conventions.deciles,
        "percentiles": conventions.percentiles,
        "file": column_file(node.id) if measure else None,
    }


def _publish(node: ResolvedNode, is_added_up: bool) -> dict[str, Any] | None:
    """Return how an indicator may be shown; None where it may be for every area, exactly."""
    if not restricted(node):
        return None
    stated = node.settings.publish.model_dump()
    if is_added_up:  # counts are shown as parts of their rate, or not at all
        stated["geography"] = NOWHERE
    shown = {name: None if value == "none" else value for name, value in stated.items()}
    return {**shown, "nowhere": stated["geography"] == NOWHERE}


def _columns(results: Results, node: ResolvedNode, material: Material) -> list[str]:
    """Return the columns of a node in the blocks."""
    there = results.areas.columns
    names = [name for name in COLUMN_ORDER if f"{node.id}_{name}" in there]
    names = [name for name in names if may_leave(node, name)]
    intervals = material.intervals
    if intervals is not None and intervals.node == node.id:
        names += intervals.columns
    return names
