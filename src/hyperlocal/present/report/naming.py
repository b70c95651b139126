"""Titles in place of the ids of a definition, for what is read as a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hyperlocal.present.publication import Publication
from hyperlocal.present.words import areas_called


def in_words(publication: Publication, told: str) -> str:
    """Return a sentence with titles in place of ids that are no words.

    Parameters
    ----------
    publication
        What is published; its definition has the titles.
    told
        What is said.
    """
    titles = {name: title for name, title in _titles(publication) if title and not name.isalpha()}
    if titles:
        longest = sorted(titles, key=len, reverse=True)
        ids = rf"(?<![\w/.])({'|'.join(longest)})(?![\w/]|\.\w)"  # and not in names of files
        told = re.sub(ids, lambda found: titles[found[1]], told)
    return f"{told[:1].upper()}{told[1:]}"


def _titles(publication: Publication) -> Iterator[tuple[str, str]]:
    """Yield all ids of a definition with their titles; what comes later has precedence."""
    definition = publication.definition
    written = definition.written
    for tables in (written.lists, written.inputs, written.records, written.populations):
        yield from ((name, one.title) for name, one in tables.items())
    yield from ((name, areas_called(name)) for name in written.areas.within)
    yield from ((node.id, node.title) for node in definition.nodes)
