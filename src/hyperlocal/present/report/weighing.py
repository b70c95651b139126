"""How parts are combined, and how their weights were set or estimated."""

from __future__ import annotations

from collections.abc import Iterator

from hyperlocal.definition import ResolvedNode
from hyperlocal.definition.settings import FactorAnalysisWeights
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import Block, formula, heading, own_table, text
from hyperlocal.present.report.wording import figure
from hyperlocal.present.wording import joined

SCHEMES = {
    "equal": "weigh their parts equally",
    "stated": "have stated weights, which add to 1",
    "as_stated": "have stated weights, used as they stand whatever they add to",
    "rescaled": "have stated weights, scaled to add to 1",
}
ESTIMATED = {
    "loadings": ("weights_from_loadings", "the weight of part i is its loading over their sum"),
    "regression_scores": (
        "weights_from_scores",
        "the weight of part i is its loading over its uniqueness, over the sum of these",
    ),
    "bartlett_scores": (
        "weights_from_scores",
        "the weight of part i is its loading over its uniqueness, over the sum of these",
    ),
}
FINDINGS = {
    "heywood_case": "a uniqueness at its lower bound",
    "negative_loading": "a negative loading",
}
MISSING = {
    "listwise": "areas that lack any of the parts are left out of the correlations",
    "pairwise": "areas that lack one of two parts are left out of the correlation of the two",
    "neutral": "missing values count as 0 in the correlations",
}


def weighing(publication: Publication) -> Iterator[Block]:
    """Yield how parts are combined and weighed.

    Parameters
    ----------
    publication
        What is published.
    """
    groups = [
        node
        for node in publication.definition.root.top_down()
        if not node.is_indicator and len(node.children) > 1
    ]
    if not groups:
        return
    yield heading("Weights and combination", 2)
    yield from text(
        "The score S of a group is the weighted sum of the scores x of its parts, or of their "
        "transformed ranks where these are formed."
    )
    yield formula(
        "combination", "S sub j equals the sum over the parts i of w sub i times x sub i j"
    )
    stated: dict[str, list[str]] = {}
    for node in groups:
        if isinstance(node.scheme, str):
            stated.setdefault(SCHEMES[node.scheme], []).append(node.title)
    rows = [[joined(titles), how] for how, titles in stated.items()]
    columns = (("Groups", "text", 2.0), ("How their parts are weighed", "text", 1.4))
    estimated = [node for node in groups if isinstance(node.scheme, FactorAnalysisWeights)]
    if estimated:
        rows.append([joined([node.title for node in estimated]), "factor analysis, see below"])
    yield from own_table("How weights were set", columns, rows)
    if estimated:
        yield from _factor_analysis(publication, estimated)


def _factor_analysis(publication: Publication, nodes: list[ResolvedNode]) -> Iterator[Block]:
    """Yield what factor analysis does and how each one went."""
    yield heading("Factor analysis", 3)
    yield from text(
        "Where the definition states no weights, they are estimated from the indicators "
        "themselves. The indicators x of a group are taken to show one factor f that is not "
        "observed, each with a part of its own. An indicator that goes with the others loads "
        "highly on the factor and gets a large weight. The loadings λ and the uniquenesses ψ "
        "are found by maximum likelihood; they are shown with the weights in the section of each "
        "domain."
    )
    yield formula(
        "factor_model",
        "x sub i equals lambda sub i times f plus epsilon sub i, and the "
        "variance of epsilon sub i is psi sub i, which equals 1 minus lambda sub i squared",
    )
    forms = dict.fromkeys(_scheme(node).factor_analysis.weights_from for node in nodes)
    for form in dict.fromkeys(ESTIMATED[form] for form in forms):
        yield formula(form[0], form[1])
    yield from _analyses(publication, nodes)


def _analyses(publication: Publication, nodes: list[ResolvedNode]) -> Iterator[Block]:
    """Yield how each factor analysis was made, and what was found."""
    analyses = publication.results.quality["factor_analyses"]
    rows = []
    for node in nodes:
        scheme, known = _scheme(node), analyses[node.id]
        caps = [f"{_title(node, name)} at most {figure(cap)}" for name, cap in scheme.caps.items()]
        found = [FINDINGS.get(one, one) for one in known["findings"]]
        rows.append(
            [
                node.title,
                f"{len(known['children'])}",
                scheme.factor_analysis.weights_from.replace("_", " "),
                joined(caps) or "none",
                "yes" if known["converged"] else "no",
                joined(found) or "none",
            ]
        )
    columns = (
        ("Group", "text", 1.2),
        ("Parts", "whole"),
        ("Weights from", "text", 0.9),
        ("Caps", "text", 1.1),
        ("Converged", "text", 0.8),
        ("Findings that were accepted", "text", 1.1),
    )
    missing = dict.fromkeys(MISSING[_scheme(node).factor_analysis.missing] for node in nodes)
    yield from own_table(
        "The factor analyses",
        columns,
        rows,
        notes=[f"{one[:1].upper()}{one[1:]}." for one in missing],
    )
    if any(_scheme(node).caps for node in nodes):
        yield from text(
            "What a cap cuts off a weight is shared out over the other parts, in proportion to "
            "their weights."
        )


def _scheme(node: ResolvedNode) -> FactorAnalysisWeights:
    assert isinstance(node.scheme, FactorAnalysisWeights)
    return node.scheme


def _title(node: ResolvedNode, name: str) -> str:
    return next(child.title for child in node.children if child.id == name)
