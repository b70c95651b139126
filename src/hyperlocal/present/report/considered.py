"""What was considered for the index and left out of it, with the reasons."""

from __future__ import annotations

from collections.abc import Iterator

from hyperlocal.present.publication import Publication
from hyperlocal.present.report.blocks import Block, heading, own_table, text

TITLE = "Appendix: considered and left out"
COLUMNS = (
    ("Indicator", "text", 1.3),
    ("What it is", "text", 1.7),
    ("Why it was left out", "text", 2.3),
    ("Source and date", "text", 1.2),
    ("Published for", "text", 0.9),
)


def considered(publication: Publication) -> Iterator[Block]:
    """Yield the indicators that were left out; nothing where none are stated.

    Parameters
    ----------
    publication
        What is published.
    """
    if not publication.has("considered"):
        return
    rows = publication.table("considered").rows.fill_null("")
    yield heading(TITLE)
    yield from text(
        "These indicators were considered for the index and are not part of it, for the reasons "
        "that are given."
    )
    for (called,), group in rows.group_by("domain_title", maintain_order=True):
        cells = [
            [
                one["title"],
                one["description"],
                one["reason"],
                ", ".join(filter(None, (one["source"], one["date"]))),
                one["granularity"],
            ]
            for one in group.iter_rows(named=True)
        ]
        caption = f"Considered for {called}" if called else "Considered for the index"
        yield from own_table(caption, COLUMNS, cells)
