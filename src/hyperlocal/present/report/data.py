"""All that the technical report says, as data: what its template is filled with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hyperlocal.present.citation import Credit, credit_for
from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import Block, Picture, all_pictures_so_far
from hyperlocal.present.report.considered import considered
from hyperlocal.present.report.measures import domains
from hyperlocal.present.report.methods import methods
from hyperlocal.present.report.opening import framework, summary, the_areas, what_it_says
from hyperlocal.present.report.outcome import change, outcome, quality, uncertainty
from hyperlocal.present.report.sources import citing, data

SUBTITLE = "Technical report"


def report_data(
    publication: Publication, every: Sequence[Picture] = (), credit: Credit | None = None
) -> dict[str, Any]:
    """Return all that the technical report of an index says.

    Parameters
    ----------
    publication
        The index and its published tables.
    every
        The figures to show, each in its section.
    credit
        How to cite the index and whom to name; without it, as the results say.

    Returns
    -------
    dict
        ``title``, ``subtitle``, ``lines`` (who, when, licence, citation) and ``blocks``, each a
        dictionary with its ``kind``. It is plain JSON. Every number is from a published table, the
        definition, or the record of the computation; sections that do not apply are left out.
    """
    said = credit or credit_for(publication)
    blocks: list[Block] = [
        *summary(publication),
        *what_it_says(publication),
        *framework(publication, every),
        *the_areas(publication),
        *domains(publication, every),
        *methods(publication, every),
        *quality(publication, every),
        all_pictures_so_far(),
        *outcome(publication, every),
        *uncertainty(publication, every),
        *change(publication, every),
        all_pictures_so_far(),
        *data(publication),
        *citing(publication, said),
        *considered(publication),
    ]
    return {
        "title": said.titled(publication.title),
        "subtitle": SUBTITLE,
        "lines": _lines(said),
        "blocks": blocks,
    }


def _lines(credit: Credit) -> list[str]:
    """Return what was computed, when, who publishes it, its licence, how to cite it."""
    lines = [
        *credit.lines,
        credit.changed,
        f"Licence: {credit.licence_said}",
        f"Cite as: {credit.citation}",
    ]
    return [one for one in lines if one]


def made_at(publication: Publication) -> datetime:
    """Return when the index was computed, which is what the report is dated by."""
    return datetime.fromisoformat(publication.built)
