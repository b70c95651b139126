"""Which indicators were shrunk, towards what, and by which formulas."""

from __future__ import annotations

from collections.abc import Iterator

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.nodes import Mean, Rate
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import Block, formula, heading, own_table, text
from hyperlocal.present.tables.indicators import was_shrunk
from hyperlocal.present.wording import joined
from hyperlocal.present.words import areas_called

PROPORTION, RATIO, MEAN = "a proportion", "a ratio", "a mean"
WHY = (
    "A figure for few people is a poor guide: one person more or fewer changes it, and chance "
    "alone gives small areas extreme values. Shrinkage replaces each value by a compromise between "
    "that of the area and that of the larger area around it. An area whose own figure is reliable "
    "hardly moves; one with few people, in a larger area whose areas are alike, moves most."
)


def shrinkage(publication: Publication) -> Iterator[Block]:
    """Yield which indicators are shrunk and how; nothing where none is.

    Parameters
    ----------
    publication
        What is published.
    """
    results = publication.results
    nodes = [node for node in publication.definition.nodes if was_shrunk(results, node)]
    if not nodes:
        return
    yield heading("Shrinkage", 2)
    yield from text(WHY)
    kept = _not_shrunk(publication, nodes)
    rows = [[node.title, areas_called(node.settings.shrink_to, 1), _as(node)] for node in nodes]
    yield from own_table(
        "Indicators that were shrunk",
        (("Indicator", "text", 2.0), ("Towards the value of its", "text", 1.4), ("As", "text")),
        rows,
        notes=[f"Not shrunk: {joined(kept)}."] if kept else [],
    )
    forms = {_as(node) for node in nodes}
    if PROPORTION in forms:
        yield from _proportions()
    if RATIO in forms:
        yield from _ratios()
    if MEAN in forms:
        yield from _means()


def _as(node: ResolvedNode) -> str:
    """Say what an indicator is shrunk as."""
    if isinstance(node.written, Rate):
        return PROPORTION if node.written.of_members else RATIO
    return MEAN if isinstance(node.written, Mean) else RATIO


def _not_shrunk(publication: Publication, shrunk: list[ResolvedNode]) -> list[str]:
    """Return the titles of the other indicators, without counts that are only added up."""
    parts = {child.id for node in publication.definition.nodes for child in node.children}
    inner = {
        child.id
        for node in publication.definition.nodes
        if node.is_indicator
        for child in node.children
    }
    return [
        node.title
        for node in publication.definition.nodes
        if node.is_indicator and node not in shrunk and node.id in parts - inner
    ]


def _proportions() -> Iterator[Block]:
    yield heading("Proportions", 3)
    yield from text(
        "For an area j with r events among n people, in a larger area with k areas and with r and "
        "n in all, the work is done on logits:"
    )
    yield formula(
        "logit",
        "m sub j equals the natural logarithm of r plus a half over n minus r "
        "plus a half; M is the same of the larger area",
    )
    yield formula(
        "logit_variance",
        "s sub j squared equals n plus 1 times n plus 2, over n times r "
        "plus 1 times n minus r plus 1",
    )
    yield from _weight()
    yield from text("The shrunk proportion z is turned back from the logit:")
    yield formula(
        "logit_back",
        "z sub j equals 1 over 1 plus e to the power of minus the sum of w "
        "times m and 1 minus w times M",
    )


def _ratios() -> Iterator[Block]:
    yield heading("Ratios", 3)
    yield from text(
        "Events that are compared with a number that cannot run out, observed O with expected E, "
        "are shrunk as logarithms of their ratio; M and t² are formed in the same way."
    )
    yield formula(
        "ratio",
        "m sub j equals the natural logarithm of O plus a half over E, and s sub "
        "j squared equals 1 over O plus 1",
    )
    yield from _weight()
    yield formula(
        "ratio_back", "the shrunk ratio equals e to the power of w times m plus 1 minus w times M"
    )


def _means() -> Iterator[Block]:
    yield heading("Means", 3)
    yield from text(
        "Means are shrunk as they are. The variance s² of an area's mean is its squared standard "
        "error, or the variance between single observations over the number of them; M is the mean "
        "of the larger area."
    )
    yield from _weight()
    yield formula("mean_shrunk", "the shrunk mean equals w times m plus 1 minus w times M")


def _weight() -> Iterator[Block]:
    yield formula(
        "between", "t squared equals the sum over the k areas of m minus M squared, over k minus 1"
    )
    yield formula(
        "shrinkage_weight",
        "w sub j equals 1 over s squared, over 1 over s squared plus "
        "1 over t squared, which is t squared over t squared plus s squared",
    )
