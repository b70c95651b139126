"""What a profile tells of a group: numbers, sentences and tables, all from published tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hyperlocal.present.profile.ground import Ground, Group
from hyperlocal.present.profile.meanings import cautions, meanings, notes
from hyperlocal.present.profile.movement import movement
from hyperlocal.present.profile.needs import first_areas, together
from hyperlocal.present.profile.standing import groups_called, people, ranked_by, standing
from hyperlocal.present.profile.wording import expected, ordinal
from hyperlocal.present.profile.worst import by_domain, headline, in_worst, spread, unranked
from hyperlocal.present.wording import EXACT, number, percent
from hyperlocal.present.words import areas_called

if TYPE_CHECKING:
    from hyperlocal.present.publication import Publication


def profile_facts(publication: Publication, larger_id: str, group_code: str) -> dict[str, Any]:
    """Return what a profile tells of one group.

    Parameters
    ----------
    publication
        What is published.
    larger_id
        The kind of larger areas, such as ``ltla24``.
    group_code
        The code of the group.

    Returns
    -------
    dict
        Plain values that can be written as JSON. What cannot be told is None or empty: change
        without another version, ranks without other groups, averages without people.

    Raises
    ------
    ResultsError
        Where there is no such kind or no such group.

    Examples
    --------
    ::

        profile_facts(publication, "ltla24", "E08000034")["headline"]
    """
    return facts_of(Group.of(Ground.of(publication, larger_id), group_code))


def facts_of(group: Group) -> dict[str, Any]:
    """Return what a profile tells of a group.

    Parameters
    ----------
    group
        The group, with the published numbers.
    """
    ground = group.ground
    definition = ground.publication.definition
    credit = ground.credit
    moved = movement(group)
    stands = standing(group)
    domains = by_domain(group)
    says = [_size(group), headline(group), *stands["says"], *domains["says"][:1]]
    return {
        "name": group.name,
        "code": group.code,
        "index": definition.title,
        "subtitle": f"A briefing on {definition.title}",
        "kind": groups_called(ground.larger.id, 1),
        "concept": ground.words.concept,
        "lines": _lines(group),
        "figures": _figures(group),
        "headline": [*says, *(moved["says"][-1:] if moved else [])],
        "standing": stands,
        "domains": domains,
        "spread": spread(group),
        "movement": moved,
        "first_areas": "Its area" if len(group.rows) == 1 else f"The {ground.words.most_areas}",
        "areas": first_areas(group),
        "together": together(group),
        "meanings": [list(pair) for pair in meanings(group)],
        "cautions": cautions(group),
        "notes": [*filter(None, [unranked(group)]), *notes(group)],
        "citation": credit.citation,
        "licence": credit.licence_said,
        "attributions": list(credit.attributions),
    }


def _lines(group: Group) -> list[str]:
    """Return what it is, what was computed and who publishes it, below the title."""
    ground = group.ground
    same = group.name == group.code
    kind = groups_called(ground.larger.id, 1)
    kind = kind[0].upper() + kind[1:]
    return [
        f"{kind} {group.code}" if not same else kind,
        *ground.credit.lines,
    ]


def _size(group: Group) -> str:
    """Say how many areas and people a group has."""
    ground = group.ground
    geography = ground.publication.definition.areas.geography
    many, (who, title) = len(group.rows), people(group)
    called = areas_called(geography, many)
    held = f"parts of {number(many)}" if group.parted else number(many)
    said = f"{group.name} has {held} {called}, called areas here"
    if many == 1:
        part = "a part of one" if group.parted else "one"
        said = f"{group.name} has {part} {called}, called its area here"
    if not who:
        return f"{said}."
    return f"{said}, with {who} {title[0].lower() + title[1:]}."


def _figures(group: Group) -> list[dict[str, str | None]]:
    """Return the numbers that are to be seen first."""
    ground = group.ground
    areas = group.areas
    found = [
        {
            "value": number(areas),
            "label": "Area" if abs(areas - 1) < EXACT else "Areas",
            "note": None,
        }
    ]
    who, title = people(group)
    if who:
        found.append({"value": who, "label": title, "note": None})
    if areas > EXACT:
        worst = in_worst(group, ground.root.id)
        note = f"{percent(worst / areas)} of its areas; {expected(areas)} expected"
        found.append({"value": number(worst), "label": "in the worst 10% of all", "note": note})
    ranks = ranked_by(group)
    if ranks and len(ground.larger.groups) > 1:
        name, rank, shared = ranks[0]
        called = groups_called(ground.larger.id)
        label = {"average_score": "by average score"}.get(name, "by areas in the worst 10%")
        found.append(
            {
                "value": ("=" if shared else "") + ordinal(rank),
                "label": label,
                "note": f"of {number(len(ground.larger.groups))} {called}; "
                f"1st is {ground.words.most}",
            }
        )
    return found
