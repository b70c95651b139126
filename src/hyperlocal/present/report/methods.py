"""How the numbers were made, step by step, as far as the steps apply, with their formulas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log

from hyperlocal.definition import ResolvedNode
from hyperlocal.methods import EXACT_CONSTANT
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import (
    Block,
    Picture,
    bullets,
    formula,
    heading,
    own_table,
    pictures,
    text,
)
from hyperlocal.present.report.opening import transformed
from hyperlocal.present.report.shrinkage import shrinkage
from hyperlocal.present.report.weighing import weighing
from hyperlocal.present.report.wording import figure
from hyperlocal.present.wording import joined
from hyperlocal.present.words import areas_called

NORMAL_SCORES = {
    "r/(n+1)": ("van_der_waerden", "r over n plus 1"),
    "(r-1/2)/n": ("hazen", "r minus one half, over n"),
    "(r-3/8)/(n+1/4)": ("blom", "r minus three eighths, over n plus one quarter"),
}
FRACTIONS = {
    "(N-rank+1)/N": ("fraction_from_one", "N minus rank plus 1, over N"),
    "(N-rank)/N": ("fraction_from_below_one", "N minus rank, over N"),
}
DECILES = {
    "ceil(10*rank/N)": ("deciles_ceiling", "10 times rank over N, rounded up"),
    "floor(10*(rank-1)/N)+1": (
        "deciles_floor",
        "10 times rank minus 1 over N, rounded down, plus 1",
    ),
}
TIES = {"average": "the average of their ranks", "minimum": "the lowest of their ranks"}


@dataclass(frozen=True)
class Summary:
    """What a summary of larger areas is called, what it tells, and how its formula is read out."""

    title: str
    what: str
    alt: str


SUMMARIES = {
    "average_score": Summary(
        "Average score",
        "The mean of the scores of its areas, weighed by people. Very high scores raise it.",
        "the sum of P times S over the sum of P",
    ),
    "average_rank": Summary(
        "Average rank",
        "The same of the ranks, counted from the least {need}. One with extremes at both ends "
        "comes out in the middle.",
        "the sum of P times R over the sum of P",
    ),
    "proportion": Summary(
        "Proportion",
        "The share of its areas that are in {tenth}: how many neighbourhoods are concerned.",
        "the number of its areas in decile 1 over the number of its areas",
    ),
    "extent": Summary(
        "Extent",
        "The share of its people in the areas of most {need}: the first tenth counts in full, the "
        "next two tenths less and less. It says how widely {need} is spread.",
        "the sum of P times e over the sum of P, where e is 1 for the first 10 hundredths of the "
        "ranking, falls from 0.95 to 0.05 for the 11th to the 30th, and is 0 beyond",
    ),
    "local_concentration": Summary(
        "Local concentration",
        "The mean rank of the areas of most {need} that hold a tenth of its people: how deep its "
        "hot spots are.",
        "the sum of t times R over a tenth of P, where t are the people of an area who are taken, "
        "from the most {need} on, until a tenth of the people is reached",
    ),
}


def methods(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Yield the steps from the indicators to the ranks, those that the index takes."""
    yield heading("How the numbers were made")
    yield from text(
        "The steps below are taken in this order. Each setting is that of the definition; the "
        "sections of the domains say where a single indicator differs."
    )
    yield from _composites(publication)
    yield from shrinkage(publication)
    yield from _direction(publication)
    yield from _standardisation(publication)
    yield from weighing(publication)
    yield from _transformation(publication, every)
    yield from _ranks(publication)
    yield from _summaries(publication)


def _composites(publication: Publication) -> Iterator[Block]:
    """Say which indicators are made of others."""
    nodes = [node for node in publication.definition.nodes if node.children]
    sums = [node for node in nodes if node.is_indicator]
    groups = [node for node in nodes if node.role in ("indicators", "supplementary")]
    groups = [node for node in groups if not node.is_indicator]
    if not sums and not groups:
        return
    yield heading("Composite indicators", 2)
    if sums:
        yield from text(
            "Counts that do not overlap are added up into the numerator of one rate, so that the "
            "rate, and not each count, is shrunk, standardised and weighed."
        )
    if groups:
        yield from text(
            "Other composite indicators are weighted sums of the standardised scores of their "
            "parts, and enter the index as one."
        )
    rows = [
        [
            node.title,
            "sum of counts" if node.is_indicator else "weighted sum of scores",
            joined([child.title for child in node.children]),
        ]
        for node in (*sums, *groups)
    ]
    columns = (("Indicator", "text", 1.1), ("Made as", "text", 0.9), ("Of", "text", 3.0))
    yield from own_table("Composite indicators and their parts", columns, rows)


def _direction(publication: Publication) -> Iterator[Block]:
    """Say which indicators are turned round."""
    indicators = [node for node in publication.definition.nodes if node.is_indicator]
    turned = [node.title for node in indicators if node.settings.high_value == "less_need"]
    if len(indicators) < 2:
        return
    need = publication.words.concept
    yield heading("Direction", 2)
    if len(turned) in (0, len(indicators)):
        means, are = ("less", "all are") if turned else ("more", "none is")
        yield from text(
            f"A high value of every indicator means {means} {need}; {are} turned round."
        )
        return
    yield from text(
        f"Before they are combined, all indicators point the same way: high is more {need}. "
        f"The values of these mean less {need} where they are high, and are turned round:"
    )
    yield from bullets(turned)


def _standardisation(publication: Publication) -> Iterator[Block]:
    """Say how the scores of indicators are put on one scale."""
    columns = publication.results.areas.columns
    nodes = [node for node in publication.definition.nodes if f"{node.id}_standardised" in columns]
    by_scores = [node for node in nodes if node.settings.standardise == "normal_scores"]
    by_z = [node for node in nodes if node.settings.standardise == "z_scores"]
    if not by_scores and not by_z:
        return
    yield heading("Standardisation", 2)
    yield from text(
        "Indicators come in units of their own. Before they are added up they are put on one "
        "scale, so that none weighs more because its values are spread out more."
    )
    for how in dict.fromkeys(node.settings.conventions.normal_scores for node in by_scores):
        chosen = [node for node in by_scores if node.settings.conventions.normal_scores == how]
        name, said = NORMAL_SCORES[how]
        yield from text(
            f"{_which(chosen, nodes)} replaced by normal scores: each area gets the value that its "
            "place would have in a normal distribution with the mean 0 and the standard deviation "
            "1. Tied areas share the score of their average place."
        )
        yield formula(name, f"z equals the standard normal quantile of {said}")
        yield from text(
            "Here r is the place of the area counted from the least "
            f"{publication.words.concept}, and n the number of areas that have a value."
        )
    if by_z:
        yield from text(
            f"{_which(by_z, nodes)} standardised by z-scores: the value less the mean, divided by "
            "the standard deviation."
        )
        yield formula("z_scores", "z equals x minus the mean of x, over the standard deviation")


def _which(chosen: Sequence[ResolvedNode], every: Sequence[ResolvedNode]) -> str:
    """Name nodes at the beginning of a sentence, before a participle."""
    if len(chosen) == len(every):
        return "Scores are"
    return f"{joined([node.title for node in chosen])} {'is' if len(chosen) == 1 else 'are'}"


def _transformation(publication: Publication, every: Sequence[Picture]) -> Iterator[Block]:
    """Say how ranks are exponentially transformed."""
    nodes = transformed(publication)
    if not nodes:
        return
    need = publication.words.concept
    yield heading("Exponential transformation", 2)
    yield from text(
        "Ranks, not scores, are combined at the next level, and they are stretched first, so that "
        f"the end of most {need} takes up more of the scale. The transformed rank X runs from 0 to "
        f"100. A lack of {need} in one part then cancels little of the {need} in another.",
        f"It is applied to {joined([node.title for node in nodes])}.",
    )
    seen = dict.fromkeys(_conventions(publication, node) for node in nodes)
    for constant, fraction, ties, number in seen:
        name, said = FRACTIONS[fraction]
        yield formula(
            name,
            f"R equals {said}, with N equal to {number}",
            number=f"{number:,}",
        )
        value = EXACT_CONSTANT if constant == "exact" else float(constant)
        written = "50 / ln 9" if constant == "exact" else f"{value:g}"
        yield formula(
            "exponential_exact" if constant == "exact" else "exponential",
            f"X equals minus {written} times the natural logarithm of 1 minus R times 1 minus e to "
            f"the power of minus 100 over {written}",
            constant=f"{value:g}",
        )
        yield from text(
            f"R is the share of the ranking, highest for rank 1, and N is {number:,}. Tied areas "
            f"are transformed by {TIES[ties]}. {_steepness(value, need)}"
        )
    yield from pictures(every, "transformation")


def _conventions(publication: Publication, node: ResolvedNode) -> tuple[str, str, str, int]:
    """Return the constant, the fraction, what ties get, and N, of a node."""
    agreed = node.settings.conventions
    number = int(publication.results.provenance["nodes"][node.id]["n"])
    return str(agreed.exponential), agreed.rank_fraction, agreed.ties, number


def _steepness(constant: float, need: str) -> str:
    """Say what the constant does."""
    floor = exp(-100 / constant)
    border = -constant * log(1 - 0.9 * (1 - floor))
    half = (1 - exp(-50 / constant)) / (1 - floor)
    return (
        f"With the constant {figure(constant)} an area at the border of the first tenth has X = "
        f"{border:.1f}, so that this tenth takes up about {100 - border:.0f}% of the scale. "
        f"An area with the most {need} in one of two parts of equal weight, and the least in the "
        f"other, has X = 50 on average: as much as one that has more {need} than {half:.0%} of the "
        "areas in both."
    )


def _ranks(publication: Publication) -> Iterator[Block]:
    """Say how scores become ranks and deciles."""
    root = publication.definition.root
    agreed = root.settings.conventions
    number = int(publication.results.provenance["nodes"][root.id]["n"])
    words = publication.words
    name, said = DECILES[agreed.deciles]
    yield heading("Ranks and deciles", 2)
    yield from text(
        f"Areas are ranked by their scores; rank 1 is {words.most}. Areas with the same score "
        f"share {TIES[agreed.published_ties]}. Deciles cut the ranks into tenths; decile 1 is "
        f"{words.tenth()}."
    )
    yield formula(name, f"decile equals {said}, with N equal to {number}", number=f"{number:,}")


def _summaries(publication: Publication) -> Iterator[Block]:
    """Say what the summaries of larger areas mean."""
    kinds = [one for one in publication.larger if publication.has(f"districts_{one.id}")]
    if not kinds:
        return
    words = publication.words
    there = set().union(*(publication.table(f"districts_{one.id}").rows.columns for one in kinds))
    weighed = next(iter(publication.populations.titles.values()), "people")
    called = [areas_called(one.id) for one in kinds]
    yield heading("Summaries of larger areas", 2)
    yield from text(
        f"No single number tells how {words.concept} lies in {joined(called)}, so that several are "
        "given. Below, P is the population by which an area j counts "
        f"({weighed}, unless a domain has its own), S its score, r its rank among N, and "
        f"R = N + 1 − r, which is high where there is more {words.concept}."
    )
    for column, summary in SUMMARIES.items():
        if column in there:
            yield heading(summary.title, 3)
            yield from text(summary.what.format(tenth=words.tenth(), need=words.concept))
            yield formula(column, summary.alt.format(need=words.concept))
