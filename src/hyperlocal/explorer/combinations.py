"""How nodes combine their children, for an explorer that lets a reader change the weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from hyperlocal.analysis.measures import Measure, column
from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.effect import standardisation
from hyperlocal.definition.publishing import adds_up_withheld
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.explorer.arrays import write_arrays
from hyperlocal.methods import FloatArray
from hyperlocal.pipeline import Results
from hyperlocal.pipeline.evaluate import constant_of, oriented_values

FILE = "upward.bin.gz"


def combinations(results: Results) -> dict[str, dict[str, Any]]:
    """Return how every node of an index combines its children, by the id of the node.

    Parameters
    ----------
    results
        The finished index.

    Examples
    --------
    How the index itself adds up its domains::

        combinations(Results.open("results"))["wimd_2019_domains"]["weights"]
    """
    weights = {
        (node, child): weight
        for node, child, weight in results.weights.select("node", "child", "weight").iter_rows()
    }
    adjustable = set(adjustable_nodes(results.definition.root))
    found: dict[str, dict[str, Any]] = {}
    for node in results.definition.root.top_down():
        if node.is_indicator or not node.children:
            continue
        conventions = node.settings.conventions
        found[node.id] = {
            "children": [child.id for child in node.children],
            "weights": [weights[node.id, child.id] for child in node.children],
            "ties": conventions.ties,
            "rank_fraction": conventions.rank_fraction,
            "n": Measure(results, node).number,
            "exponential": constant_of(node),
            "deciles": conventions.deciles,
            "published_ties": conventions.published_ties,
            "arithmetic": conventions.arithmetic,
            "raise": "none" if node.role == "index" else node.settings.transform,
            "published": node.settings.published_score,
            "adjustable": node.id in adjustable,
        }
    return found


def adjustable_nodes(root: ResolvedNode) -> Iterator[str]:
    """Yield the nodes whose weights can be changed so that all above them can be computed again.

    What goes up of such a node, and of all above it, is its weighted sum or the exponentially
    transformed rank of it. Above it no weights are estimated anew from what goes up. What goes up
    of its children may be shown.

    Parameters
    ----------
    root
        The index.

    Examples
    --------
    >>> import hyperlocal
    >>> list(adjustable_nodes(hyperlocal.load("wimd-2019-domains").root))
    ['wimd_2019_domains']
    """
    if root.is_indicator or not root.children or standardisation(root) != "none":
        return
    if adds_up_withheld(root):
        return
    yield root.id
    if isinstance(root.scheme, FactorAnalysisWeights):
        return
    for child in root.children:
        yield from adjustable_nodes(child)


def upward(results: Results, node: ResolvedNode) -> FloatArray:
    """Return what went up of a node into its parent, one number per area.

    Parameters
    ----------
    results
        The finished index.
    node
        A node that enters another one.

    Examples
    --------
    ::

        results = Results.open("results")
        upward(results, results.definition.by_id["income"])
    """
    there = results.areas.columns

    def held(*names: str) -> FloatArray:
        name = next(name for name in names if f"{node.id}_{name}" in there)
        return column(results, f"{node.id}_{name}")

    if node.settings.transform == "exponential":
        return held("transformed")
    if standardisation(node) != "none":
        return held("standardised")
    if not node.is_indicator:
        return held("combined", "score")
    return oriented_values(node, held("shrunk", "value"))


def write_upward(folder: Path, results: Results) -> None:
    """Write what goes up of the children of all nodes whose weights can be changed."""
    adjustable = set(adjustable_nodes(results.definition.root))
    arrays = {
        child.id: upward(results, child).astype(np.float64)
        for node in results.definition.root.top_down()
        if node.id in adjustable
        for child in node.children
    }
    if arrays:
        write_arrays(folder / FILE, arrays)
