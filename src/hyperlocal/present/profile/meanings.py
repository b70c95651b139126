"""What the measures of a profile mean, and what they cannot say: in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from hyperlocal.definition import ResolvedNode
from hyperlocal.present.profile.ground import Group
from hyperlocal.present.profile.standing import TITLES
from hyperlocal.present.profile.wording import worst
from hyperlocal.present.wording import joined, number

FEW_INDICATORS = 2
"""A domain of so few indicators is called out: one of them alone moves it far."""


def meanings(group: Group) -> list[tuple[str, str]]:
    """Return what each measure means that a profile tells of: its name, and the words.

    Parameters
    ----------
    group
        The group.
    """
    ground = group.ground
    words = ground.words
    first, noun = words.most, words.concept
    tenth = worst(words, 10, "all areas")
    general = {
        "Score": "What the parts of the index add up to in an area. It puts areas in order; it "
        f"is no amount of {noun}.",
        "Rank": f"The place of an area among all {number(ground.number)} by its score: 1 is "
        f"{first}.",
        "Decile": f"The tenth of all areas that an area is in: 1 is {words.tenth()}.",
        "Worst 10%": f"{tenth[0].upper()}{tenth[1:]}: decile 1. Each domain has its own worst 10%.",
        "Expected": "How many areas would be in the worst 10% if these were spread evenly over the "
        "country: a tenth of the areas of any place.",
    }
    summaries = {
        "average_score": "The mean of the scores of its areas, in which each counts with its "
        f"people. It tells of the place as a whole; areas of much {noun} pull it up.",
        "average_rank": "The mean of the ranks of its areas, in which each counts with its people. "
        f"Ranks are counted from the other end for it, so that a high number means more {noun}. A "
        "place of great contrasts comes out in the middle.",
        "proportion": "How many of its areas are in the worst 10% of all, as a share of its areas. "
        "It counts areas, not people.",
        "extent": f"How widely {noun} is spread: the share of its people who live in "
        f"{worst(words, 30)}. People in the worst 10% count in full, people beyond it "
        "less and less, from 95% in the next hundredth to 5% in the thirtieth.",
        "local_concentration": "How deep its hot spots are: the mean rank of those of its areas "
        "that rank first and hold a tenth of its people, counted from the other end, so that a "
        f"high number means more {noun}.",
    }
    held = [(TITLES[name], summaries[name]) for name in ground.summaries]
    return [*general.items(), *held]


def cautions(group: Group) -> list[str]:
    """Return what a reader must not take from a profile.

    Parameters
    ----------
    group
        The group.
    """
    ground = group.ground
    noun = ground.words.concept
    rate = (
        "A rank is not a rate: it tells the order of areas, not how far apart they are, and not "
        "how many people are concerned."
    )
    people = (
        f"An area is not its people: not everyone in an area that ranks first is in {noun}, and "
        f"many people in {noun} live elsewhere."
    )
    said = [
        rate,
        people,
        "Ranks of other indices, and of other nations, do not compare with these.",
    ]
    if ground.then:
        said.append(
            "A change of rank is relative to the other areas: one may fall in the order though its "
            "people fare better than before, where others improved more. Versions may differ in "
            "their data and their method."
        )
    if len(group.rows) < 10:
        said.append(
            f"{group.name} has few areas: one more or less of them in the worst 10% is a large "
            "share."
        )
    if group.parted:
        said.append(
            "Areas that lie in it in part count with that part, so that numbers of areas may have "
            "decimals."
        )
    if ground.credit.changed:
        said.append(ground.credit.changed)
    if thin := [
        _thin(node) for node in ground.domains if 0 < len(_indicators(node)) <= FEW_INDICATORS
    ]:
        verb = "rests" if len(thin) == 1 else "rest"
        said.append(f"{joined(thin)} {verb} on few indicators: one alone moves an area far.")
    return said


def _thin(node: ResolvedNode) -> str:
    """Name a domain with how many indicators it has."""
    many = len(_indicators(node))
    return f"{node.title} ({'one indicator' if many == 1 else f'{many} indicators'})"


def _indicators(node: ResolvedNode) -> list[ResolvedNode]:
    """Return the indicators that a domain is made of; none where it is published as it is."""
    return [one for one in node.top_down() if one.is_indicator and one is not node]


def notes(group: Group) -> Iterator[str]:
    """Yield what is left out of a profile, and why."""
    ground = group.ground
    publication = ground.publication
    if publication.boundaries is None:
        yield "Maps are left out: no boundaries of the areas were supplied."
    if ground.then is None:
        yield "Change is left out: no other version of the index was supplied."
    if publication.populations.weights is None:
        yield (
            "Averages, extent and local concentration are left out: no population of the areas is "
            "known."
        )
    for area, code in ground.larger.groups.overrides.items():
        if code == group.code:
            yield f"{area} was put into {group.name}: it lies elsewhere in the lookup."
